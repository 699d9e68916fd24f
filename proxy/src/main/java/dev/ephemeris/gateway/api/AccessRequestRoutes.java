package dev.ephemeris.gateway.api;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.lease.AccessAnswer;
import dev.ephemeris.gateway.lease.AccessRequest;
import dev.ephemeris.gateway.lease.AccessRequests;
import dev.ephemeris.gateway.lease.AccessRequests.Asked;
import dev.ephemeris.gateway.lease.AccessRequests.Changed;
import dev.ephemeris.gateway.lease.AccessRequests.PickUp;
import dev.ephemeris.gateway.lease.Issuance;
import dev.ephemeris.gateway.lease.LeaseRequest;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Approval;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.UserRef;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Access requests: asking, looking, answering, picking up. */
final class AccessRequestRoutes {

  private static final String TO_ANSWER = "to-answer";

  /** What an id of a refusal says itself. */
  private static final List<String> SAID_BY_REFUSALS =
      List.of("role", "partitionKey", "item", "lane", "credential");

  private final AccessRequests requests;
  private final LeaseRoutes leases;
  private final Pages pages;
  private final InstantSource clock;

  AccessRequestRoutes(
      AccessRequests requests, LeaseRoutes leases, Pages pages, InstantSource clock) {
    this.requests = requests;
    this.leases = leases;
    this.pages = pages;
    this.clock = clock;
  }

  void ask(RoutingContext context) {
    JsonObject body = context.body().asJsonObject();
    boolean breakGlass = body.getBoolean("breakGlass", false);
    if (body.containsKey("refusal")) {
      askAfterRefusal(context, body, breakGlass);
      return;
    }
    LeaseRequest wanted;
    try {
      wanted = LeaseRoutes.request(body);
    } catch (IllegalArgumentException e) {
      Problem.malformed(String.valueOf(e.getMessage())).send(context);
      return;
    }
    requests
        .ask(
            BearerAuthentication.caller(context),
            BearerAuthentication.address(context),
            wanted,
            breakGlass,
            Idempotency.once(context))
        .onSuccess(asked -> answer(context, asked))
        .onFailure(context::fail);
  }

  private void askAfterRefusal(RoutingContext context, JsonObject body, boolean breakGlass) {
    Optional<String> beside = SAID_BY_REFUSALS.stream().filter(body::containsKey).findFirst();
    if (beside.isPresent()) {
      Problem.malformed("Beside a refusal " + beside.get() + " is said twice; leave it out.")
          .send(context);
      return;
    }
    Future<Asked> asked;
    try {
      asked =
          requests.ask(
              BearerAuthentication.caller(context),
              BearerAuthentication.address(context),
              body.getString("refusal"),
              LeaseRoutes.deliver(body),
              LeaseRoutes.ttl(body),
              Optional.ofNullable(body.getString("reason")),
              Optional.ofNullable(body.getString("ticket")),
              breakGlass,
              Idempotency.once(context));
    } catch (IllegalArgumentException e) {
      Problem.malformed(String.valueOf(e.getMessage())).send(context);
      return;
    }
    asked.onSuccess(answer -> answer(context, answer)).onFailure(context::fail);
  }

  private void answer(RoutingContext context, Asked asked) {
    switch (asked) {
      case Asked.Waiting(AccessRequest request) ->
          created(request, new JsonObject().put("accessRequest", json(request))).send(context);
      case Asked.GlassBroken(AccessRequest request, Issuance issuance) ->
          leases
              .issued(issuance)
              .ifPresentOrElse(
                  issued ->
                      created(
                              request,
                              new JsonObject()
                                  .put("accessRequest", json(request))
                                  .put("issued", issued))
                          .send(context),
                  () -> leases.answer(context, issuance));
      case Asked.NotNeeded(String message) ->
          Problem.of(409, "not-needed", "no approval needed", message).send(context);
      case Asked.Not(Issuance why) -> leases.answer(context, why);
      case Asked.TooMany(String message) -> Problem.busy(message).send(context);
    }
  }

