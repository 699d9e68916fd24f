package dev.ephemeris.gateway.mcp;

import dev.ephemeris.gateway.custody.Reveals;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.lease.AccessRequests;
import dev.ephemeris.gateway.lease.AccessRequests.PickUp;
import dev.ephemeris.gateway.lease.Issuance;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.LeaseRequest;
import dev.ephemeris.gateway.lease.LeaseToken;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.repetition.Once;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Delivery;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gives the agent a lease. Its credential isn't in the answer, but a reference that the machine of
 * whom it acts for resolves; unless a rule for agents says that they may have it itself.
 */
final class RequestLease implements Tool {

  private final Leases leases;
  private final AccessRequests requests;
  private final Grants grants;
  private final Supplier<String> dataPlane;

  RequestLease(Leases leases, AccessRequests requests, Grants grants, Supplier<String> dataPlane) {
    this.leases = leases;
    this.requests = requests;
    this.grants = grants;
    this.dataPlane = dataPlane;
  }

  @Override
  public String name() {
    return "request_lease";
  }

  @Override
  public Future<Answer> call(Agent agent, Arguments arguments) {
    boolean credential = "credential".equals(arguments.find("as").orElse("reference"));
    Optional<String> requestId = arguments.find("requestId");
    if (requestId.isPresent()) {
      return requests
          .pickUp(agent.is(), agent.address(), requestId.get(), Once.EACH_TIME)
          .map(
              pickUp ->
                  switch (pickUp) {
                    case PickUp.Leased(Issuance issuance) -> answer(agent, issuance, credential);
                    case PickUp.Not(var why) -> new Answer.Refused(Refusals.reason(why));
                  });
    }
    LeaseRequest wanted = arguments.lease(credential ? Delivery.TOKEN : Delivery.ENV);
    return leases
        .issue(agent.is(), agent.address(), wanted)
        .map(
            issuance ->
                issuance instanceof Issuance.Issued
                    ? answer(agent, issuance, credential)
                    : new Answer.Refused(Refusals.message(issuance, wanted)));
  }

  @Reveals("to an agent, where a rule says that agents may have credentials themselves")
  private Answer answer(Agent agent, Issuance issuance, boolean credential) {
    if (!(issuance instanceof Issuance.Issued(Lease lease, LeaseToken token))) {
      return new Answer.Refused(Refusals.reason(issuance));
    }
    JsonObject json = json(lease);
    if (credential && saysSo(agent, lease)) {
      return new Answer.Found(json.put("token", token.reveal()).put("endpoint", dataPlane.get()));
    }
    json.put("reference", lease.id().value())
        .put(
            "howToUse",
            "On the machine of whom you act for: ephemeris exec lease:"
                + lease.id()
                + " -- COMMAND. The command has endpoint and credential in its environment.");
    return new Answer.Found(
        credential
            ? json.put(
                "credentialWithheld",
                "No rule says that agents may have the credential itself; use the reference.")
            : json);
  }

  /** What may be handed over to everybody, agents included, isn't said for agents. */
  private boolean saysSo(Agent agent, Lease lease) {
    return lease.approved().isEmpty()
        && grants
            .now()
            .policy()
            .handsToAgents(agent.is().principal(), lease.scope(), lease.actions());
  }

  private static JsonObject json(Lease lease) {
    JsonArray actions = new JsonArray();
    lease.actions().stream().map(Action::shortName).sorted().forEach(actions::add);
    return new JsonObject()
        .put("leaseId", lease.id().value())
        .put("scope", lease.scope().toString())
        .put("role", lease.role().value())
        .put("actions", actions)
        .put("rule", lease.rule().value())
        .put("expiresAt", lease.expiresAt().toString());
  }
}
