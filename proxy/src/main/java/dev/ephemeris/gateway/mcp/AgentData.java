package dev.ephemeris.gateway.mcp;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.gateway.dataplane.InnerClient;
import dev.ephemeris.gateway.dataplane.InnerClient.Request;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.lease.Issuance;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.LeaseRequest;
import dev.ephemeris.gateway.lease.LeaseToken;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Delivery;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Reach;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Asks the data plane for an agent, with a lease of the agent's: one that it has, or one that the
 * policy gives it for this. Thread-safe.
 */
final class AgentData {

  /** Of one page: what is longer is for a program, and not to be read. */
  private static final int MOST_BYTES = 1024 * 1024;

  // How the account says what is wrong with the text of a query.
  private static final String BEFORE_FLAWS = "Message: ";
  private static final String FLAWS_END = "]}";
  private static final Pattern FLAW = Pattern.compile("SC[0-9]{1,6}");

  private static final String ACROSS_PARTITIONS = "x-ms-documentdb-query-enablecrosspartition";

  private final InnerClient inner;
  private final Leases leases;
  private final Grants grants;
  private final InstantSource clock;

  AgentData(InnerClient inner, Leases leases, Grants grants, InstantSource clock) {
    this.inner = inner;
    this.leases = leases;
    this.grants = grants;
    this.clock = clock;
  }

  /** What came of asking. */
  sealed interface Reply {

    record Got(InnerClient.Answer answer) implements Reply {}

    /** Why there is nothing, and what to do next. */
    record Not(String message) implements Reply {}
  }

  /** A lease to ask with, or why there is none. */
  private sealed interface Way {

    record Open(LeaseToken token) implements Way {}

    record Closed(String message) implements Way {}
  }

  /** Reads something that is there by itself: a container, or one thing in it. */
  Future<Reply> read(
      Agent agent,
      Scope container,
      Optional<PartitionKey> key,
      Action action,
      Optional<String> id,
      ResourceType type) {
    return ask(agent, container, key, Set.of(action), id, type, Map.of(), Optional.empty());
  }

  /**
   * Asks for a page of a query.
   *
   * @param most how many rows
   * @param more headers that say where it goes on
   */
  Future<Reply> query(
      Agent agent,
      Scope container,
      Optional<PartitionKey> key,
      int most,
      Map<String, String> more,
      JsonObject body) {
    Map<String, String> headers = new HashMap<>(more);
    headers.put(CosmosHeaders.CONTENT_TYPE, CosmosHeaders.QUERY_JSON);
    headers.put(CosmosHeaders.IS_QUERY, "true");
    headers.put(CosmosHeaders.MAX_ITEM_COUNT, Integer.toString(most));
    if (key.isEmpty()) {
      headers.put(ACROSS_PARTITIONS, "true");
    }
    return ask(
        agent,
        container,
        key,
        Set.of(Action.EXECUTE_QUERY),
        Optional.empty(),
        ResourceType.ITEM,
        headers,
        Optional.of(body));
  }

  private Future<Reply> ask(
      Agent agent,
      Scope container,
      Optional<PartitionKey> key,
      Set<Action> actions,
      Optional<String> id,
      ResourceType type,
      Map<String, String> headers,
      Optional<JsonObject> body) {
    Map<String, String> all = new HashMap<>(headers);
    key.ifPresent(of -> all.put(CosmosHeaders.PARTITION_KEY, of.header()));
    Request request =
        new Request(
            container.account(),
            new Address(container.database(), container.container(), id, Address.Addressing.NAME),
            type,
            all,
            body.map(JsonObject::toBuffer));
    return way(agent, container, key, actions)
        .compose(
            way ->
                switch (way) {
                  case Way.Closed(String message) -> Future.succeededFuture(new Reply.Not(message));
                  case Way.Open(LeaseToken token) ->
                      inner
                          .ask(token, agent.address(), request, MOST_BYTES)
                          .<Reply>map(Reply.Got::new)
                          .recover(AgentData::tooLong);
                });
  }

  private static Future<Reply> tooLong(Throwable failure) {
    return failure instanceof InnerClient.TooLongException
        ? Future.succeededFuture(
            new Reply.Not(
                "The answer has more than 1 MiB. Ask for fewer rows, or select only the fields that"
                    + " you need."))
        : Future.failedFuture(failure);
  }

  // --- the lease ---------------------------------------------------------------------------------

