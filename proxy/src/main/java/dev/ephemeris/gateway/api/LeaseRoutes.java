package dev.ephemeris.gateway.api;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Blocks;
import dev.ephemeris.gateway.identity.Pace;
import dev.ephemeris.gateway.lease.DirectLane;
import dev.ephemeris.gateway.lease.Issuance;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.LeaseId;
import dev.ephemeris.gateway.lease.LeaseRequest;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.lease.Renewal;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Delivery;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** One's own leases: asking for one, looking at them, renewing one, ending one. */
final class LeaseRoutes {

  private final Leases leases;
  private final Blocks blocks;
  private final Pages pages;
  private final Supplier<String> dataPlane;
  private final InstantSource clock;

  /**
   * @param dataPlane the Cosmos endpoint to give to SDKs
   */
  LeaseRoutes(
      Leases leases, Blocks blocks, Pages pages, Supplier<String> dataPlane, InstantSource clock) {
    this.leases = leases;
    this.blocks = blocks;
    this.pages = pages;
    this.dataPlane = dataPlane;
    this.clock = clock;
  }

  void issue(RoutingContext context) {
    JsonObject body = context.body().asJsonObject();
    LeaseRequest request;
    try {
      request = request(body);
    } catch (IllegalArgumentException e) {
      Problem.malformed(String.valueOf(e.getMessage())).send(context);
      return;
    }
    Authentication.Accepted caller = BearerAuthentication.caller(context);
    leases
        .issue(caller, BearerAuthentication.address(context), request, Idempotency.once(context))
        .onSuccess(issuance -> answer(context, issuance))
        .onFailure(context::fail);
  }

  /**
   * What a body asks for that is as the contract has it.
   *
   * @throws IllegalArgumentException if it asks for something that there can't be
   */
  static LeaseRequest request(JsonObject body) {
    return new LeaseRequest(
        Scope.parse(body.getString("scope")),
        partitionKey(body),
        Optional.ofNullable(body.getString("item")),
        new RoleName(body.getString("role", "data-reader")),
        lane(body.getString("lane", "proxy")),
        form(body.getString("credential", LeaseJson.spelt(CredentialForm.LEASE_TOKEN))),
        ttl(body),
        deliver(body),
        Optional.ofNullable(body.getString("reason")),
        Optional.ofNullable(body.getString("ticket")));
  }

  static Optional<PartitionKey> partitionKey(JsonObject body) {
    return LeaseRequest.readPartitionKey(body.getJsonArray("partitionKey"), "the partition key");
  }

  /** What a lease is answered with that was given; empty if none was. Holds a secret. */
  Optional<JsonObject> issued(Issuance issuance) {
    return switch (issuance) {
      case Issuance.Issued(Lease lease, var token) ->
          issued(
              lease,
              new JsonObject().put("token", token.reveal()).put("endpoint", dataPlane.get()));
      case Issuance.IssuedKey(Lease lease, var key) -> {
        // The host name tells whose key signed a request; nothing in its signature does.
        String endpoint = dataPlane.get().replace("https://", "https://" + lease.id() + ".lease.");
        yield issued(
            lease,
            new JsonObject()
                .put("key", key.reveal())
                .put(
                    "connectionString",
                    "AccountEndpoint=" + endpoint + ";AccountKey=" + key.reveal() + ";")
                .put("endpoint", endpoint));
      }
      case Issuance.IssuedDirect(Lease lease, var handed) -> issued(lease, LeaseJson.of(handed));
      case Issuance.Busy none -> Optional.empty();
      case Issuance.Refused none -> Optional.empty();
      case Issuance.NeedsApproval none -> Optional.empty();
      case Issuance.Taken none -> Optional.empty();
      case Issuance.KeptOut none -> Optional.empty();
      case Issuance.Malformed none -> Optional.empty();
    };
  }

  private Optional<JsonObject> issued(Lease lease, JsonObject credential) {
    return Optional.of(
        new JsonObject().put("lease", LeaseJson.of(lease, clock.instant())).mergeIn(credential));
  }

  /** Answers with the lease that was given, or why none was. */
  void answer(RoutingContext context, Issuance issuance) {
    switch (issuance) {
      case Issuance.Issued given -> created(context, given.lease(), issuance);
      case Issuance.IssuedKey given -> created(context, given.lease(), issuance);
      case Issuance.IssuedDirect given -> created(context, given.lease(), issuance);
      case Issuance.Busy(String message, Optional<Duration> retryAfter) ->
          busy(context, message, retryAfter);
      case Issuance.Refused(var reason, var rule, String message) ->
          Problem.denied(message, reason.code(), rule.map(RuleName::value)).send(context);
      case Issuance.NeedsApproval(RuleName rule, String message) ->
          Problem.needsApproval(message, rule.value()).send(context);
      case Issuance.Taken gone -> throw new IllegalStateException("for nothing: " + gone);
      case Issuance.KeptOut(String message) -> Problem.keptOut(message).send(context);
      case Issuance.Malformed(String message) -> Problem.malformed(message).send(context);
    }
  }

  private void created(RoutingContext context, Lease lease, Issuance issuance) {
    Answer.of(201, issued(issuance).orElseThrow())
        .at("/v1/leases/" + lease.id())
        .giving(new Answer.Given(""))
        .send(context);
  }

