package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.policy.Candidate;
import dev.ephemeris.policy.Circumstances;
import dev.ephemeris.policy.Decision;
import dev.ephemeris.policy.Explanation;
import dev.ephemeris.policy.Explanation.Check;
import dev.ephemeris.policy.Explanation.RuleTrace;
import dev.ephemeris.policy.GatewayAction;
import dev.ephemeris.policy.GatewayExplanation;
import dev.ephemeris.policy.Obligations;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.Reason;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Standing;
import dev.ephemeris.policy.yaml.Suggestion;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "explain",
    description = {
      "Tells why somebody may or may not do something: every rule, and what stands in its way.",
      "",
      "The answer is the result: the exit code is 0 for allow and for deny."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris policy explain user:ada items/read orders-prod/shop/orders \\",
      "      --config ephemeris.yaml",
      "  ephemeris policy explain group:on-call items/replace orders-prod/shop/orders \\",
      "      --policy policy.yaml --catalog org.yaml --account orders-prod=prod --mfa \\",
      "      --ticket OPS-17 --at 2026-11-24T22:00:00Z",
      "  ephemeris policy explain anyone items/read saas/app/events --config ephemeris.yaml \\",
      "      --as workload --issuer corp --claim tenant=acme --partition-key acme"
    })
final class PolicyExplain implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Population population = new Population();
  @Mixin private final Output output = new Output();

  @Parameters(
      index = "0",
      paramLabel = "WHO",
      description = "user:name, group:name or component:name of the catalog, or anyone.")
  private String who = "";

  @Parameters(
      index = "1",
      paramLabel = "ACTION",
      description = "An action, short (items/read) or as Azure spells it; or one of Ephemeris's.")
  private String action = "";

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "SCOPE",
      description = "account/database/container; none for Ephemeris's own actions.")
  private Optional<ResourceScope> scope = Optional.empty();

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "A policy file, several times for several; else the configuration's.")
  private List<Path> policy = List.of();

  @Option(
      names = "--as",
      paramLabel = "KIND",
      description =
          "What they are: person, workload or agent. Else person; a component is a workload.")
  private Optional<PrincipalKind> kind = Optional.empty();

  @Option(
      names = "--issuer",
      paramLabel = "NAME",
      description = "The issuer that they signed in at.")
  private Optional<String> issuer = Optional.empty();

  @Option(
      names = "--claim",
      paramLabel = "NAME=TEXT",
      description = "What that says of them; several times for several.")
  private Map<String, String> claims = new LinkedHashMap<>();

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "When, such as 2026-11-24T22:00:00Z. Else now.")
  private Optional<Instant> at = Optional.empty();

  @Option(names = "--from", paramLabel = "ADDRESS", description = "From which address.")
  private Optional<String> from = Optional.empty();

  @Option(names = "--mfa", description = "Signed in with a second factor.")
  private boolean mfa;

  @Option(
      names = "--client",
      paramLabel = "ID",
      description = "The OAuth client by which they signed in.")
  private Optional<String> client = Optional.empty();

  @Option(names = "--reason", paramLabel = "TEXT", description = "The reason that they give.")
  private Optional<String> reason = Optional.empty();

  @Option(names = "--ticket", paramLabel = "ID", description = "The ticket that they name.")
  private Optional<String> ticket = Optional.empty();

  @Option(
      names = "--partition-key",
      paramLabel = "TEXT",
      split = "/",
      description = "The partition key that their lease is for, its levels with / between.")
  private List<String> key = List.of();

  PolicyExplain(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Failure {
    Policy read = population.policy(policy);
    Principal principal = principal(read);
    if (GatewayAction.isMeantBy(action)) {
      GatewayExplanation explanation = read.explain(principal, gatewayAction());
      print(explanation.toText(), json(explanation));
      return 0;
    }
    Scope asked =
        Asked.scope(
            scope.orElseThrow(
                () -> new Failure(Failure.Kind.USAGE, "'" + action + "' where? Give a SCOPE.")));
    Explanation explanation =
        read.explain(
            principal, Asked.action(action), asked, population.account(asked), circumstances());
    print(explanation.toText(), json(explanation));
    return 0;
  }

  private GatewayAction gatewayAction() throws Failure {
    if (scope.isPresent()) {
      throw new Failure(
          Failure.Kind.USAGE,
          "'" + action + "' is done to the gateway as a whole; ask without a scope");
    }
    return Asked.gatewayAction(action);
  }

  private Principal principal(Policy read) throws Failure {
    String name =
        who.toLowerCase(Locale.ROOT)
            .replaceFirst("^(user|group|component):([^/]+)$", "$1:default/$2");
    List<Candidate> all = population.candidates(read);
    List<Principal> named =
        all.stream()
            .filter(candidate -> candidate.name().equals(name))
            .map(Candidate::principal)
            .toList();
    if (named.isEmpty()) {
      List<String> known = all.stream().map(Candidate::name).distinct().toList();
      throw new Failure(
          Failure.Kind.USAGE,
          "'"
              + who
              + "' isn't in the catalog"
              + Suggestion.nearest(name, known)
                  .map(meant -> "; did you mean '" + meant + "'?")
                  .orElse(""));
    }
    PrincipalKind asked =
        kind.orElse(
            named.stream().allMatch(each -> each.component().isPresent())
                ? PrincipalKind.WORKLOAD
                : PrincipalKind.PERSON);
    Principal found =
        named.stream().filter(each -> each.kind() == asked).findFirst().orElse(named.getFirst());
    return new Principal(
        new PrincipalId(issuer.orElse(found.id().issuer()), found.id().subject()),
        asked,
        found.displayName(),
        found.user(),
        found.component(),
        found.groups(),
        found.owns(),
        claims,
        found.actsFor());
  }

  private Circumstances circumstances() throws Failure {
    if (from.isPresent() && from.flatMap(Circumstances::address).isEmpty()) {
      throw new Failure(
          Failure.Kind.USAGE, "'" + from.get() + "' is no address; expected 192.0.2.1");
    }
    return new Circumstances.Given(
        at.orElseGet(surroundings::now),
        from.flatMap(Circumstances::address),
        new Standing(client, mfa ? Optional.of(Instant.MAX) : Optional.empty(), reason, ticket),
        key);
  }

  private void print(String text, ObjectNode json) {
    output.print(json, () -> output.line(text));
  }

  private static ObjectNode json(Explanation of) {
    ObjectNode json = json(of.toText(), of.decision(), of.rules());
    of.actedFor().ifPresent(theirs -> json.set("actedFor", json(theirs)));
    return json;
  }

  private static ObjectNode json(GatewayExplanation of) {
    ObjectNode json = json(of.toText(), of.decision(), of.rules());
    of.actedFor().ifPresent(theirs -> json.set("actedFor", json(theirs)));
    return json;
  }

  /** As the gateway's API says it. */
  private static ObjectNode json(String text, Decision decision, List<RuleTrace> rules) {
    ObjectNode json = Json.object();
    switch (decision) {
      case Decision.Allow(RuleName by, Obligations obligations) ->
          json.put("decision", "allow").put("rule", by.value());
      case Decision.Deny(Reason why, Optional<RuleName> by) -> {
        json.put("decision", "deny").put("reason", why.code());
        by.ifPresent(rule -> json.put("rule", rule.value()));
      }
    }
    json.put("text", text);
    ArrayNode all = json.putArray("rules");
    for (RuleTrace trace : rules) {
      ObjectNode entry =
          all.addObject()
              .put("name", trace.rule().value())
              .put("effect", spelt(trace.effect()))
              .put("matches", trace.matches());
      ArrayNode criteria = entry.putArray("criteria");
      for (Check check : trace.checks()) {
        criteria
            .addObject()
            .put("name", spelt(check.criterion()))
            .put("holds", check.holds())
            .put("detail", check.asked());
      }
    }
    return json;
  }

  private static String spelt(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