  private Future<Way> way(
      Agent agent, Scope container, Optional<PartitionKey> key, Set<Action> actions) {
    return leases
        .actingFor(agent.whom().principal().id())
        .compose(
            all ->
                all.stream()
                    .filter(lease -> isFor(lease, container, key, actions))
                    .flatMap(lease -> leases.within(agent.is(), lease).stream())
                    .findFirst()
                    .<Future<Way>>map(token -> Future.succeededFuture(new Way.Open(token)))
                    .orElseGet(() -> another(agent, container, actions)));
  }

  private boolean isFor(
      Lease lease, Scope container, Optional<PartitionKey> key, Set<Action> actions) {
    return lease.state(clock.instant()) == Lease.State.ACTIVE
        && lease.scope().covers(container)
        && lease.actions().containsAll(actions)
        && lease.partitionKey().map(of -> key.filter(of::equals).isPresent()).orElse(true);
  }

  private Future<Way> another(Agent agent, Scope container, Set<Action> actions) {
    LeaseRequest wanted =
        new LeaseRequest(
            container,
            Optional.empty(),
            Optional.empty(),
            role(agent, container, actions),
            Lane.PROXY,
            CredentialForm.LEASE_TOKEN,
            Optional.empty(),
            Delivery.ENV,
            Optional.empty(),
            Optional.empty());
    return leases
        .issueWithin(agent.is(), agent.address(), wanted)
        .map(
            issuance ->
                issuance instanceof Issuance.Issued issued
                    ? new Way.Open(issued.token())
                    : new Way.Closed(Refusals.message(issuance, wanted)));
  }

  /**
   * The smallest role that has the actions: of those that rules give as it is, of those that they
   * give after approval, or of all.
   */
  private RoleName role(Agent agent, Scope container, Set<Action> actions) {
    Grants.Edition edition = grants.now();
    Set<Action> reached = new HashSet<>();
    Set<Action> withoutApproval = new HashSet<>();
    for (Reach reach : edition.reach(agent.is().principal())) {
      if (reach.covers(container)) {
        reached.addAll(reach.actions());
        if (!reach.needsApproval()) {
          withoutApproval.addAll(reach.actions());
        }
      }
    }
    return edition.policy().roles().stream()
        .filter(role -> role.actions().containsAll(actions))
        .min(
            Comparator.comparing((Role role) -> !withoutApproval.containsAll(role.actions()))
                .thenComparing(role -> !reached.containsAll(role.actions()))
                .thenComparing(role -> role.actions().size())
                .thenComparing(role -> role.name().value()))
        .map(Role::name)
        .orElse(Role.DATA_READER.name());
  }

  /** Why the data plane, or the account behind it, answered otherwise than was hoped for. */
  static String why(InnerClient.Answer answer) {
    return switch (answer.status()) {
      case 404 ->
          "There is nothing by that name there. An item is found by its id and its partition key"
              + " together: describe_container tells of which fields that is.";
      case 429 -> "Too much is asked for at a time. Ask again in a moment.";
      default -> {
        if (answer.status() >= 500) {
          yield "The account doesn't answer now. Ask again later.";
        }
        Optional<String> message = message(answer.body());
        yield (answer.isGateways() ? message : message.flatMap(AgentData::aboutQuery))
            .orElseGet(() -> "The account refused it, with status " + answer.status() + ".");
      }
    };
  }

  private static Optional<String> message(Buffer error) {
    try {
      return Optional.of(error.toJsonObject().getString("message", ""))
          .filter(text -> !text.isEmpty());
    } catch (RuntimeException notAnError) {
      return Optional.empty();
    }
  }

  /**
   * What the account says of a query that it can't read, which has nothing of any item in it. What
   * it says of one that it has run may: a function says in an error what it likes.
   */
  private static Optional<String> aboutQuery(String message) {
    int begin = message.startsWith(BEFORE_FLAWS) ? BEFORE_FLAWS.length() : 0;
    int end = message.lastIndexOf(FLAWS_END) + FLAWS_END.length();
    try {
      return Optional.of(
              new JsonObject(message.substring(begin, end))
                  .getJsonArray("errors").stream()
                      .map(JsonObject.class::cast)
                      .map(AgentData::flaw)
                      .collect(Collectors.joining(" ")))
          .filter(text -> !text.isEmpty());
    } catch (RuntimeException notFlaws) {
      return Optional.empty();
    }
  }

  private static String flaw(JsonObject said) {
    String code = said.getString("code");
    if (!FLAW.matcher(code).matches()) {
      throw new IllegalArgumentException("not of a query's text");
    }
    return code + ": " + said.getString("message");
  }

  /** The list of an answer. */
  static JsonArray documents(InnerClient.Answer answer) {
    return answer.body().toJsonObject().getJsonArray("Documents", new JsonArray());
  }
}