  private static Answer created(AccessRequest request, JsonObject body) {
    Answer created = Answer.of(201, body).at("/v1/access-requests/" + request.id());
    return body.containsKey("issued") ? created.giving(new Answer.Given("issued")) : created;
  }

  void list(RoutingContext context) {
    Authentication.Accepted caller = BearerAuthentication.caller(context);
    boolean toAnswer = context.queryParam("of").contains(TO_ANSWER);
    pages.answer(
        context,
        "accessRequests",
        Map.of("of", toAnswer ? TO_ANSWER : "mine"),
        wanted -> toAnswer ? requests.toAnswer(caller, wanted) : requests.of(caller, wanted),
        this::json);
  }

  void read(RoutingContext context) {
    requests
        .find(BearerAuthentication.caller(context), id(context))
        .onSuccess(
            found ->
                found.ifPresentOrElse(
                    request -> Answer.of(json(request)).send(context), () -> none(context)))
        .onFailure(context::fail);
  }

  /** One of them as it is shown to the caller; empty if it isn't. */
  Future<Optional<JsonObject>> shown(RoutingContext context, String accessRequest) {
    return requests
        .find(BearerAuthentication.caller(context), accessRequest)
        .map(found -> found.map(this::json));
  }

  /** Whether one is what the caller has read, and decides on. */
  private Predicate<AccessRequest> asSeen(RoutingContext context) {
    return request -> ETag.of(json(request)).isAsSeenBy(context);
  }

  void approve(RoutingContext context) {
    JsonObject body = context.body().asJsonObject();
    AccessAnswer.Narrowed narrowed;
    try {
      narrowed =
          new AccessAnswer.Narrowed(
              Optional.ofNullable(body.getString("scope")).map(Scope::parse),
              LeaseRoutes.partitionKey(body),
              LeaseRoutes.ttl(body));
    } catch (IllegalArgumentException e) {
      Problem.malformed(String.valueOf(e.getMessage())).send(context);
      return;
    }
    answer(
        context,
        requests.approve(
            BearerAuthentication.caller(context),
            id(context),
            narrowed,
            comment(body),
            asSeen(context)));
  }

  void deny(RoutingContext context) {
    answer(
        context,
        requests.deny(
            BearerAuthentication.caller(context),
            id(context),
            comment(context.body().asJsonObject()),
            asSeen(context)));
  }

  void review(RoutingContext context) {
    JsonObject body = context.body().asJsonObject();
    answer(
        context,
        requests.review(
            BearerAuthentication.caller(context),
            id(context),
            body.getBoolean("justified"),
            comment(body),
            asSeen(context)));
  }

  void withdraw(RoutingContext context) {
    answer(
        context,
        requests.withdraw(BearerAuthentication.caller(context), id(context), asSeen(context)));
  }

  private static Optional<String> comment(JsonObject body) {
    return Optional.ofNullable(body.getString("comment"));
  }

  private static String id(RoutingContext context) {
    return context.pathParam("accessRequestId");
  }

  private void answer(RoutingContext context, Future<Changed> change) {
    change.onSuccess(changed -> answer(context, changed)).onFailure(context::fail);
  }

  private void answer(RoutingContext context, Changed changed) {
    switch (changed) {
      case Changed.Done(AccessRequest request) -> Answer.of(json(request)).send(context);
      case Changed.NotFound() -> none(context);
      case Changed.NotTheirs(String message) ->
          Problem.of(403, "not-yours", "not for you to say", message).send(context);
      case Changed.Unavailable(String message) -> Problem.unavailable(message).send(context);
      case Changed.Over(String message) -> Problem.over(message).send(context);
      case Changed.NotAsSeen(String message) -> Problem.notAsSeen(message).send(context);
      case Changed.Malformed(String message) -> Problem.malformed(message).send(context);
    }
  }

