package dev.ephemeris.gateway.template;

import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Approval;
import dev.ephemeris.policy.Catalog;
import dev.ephemeris.policy.Finding;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Lint;
import dev.ephemeris.policy.PolicyException;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.PolicyTests;
import dev.ephemeris.policy.PolicyText;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.TestResult;
import dev.ephemeris.policy.Ttl;
import dev.ephemeris.policy.yaml.YamlException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A rule of the policy for a container, and the test of it. */
final class PolicyTemplate {
  private static final String API_VERSION = "ephemeris.dev/v1";
  private static final String STRANGER = "somebody else";
  private static final List<String> CLASSES = List.of("reads", "writes", "code", "management");

  private PolicyTemplate() {}

  /**
   * What the rule says.
   *
   * @param ttl how long leases of it last
   */
  record Said(
      Scope scope,
      GroupRef owner,
      String environment,
      RoleName role,
      Ttl ttl,
      Optional<Approval> approval) {

    /** A sentence, as people see it when the rule decides. */
    String name() {
      String what =
          role.equals(Role.DATA_READER.name())
              ? "reads"
              : role.equals(Role.DATA_CONTRIBUTOR.name())
                  ? "reads and writes"
                  : "has the role " + role + " in";
      return "%s %s %s/%s of %s%s"
          .formatted(
              owner,
              what,
              scope.database().orElseThrow(),
              scope.container().orElseThrow(),
              scope.account(),
              approval.isPresent() ? " when approved" : "");
    }
  }

  static Template make(Proposal proposal) {
    Said asked = asked(proposal);
    String rule = Yaml.write(comments(proposal), tree(asked));
    Said said = said(Yaml.read(rule));
    if (!said.equals(asked) || !tree(said).equals(Yaml.read(rule))) {
      throw new UnreadableTemplate("the rule says something else than was asked");
    }
    String test =
        Yaml.write(
            List.of("What the rule beside this must say: ephemeris policy test"),
            test(asked, proposal.role()));
    check(proposal, asked, rule, test);
    List<String> notes = new ArrayList<>();
    notes.add(
        "It is a proposal: nothing is in force before somebody has reviewed it and put it among the"
            + " policy's files. “ephemeris policy diff” says what it gives to whom.");
    if (proposal.givesUpApproval()) {
      notes.add("It lets production be changed without an approval, as was asked for.");
    }
    if (proposal.role().azureId().isEmpty()) {
      notes.add(
          "The role %s is one of the policy's own: the file has to stand beside the one with it."
              .formatted(proposal.role().name()));
    }
    return new Template(
        TemplateKind.POLICY,
        List.of(
            new Template.File(proposal.slug() + ".yaml", rule),
            new Template.File(proposal.slug() + ".test.yaml", test)),
        notes);
  }

  private static Said asked(Proposal proposal) {
    TemplateRequest request = proposal.request();
    return new Said(
        request.scope(),
        request.owner(),
        request.environment(),
        request.role(),
        request.ttl(),
        proposal.approval());
  }

  private static List<String> comments(Proposal proposal) {
    List<String> comments = new ArrayList<>();
    comments.add("A proposal by Ephemeris, to be reviewed before it is in force: access to");
    comments.add(proposal.inWords() + ".");
    comments.add(
        "It gives one role in one container to one group. Who asked for it may be a program.");
    if (proposal.givesUpApproval()) {
      comments.add("It lets production be changed without an approval, as was asked for.");
    }
    return comments;
  }