  void renew(RoutingContext context) {
    Optional<LeaseId> id = LeaseId.parse(context.pathParam("leaseId"));
    if (id.isEmpty()) {
      none(context);
      return;
    }
    leases
        .renew(
            BearerAuthentication.caller(context),
            BearerAuthentication.address(context),
            id.get(),
            ttl(context.body().asJsonObject()))
        .onSuccess(renewal -> answer(context, renewal))
        .onFailure(context::fail);
  }

  private void answer(RoutingContext context, Renewal renewal) {
    switch (renewal) {
      case Renewal.Renewed(Lease lease, Optional<DirectLane.Handed> handed) ->
          Answer.of(
                  new JsonObject()
                      .put("lease", LeaseJson.of(lease, clock.instant()))
                      .mergeIn(handed.map(LeaseJson::of).orElseGet(JsonObject::new)))
              .giving(new Answer.Given(""))
              .send(context);
      case Renewal.Busy(String message, Optional<Duration> retryAfter) ->
          busy(context, message, retryAfter);
      case Renewal.NotFound() -> none(context);
      case Renewal.KeptOut(String message) -> Problem.keptOut(message).send(context);
      case Renewal.Over(String message) -> Problem.over(message).send(context);
      case Renewal.Refused(var reason, var rule, String message) ->
          Problem.denied(message, reason.code(), rule.map(RuleName::value)).send(context);
      case Renewal.NeedsApproval(RuleName rule, String message) ->
          Problem.needsApproval(message, rule.value()).send(context);
      case Renewal.Malformed(String message) -> Problem.malformed(message).send(context);
    }
  }

  private static void busy(RoutingContext context, String message, Optional<Duration> retryAfter) {
    retryAfter.ifPresent(
        wait -> context.response().putHeader("retry-after", Long.toString(Pace.seconds(wait))));
    (retryAfter.isPresent() ? Problem.busy(message) : Problem.unavailable(message)).send(context);
  }

  static Optional<Duration> ttl(JsonObject body) {
    return Optional.ofNullable(body.getLong("ttlSeconds")).map(Duration::ofSeconds);
  }

  /** As is usual for what is asked for, if nothing is said. */
  static Delivery deliver(JsonObject body) {
    String key = LeaseJson.spelt(CredentialForm.LEASE_KEY);
    Delivery usual =
        key.equals(body.getString("credential")) ? Delivery.CONNECTION_STRING : Delivery.TOKEN;
    return Delivery.parse(body.getString("deliver", usual.toString()));
  }

  private static Lane lane(String name) {
    return Lane.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private static CredentialForm form(String name) {
    return CredentialForm.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  void listBlocks(RoutingContext context) {
    Authentication.Accepted caller = BearerAuthentication.caller(context);
    pages.answer(
        context,
        "blocks",
        Map.of(),
        wanted -> blocks.of(caller.principal(), caller.client(), wanted),
        LeaseJson::of);
  }

  void liftBlock(RoutingContext context) {
    String id = context.pathParam("blockId");
    ended(
        context,
        blocks.lift(id, BearerAuthentication.caller(context).principal().id()),
        "You made no block “" + id + "”. “ephemeris blocks” lists what there is.");
  }

  void list(RoutingContext context) {
    PrincipalId caller = BearerAuthentication.caller(context).principal().id();
    pages.answer(
        context,
        "leases",
        Map.of(),
        wanted -> leases.of(caller, wanted),
        lease -> LeaseJson.of(lease, clock.instant()));
  }

  /** Answers that something was ended, or that it isn't there. */
  static void ended(RoutingContext context, Future<Boolean> ended, String notThere) {
    ended
        .onSuccess(
            found -> {
              if (found) {
                context.response().setStatusCode(204).end();
              } else {
                Problem.notFound(notThere).send(context);
              }
            })
        .onFailure(context::fail);
  }

  void read(RoutingContext context) {
    LeaseId.parse(context.pathParam("leaseId"))
        .ifPresentOrElse(
            id ->
                leases
                    .find(id, BearerAuthentication.caller(context).principal().id())
                    .onSuccess(
                        found ->
                            found.ifPresentOrElse(
                                lease ->
                                    Answer.of(LeaseJson.of(lease, clock.instant())).send(context),
                                () -> none(context)))
                    .onFailure(context::fail),
            () -> none(context));
  }

  void handOver(RoutingContext context) {
    LeaseId.parse(context.pathParam("leaseId"))
        .ifPresentOrElse(
            id ->
                leases
                    .handOver(BearerAuthentication.caller(context), id)
                    .onSuccess(
                        found ->
                            found.ifPresentOrElse(
                                lease -> {
                                  context.response().putHeader("cache-control", "no-store");
                                  context.json(issued(lease).orElseThrow());
                                },
                                () ->
                                    Problem.notFound(
                                            "No agent that acts for you has a lease “"
                                                + context.pathParam("leaseId")
                                                + "” that is good now. “ephemeris leases” lists"
                                                + " what there is.")
                                        .send(context)))
                    .onFailure(context::fail),
            () -> none(context));
  }

  void revoke(RoutingContext context) {
    Optional<LeaseId> id = LeaseId.parse(context.pathParam("leaseId"));
    ended(
        context,
        id.isEmpty()
            ? Future.succeededFuture(false)
            : leases.revoke(id.get(), BearerAuthentication.caller(context).principal().id()),
        noLease(context));
  }

  private static void none(RoutingContext context) {
    Problem.notFound(noLease(context)).send(context);
  }

  private static String noLease(RoutingContext context) {
    return "You have no lease “"
        + context.pathParam("leaseId")
        + "”. “ephemeris leases” lists yours.";
  }
}
