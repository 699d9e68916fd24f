package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;

/**
 * What somebody asks for. What is empty is the gateway's to choose, or nothing.
 *
 * @param deliver how it will be handed over, as openapi.yaml spells it
 */
record WantedLease(
    ResourceScope scope,
    Optional<PartitionKeyLevels> partitionKey,
    Optional<String> item,
    Optional<String> lane,
    Optional<String> role,
    Optional<Duration> ttl,
    Form form,
    Optional<String> deliver,
    Optional<String> reason,
    Optional<String> ticket) {

  /** What is shown for it. */
  enum Form {
    TOKEN("lease-token"),
    KEY("lease-key");

    private final String spelling;

    Form(String spelling) {
      this.spelling = spelling;
    }
  }

  /** The same in another lane, or for one item. */
  WantedLease in(Optional<String> otherLane, Optional<String> onlyItem) {
    return new WantedLease(
        scope, partitionKey, onlyItem, otherLane, role, ttl, form, deliver, reason, ticket);
  }

  /** The same, to be handed over in this way. */
  WantedLease delivered(String way) {
    return new WantedLease(
        scope, partitionKey, item, lane, role, ttl, form, Optional.of(way), reason, ticket);
  }

  ObjectNode json() {
    ObjectNode json = Json.object().put("scope", scope.toString());
    partitionKey.ifPresent(key -> json.set("partitionKey", key.levels()));
    item.ifPresent(id -> json.put("item", id));
    lane.ifPresent(name -> json.put("lane", name));
    role.ifPresent(name -> json.put("role", name));
    ttl.ifPresent(duration -> json.put("ttlSeconds", duration.toSeconds()));
    json.put("credential", form.spelling);
    deliver.ifPresent(way -> json.put("deliver", way));
    reason.ifPresent(text -> json.put("reason", text));
    ticket.ifPresent(text -> json.put("ticket", text));
    return json;
  }
}
