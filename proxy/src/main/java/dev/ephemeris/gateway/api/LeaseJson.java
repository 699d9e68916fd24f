package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.identity.Block;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.CredentialForm;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
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
    return json.put("id", lease.id().value())
        .put("scope", lease.scope().toString())
        .put("role", lease.role().value())
        .put("actions", actions)
        .put("lane", lease.lane().name().toLowerCase(Locale.ROOT))
        .put("credential", spelt(lease.form()))
        .put("rule", lease.rule().value())
        .put("issuedAt", lease.issuedAt().toString())
        .put("expiresAt", lease.expiresAt().toString())
        .put("state", lease.state(now).name().toLowerCase(Locale.ROOT))
        .put("sessionId", lease.sessionId());
  }

  static JsonObject of(Block block) {
    JsonObject json =
        new JsonObject()
            .put("id", block.id())
            .put("at", block.at().toString())
            .put("suspends", block.suspends());
    block.account().ifPresent(account -> json.put("account", account));
    block.liftedAt().ifPresent(at -> json.put("liftedAt", at.toString()));
    return json;
  }

  static String spelt(CredentialForm form) {
    return form.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