  private static Map<String, Object> tree(Said said) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("name", said.name());
    rule.put("for", Map.of("groups", List.of(said.owner().toString())));
    rule.put("role", said.role().value());
    rule.put("scopes", List.of(said.scope().toString()));
    rule.put("environments", List.of(said.environment()));
    rule.put("ttl", tree(said.ttl()));
    said.approval().ifPresent(approval -> rule.put("approval", tree(approval)));
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("apiVersion", API_VERSION);
    file.put("rules", List.of(rule));
    return file;
  }

  private static Map<String, Object> tree(Ttl ttl) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("default", spelt(ttl.standard()));
    tree.put("max", spelt(ttl.max()));
    return tree;
  }

  private static Map<String, Object> tree(Approval approval) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("from", approval.from().stream().map(GroupRef::toString).sorted().toList());
    tree.put("expires", spelt(approval.expires()));
    return tree;
  }

  /** As policies write times. */
  private static String spelt(Duration time) {
    long seconds = time.toSeconds();
    if (time.equals(Duration.ofDays(time.toDays()))) {
      return time.toDays() + "d";
    }
    if (time.equals(Duration.ofHours(time.toHours()))) {
      return time.toHours() + "h";
    }
    return time.equals(Duration.ofMinutes(time.toMinutes()))
        ? time.toMinutes() + "m"
        : seconds + "s";
  }

  private static Map<String, Object> test(Said said, Role role) {
    List<String> given = words(role.actions());
    List<String> others = words(EnumSet.complementOf(EnumSet.copyOf(role.actions())));
    List<Object> tests = new ArrayList<>();
    Map<String, Object> can = new LinkedHashMap<>();
    can.put("name", "the group has the role in the container");
    can.put("who", said.owner().toString());
    can.put("can", given);
    can.put("scope", said.scope().toString());
    can.put("rule", said.name());
    can.put("ttl", tree(said.ttl()));
    said.approval().ifPresent(approval -> can.put("approval", tree(approval)));
    tests.add(can);
    if (!others.isEmpty()) {
      tests.add(
          cannot(
              "the group may do nothing else there",
              said.owner().toString(),
              others,
              said.scope().toString()));
    }
    tests.add(
        cannot(
            "it ends at the container",
            said.owner().toString(),
            given,
            Scope.of(said.scope().account(), said.scope().database().orElseThrow()).toString()));
    tests.add(cannot("nobody else gets anything by it", STRANGER, given, said.scope().toString()));
    Map<String, Object> account = new LinkedHashMap<>();
    account.put("name", said.scope().account());
    account.put("environment", said.environment());
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("apiVersion", API_VERSION);
    file.put("principals", Map.of(STRANGER, Map.of("principal", "person")));
    file.put("accounts", List.of(account));
    file.put("tests", tests);
    return file;
  }

  private static Map<String, Object> cannot(
      String name, String who, List<String> actions, String scope) {
    Map<String, Object> test = new LinkedHashMap<>();
    test.put("name", name);
    test.put("who", who);
    test.put("cannot", actions);
    test.put("scope", scope);
    test.put("because", "no-rule");
    return test;
  }

  /** The fewest words of the language for these actions: classes, and what isn't in one. */
  private static List<String> words(Set<Action> actions) {
    EnumSet<Action> left = EnumSet.copyOf(actions);
    List<String> words = new ArrayList<>();
    for (String name : CLASSES) {
      if (actions.containsAll(Action.matching(name))) {
        words.add(name);
        left.removeAll(Action.matching(name));
      }
    }
    left.forEach(action -> words.add(action.shortName()));
    return Collections.unmodifiableList(words);
  }

  private static Said said(Map<String, Object> file) {
    Map<?, ?> rule = map(list(file.get("rules")).getFirst());
    Map<?, ?> ttl = map(rule.get("ttl"));
    return new Said(
        Scope.parse(only(rule.get("scopes"))),
        GroupRef.parse(only(map(rule.get("for")).get("groups"))),
        only(rule.get("environments")),
        new RoleName(String.valueOf(rule.get("role"))),
        new Ttl(time(ttl.get("default")), time(ttl.get("max"))),
        Optional.ofNullable(rule.get("approval"))
            .map(PolicyTemplate::map)
            .map(
                approval ->
                    new Approval(
                        Set.copyOf(
                            list(approval.get("from")).stream()
                                .map(each -> GroupRef.parse(String.valueOf(each)))
                                .toList()),
                        1,
                        time(approval.get("expires")),
                        Optional.empty())));
  }

  /**
   * By those who read policies: what can be read, passes its test, and has nothing to be said of.
   */
  private static void check(Proposal proposal, Said said, String rule, String test) {
    List<PolicySource> sources = new ArrayList<>();
    sources.add(new PolicySource("rule.yaml", rule));
    if (proposal.role().azureId().isEmpty()) {
      sources.add(new PolicySource("roles.yaml", role(proposal.role())));
    }
    try {
      PolicyText policy = PolicyText.parse(sources);
      List<Finding> findings =
          Lint.of(
              policy,
              Optional.empty(),
              List.of(
                  new AccountFacts(said.scope().account(), said.environment(), Set.of(Lane.PROXY))),
              List.of());
      List<TestResult> failed =
          PolicyTests.parse(new PolicySource("rule.test.yaml", test))
              .run(policy, Catalog.EMPTY)
              .stream()
              .filter(result -> !result.passed())
              .toList();
      if (policy.ruleNames().size() != 1 || !findings.isEmpty() || !failed.isEmpty()) {
        throw new UnreadableTemplate("the rule isn't what it should be: " + findings + failed);
      }
    } catch (PolicyException | YamlException e) {
      throw new UnreadableTemplate("the policy can't be read: " + e.getMessage());
    }
  }

  private static String role(Role role) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("apiVersion", API_VERSION);
    file.put(
        "roles",
        Map.of(
            role.name().value(),
            Map.of("actions", role.actions().stream().map(Action::shortName).toList())));
    return Yaml.write(List.of(), file);
  }

  private static Duration time(@Nullable Object text) {
    return TemplateRequest.time(String.valueOf(text));
  }

  private static String only(@Nullable Object list) {
    List<?> items = list(list);
    if (items.size() != 1) {
      throw new UnreadableTemplate("expected one, not " + items);
    }
    return String.valueOf(items.getFirst());
  }

  private static Map<?, ?> map(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw unreadable(value);
  }

  private static List<?> list(@Nullable Object value) {
    if (value instanceof List<?> list && !list.isEmpty()) {
      return list;
    }
    throw unreadable(value);
  }

  private static UnreadableTemplate unreadable(@Nullable Object value) {
    return new UnreadableTemplate("expected something else than " + value);
  }
}
