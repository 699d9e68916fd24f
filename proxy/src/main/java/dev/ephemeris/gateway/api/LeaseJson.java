package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.custody.Reveals;
import dev.ephemeris.gateway.identity.Block;
import dev.ephemeris.gateway.identity.BlockTarget;
import dev.ephemeris.gateway.lease.AtAccount;
import dev.ephemeris.gateway.lease.DirectLane;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Lane;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Leases and blocks as the API shows them to whose they are, without any secret. */
final class LeaseJson {

  private LeaseJson() {}

  /**
   * @param now for the state that it is in
   */
  static JsonObject of(Lease lease, Instant now) {
    JsonArray actions = new JsonArray();
    lease.actions().stream().map(Action::shortName).forEach(actions::add);
    JsonObject json = new JsonObject();
    lease.partitionKey().ifPresent(key -> json.put("partitionKey", new JsonArray(key.header())));
    lease
        .actedFor()
        .ifPresent(
            whom ->
                json.put("principal", lease.principal().toString())
                    .put("actsFor", whom.id().toString()));
    lease.atAccount().ifPresent(at -> put(json, lease, at));
    if (lease.lane() == Lane.PROXY) {
      json.put("credential", spelt(lease.form()));
    }
    return json.put("id", lease.id().value())
        .put("scope", lease.scope().toString())
        .put("role", lease.role().value())
        .put("actions", actions)
        .put("lane", lease.lane().name().toLowerCase(Locale.ROOT))
        .put("rule", lease.rule().value())
        .put("issuedAt", lease.issuedAt().toString())
        .put("expiresAt", lease.expiresAt().toString())
        .put("state", lease.state(now).name().toLowerCase(Locale.ROOT))
        .put("sessionId", lease.sessionId());
  }

  private static void put(JsonObject json, Lease lease, AtAccount at) {
    switch (at) {
      case AtAccount.Permission permission -> {
        permission.item().ifPresent(item -> json.put("item", item));
        json.put("worksUntil", lease.worksUntil().toString())
            .put(
                "atAccount",
                new JsonObject()
                    .put("userRid", permission.userRid())
                    .put("permissionId", permission.permissionId()));
      }
      case AtAccount.Assignments(String objectId, List<String> ids) ->
          json.put(
              "atAccount",
              new JsonObject().put("objectId", objectId).put("assignmentIds", new JsonArray(ids)));
    }
  }

  /**
   * What is handed over in a lane other than the proxy, beside the lease. Holds a secret: it is for
   * the one answer.
   */
  @Reveals("to whom the lease was given, in the one answer that delivers it")
  static JsonObject of(DirectLane.Handed handed) {
    return switch (handed) {
      case DirectLane.Handed.ResourceToken token ->
          new JsonObject().put("token", token.token().reveal()).put("endpoint", token.endpoint());
      case DirectLane.Handed.Role role ->
          new JsonObject()
              .put("endpoint", role.endpoint())
              .put("effectiveWithinSeconds", role.effectiveWithin().toSeconds());
    };
  }

  static JsonObject of(Block block) {
    JsonObject json =
        new JsonObject()
            .put("id", block.id())
            .put("at", block.at().toString())
            .put("suspends", block.suspends());
    if (block.target() instanceof BlockTarget.OfAgent agent) {
      json.put("target", agent.described());
    }
    block.account().ifPresent(account -> json.put("account", account));
    block.liftedAt().ifPresent(at -> json.put("liftedAt", at.toString()));
    return json;
  }

  static String spelt(CredentialForm form) {
    return form.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
