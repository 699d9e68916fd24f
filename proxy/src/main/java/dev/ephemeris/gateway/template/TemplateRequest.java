package dev.ephemeris.gateway.template;

import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Quoted;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Ttl;
import dev.ephemeris.policy.azure.AccountId;
import dev.ephemeris.policy.azure.Guid;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a template is asked for: a container, whose it is, and who may do what in it. Whatever is in
 * it is what it should be; whoever asked may be anybody. Immutable.
 *
 * @param resourceGroup where the account is, if that was said
 * @param container as it is to be, in its database
 * @param owner whose container it is, and whom the rule is for
 * @param role what the rule gives
 * @param ttl how long leases last
 * @param approval whether others have to agree to a lease; empty if that wasn't said
 * @param approvers whose agreement it takes
 * @param gatewayRole whether the gateway's own identity is to be given its role in the container
 * @param infrastructure what a template of Backstage has the container in
 */
public record TemplateRequest(
    String account,
    Optional<String> resourceGroup,
    Optional<UUID> subscription,
    String environment,
    Container container,
    GroupRef owner,
    RoleName role,
    Ttl ttl,
    Optional<Boolean> approval,
    Set<GroupRef> approvers,
    boolean gatewayRole,
    TemplateKind infrastructure) {

  private static final int MOST_LEVELS = 3;
  private static final int MOST_UNIQUE_KEYS = 10;
  private static final int MOST_PATHS = 16;
  private static final int MOST_APPROVERS = 10;
  private static final int LONGEST_NAME = 60;
  private static final Duration LONGEST_LEASE = Duration.ofDays(30);

  private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,5})([smhd])");
  private static final Pattern ROLE = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,59}");
  private static final Pattern ESCAPED = Pattern.compile("%[0-9A-Fa-f]{2}");

  public TemplateRequest {
    approvers = Set.copyOf(approvers);
  }

  /**
   * Reads a request from what a parser makes of JSON.
   *
   * @throws InvalidRequest with every problem, each with its field
   */
  public static TemplateRequest parse(Map<String, ?> json) {
    Fields fields = new Fields(json);
    Optional<String> account = fields.required("account", TemplateRequest::account);
    Optional<String> group = fields.text("resourceGroup", TemplateRequest::resourceGroup);
    Optional<UUID> subscription = fields.text("subscription", TemplateRequest::subscription);
    Optional<String> environment = fields.required("environment", TemplateRequest::environment);
    Optional<Container> container = container(fields);
    Optional<GroupRef> owner = fields.required("owner", TemplateRequest::group);
    Optional<RoleName> role = fields.required("access", TemplateRequest::role);
    Ttl ttl =
        fields.has("ttl")
            ? fields.object("ttl", TemplateRequest::ttl).orElse(Ttl.UNLESS_SAID)
            : Ttl.UNLESS_SAID;
    Optional<Boolean> approval = fields.flag("approval");
    List<GroupRef> approvers = fields.texts("approvers", MOST_APPROVERS, TemplateRequest::group);
    boolean gatewayRole = fields.flag("gatewayRole").orElse(false);
    TemplateKind infrastructure =
        fields.text("infrastructure", TemplateRequest::infrastructure).orElse(TemplateKind.BICEP);
    fields.refuseOthers();
    fields.refuseIfWrong();
    return new TemplateRequest(
        account.orElseThrow(),
        group,
        subscription,
        environment.orElseThrow(),
        container.orElseThrow(),
        owner.orElseThrow(),
        role.orElseThrow(),
        ttl,
        approval,
        Set.copyOf(approvers),
        gatewayRole,
        infrastructure);
  }

  /** The container, as policies write it. */
  Scope scope() {
    return Scope.of(account, container.database(), container.name());
  }

  /** The same container and owner under other names, for a form that asks for them. */
  TemplateRequest of(
      String database, String name, List<PropertyPath> partitionKey, GroupRef newOwner) {
    return new TemplateRequest(
        account,
        resourceGroup,
        subscription,
        environment,
        new Container(
            database,
            name,
            partitionKey,
            container.throughput(),
            container.defaultTtl(),
            container.uniqueKeys(),
            container.indexing()),
        newOwner,
        role,
        ttl,
        approval,
        approvers,
        gatewayRole,
        infrastructure);
  }

  private static Optional<Container> container(Fields fields) {
    Optional<String> database = fields.required("database", TemplateRequest::databaseName);
    Optional<String> name = fields.required("container", TemplateRequest::containerName);
    List<PropertyPath> key = fields.texts("partitionKey", MOST_LEVELS, PropertyPath::new);
    if (!fields.has("partitionKey")) {
      fields.wrong("partitionKey", "it is missing");
    }
    if (new HashSet<>(key).size() < key.size()) {
      fields.wrong("partitionKey", "a property stands there twice");
    }
    Optional<Throughput> throughput = Throughput.read(fields, "throughput");
    Optional<Integer> defaultTtl = fields.whole("defaultTtl", -1, Integer.MAX_VALUE);
    if (defaultTtl.filter(seconds -> seconds == 0).isPresent()) {
      fields.wrong("defaultTtl", "expected seconds, or -1 for items that say so themselves");
    }
    List<List<PropertyPath>> uniqueKeys =
        fields.textLists("uniqueKeys", MOST_UNIQUE_KEYS, MOST_PATHS, PropertyPath::new);
    Optional<Indexing> indexing = fields.object("indexing", Indexing::read);
    return database.isPresent() && name.isPresent() && throughput.isPresent()
        ? Optional.of(
            new Container(
                database.get(),
                name.get(),
                key,
                throughput.get(),
                defaultTtl,
                uniqueKeys,
                indexing))
        : Optional.empty();
  }

  private static Optional<Ttl> ttl(Fields fields) {
    Optional<Duration> standard = fields.text("default", TemplateRequest::time);
    Optional<Duration> max = fields.text("max", TemplateRequest::time);
    try {
      return Optional.of(
          new Ttl(standard.orElse(Ttl.UNLESS_SAID.standard()), max.orElse(Ttl.UNLESS_SAID.max())));
    } catch (IllegalArgumentException e) {
      return fields.wrong(fields.path("max"), String.valueOf(e.getMessage()));
    }
  }

  private static String account(String text) {
    if (text.startsWith("-") || text.endsWith("-")) {
      throw new IllegalArgumentException("an account's name has no hyphen at an end");
    }
    return Scope.of(text).account();
  }

  private static String resourceGroup(String text) {
    requireSeen(text);
    if (text.endsWith(".")) {
      throw new IllegalArgumentException("a resource group's name doesn't end in a full stop");
    }
    return new AccountId(new UUID(0, 0), text, "any").resourceGroup();
  }

  private static UUID subscription(String text) {
    return Guid.parse(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is no subscription's id".formatted(Fields.shown(text))));
  }

  private static String environment(String text) {
    requireLength(text);
    return new AccountFacts("any", text, Set.of(Lane.PROXY)).environment();
  }

  private static String databaseName(String text) {
    requireSeen(text);
    return Scope.of("any", text).database().orElseThrow();
  }

  private static String containerName(String text) {
    requireSeen(text);
    return Scope.of("any", "any", text).container().orElseThrow();
  }

  private static GroupRef group(String text) {
    // Backstage's names are ASCII; some other letters are, in lower case.
    if (!text.chars().allMatch(c -> c < 0x80)) {
      throw new IllegalArgumentException(
          "'%s' is not a group; expected one such as group:default/orders-team"
              .formatted(Fields.shown(text)));
    }
    return GroupRef.parse(text);
  }

  private static RoleName role(String text) {
    return switch (text) {
      case "reader" -> Role.DATA_READER.name();
      case "contributor" -> Role.DATA_CONTRIBUTOR.name();
      default -> {
        if (!ROLE.matcher(text).matches()) {
          throw new IllegalArgumentException("expected reader, contributor or the name of a role");
        }
        yield new RoleName(text);
      }
    };
  }

  private static TemplateKind infrastructure(String text) {
    return switch (text) {
      case "bicep" -> TemplateKind.BICEP;
      case "terraform" -> TemplateKind.TERRAFORM;
      default -> throw new IllegalArgumentException("expected bicep or terraform");
    };
  }

  static Duration time(String text) {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("expected a time such as 90s, 15m, 4h or 7d");
    }
    long amount = Long.parseLong(matcher.group(1));
    Duration time =
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        };
    if (time.compareTo(LONGEST_LEASE) > 0) {
      throw new IllegalArgumentException("expected at most 30d");
    }
    return time;
  }

  /**
   * Names that everybody reads as they are: of what is seen, and without what the data plane
   * refuses.
   */
  private static void requireSeen(String text) {
    if (!text.equals(Quoted.line(text)) || text.equals(".") || text.equals("..")) {
      throw new IllegalArgumentException(
          "expected a name without invisible characters, and without spaces at its ends or two"
              + " together");
    }
    if (ESCAPED.matcher(text).find()) {
      throw new IllegalArgumentException(
          "a percent sign before two digits is read in more than one way");
    }
  }

  private static void requireLength(String text) {
    if (text.length() > LONGEST_NAME) {
      throw new IllegalArgumentException("expected at most %d characters".formatted(LONGEST_NAME));
    }
  }
}
