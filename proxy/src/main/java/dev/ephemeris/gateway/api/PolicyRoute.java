package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.policy.PolicyDigests;
import dev.ephemeris.gateway.policy.PolicyInForce;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Which policy is in force, and whether it is what the files say. */
final class PolicyRoute {

  private final PolicyInForce policy;

  PolicyRoute(PolicyInForce policy) {
    this.policy = policy;
  }

  void read(RoutingContext context) {
    PolicyInForce.State state = policy.state();
    JsonObject json = digests(state.digests()).put("since", state.since().toString());
    if (!state.notices().isEmpty()) {
      json.put("notices", new JsonArray(state.notices()));
    }
    state.refusal().ifPresent(refusal -> json.put("refusal", json(refusal)));
    Answer.of(json).send(context);
  }

  private static JsonObject json(PolicyInForce.Refusal refusal) {
    return digests(refusal.digests())
        .put("since", refusal.since().toString())
        .put("problems", new JsonArray(refusal.problems()));
  }

  private static JsonObject digests(PolicyDigests digests) {
    return new JsonObject().put("policy", digests.policy()).put("catalog", digests.catalog());
  }
}