  private static void none(RoutingContext context) {
    Problem.notFound(
            "There is no access request “"
                + id(context)
                + "” of yours, nor one for you to answer. “ephemeris requests” lists them.")
        .send(context);
  }

  void pickUp(RoutingContext context) {
    requests
        .pickUp(
            BearerAuthentication.caller(context),
            BearerAuthentication.address(context),
            id(context),
            Idempotency.once(context))
        .onSuccess(
            pickUp -> {
              switch (pickUp) {
                case PickUp.Leased(Issuance issuance) -> leases.answer(context, issuance);
                case PickUp.Not(Changed why) -> answer(context, why);
              }
            })
        .onFailure(context::fail);
  }

  private JsonObject json(AccessRequest request) {
    LeaseRequest wanted = request.wanted();
    Instant now = clock.instant();
    JsonObject json =
        new JsonObject()
            .put("id", request.id())
            .put("state", request.state(now).code())
            .put("principal", request.requester().id().toString())
            .put("requester", requests.requester(request))
            .put("role", wanted.role().value())
            .put(
                "actions",
                new JsonArray(request.actions().stream().map(Action::shortName).sorted().toList()))
            .put("lane", wanted.lane().name().toLowerCase(Locale.ROOT))
            .put("rule", request.rule().value())
            .put(
                "approvals",
                new JsonArray(
                    request.approvals().stream()
                        // The same for every gateway: what is shown has a digest.
                        .sorted(Comparator.comparing(Approval::toString))
                        .map(AccessRequestRoutes::json)
                        .toList()))
            .put("glassBroken", request.glassBroken())
            .put("askedAt", request.askedAt().toString())
            .put("closesAt", request.closesAt().toString())
            .put(
                "answers",
                new JsonArray(request.answers().stream().map(AccessRequestRoutes::json).toList()))
            .put("agreed", place(request.agreed()));
    json.mergeIn(place(wanted));
    request.actsFor().ifPresent(whom -> json.put("actsFor", whom.id().toString()));
    wanted.item().ifPresent(item -> json.put("item", item));
    wanted.reason().ifPresent(reason -> json.put("reason", reason));
    wanted.ticket().ifPresent(ticket -> json.put("ticket", ticket));
    request.pickedUp().ifPresent(lease -> json.put("leaseId", lease.lease().value()));
    return json;
  }

  private static JsonObject place(LeaseRequest lease) {
    return place(Optional.of(lease.scope()), lease.partitionKey(), lease.ttl());
  }

  private static JsonObject place(
      Optional<Scope> scope, Optional<PartitionKey> partitionKey, Optional<Duration> ttl) {
    JsonObject json = new JsonObject();
    scope.ifPresent(name -> json.put("scope", name.toString()));
    partitionKey.ifPresent(key -> json.put("partitionKey", new JsonArray(key.header())));
    ttl.ifPresent(time -> json.put("ttlSeconds", time.toSeconds()));
    return json;
  }

  private static JsonObject json(Approval approval) {
    List<String> groups = approval.from().stream().map(GroupRef::toString).sorted().toList();
    return new JsonObject().put("from", new JsonArray(groups)).put("count", approval.count());
  }

  private static JsonObject json(AccessAnswer answer) {
    List<String> groups = answer.groups().stream().map(GroupRef::toString).sorted().toList();
    JsonObject json =
        new JsonObject()
            .put("by", answer.user().map(UserRef::toString).orElseGet(answer.by()::toString))
            .put("verdict", answer.verdict().code())
            .put("at", answer.at().toString())
            .put("groups", new JsonArray(groups))
            .mergeIn(
                place(
                    answer.narrowed().scope(),
                    answer.narrowed().partitionKey(),
                    answer.narrowed().ttl()));
    answer.comment().ifPresent(comment -> json.put("comment", comment));
    return json;
  }
}
