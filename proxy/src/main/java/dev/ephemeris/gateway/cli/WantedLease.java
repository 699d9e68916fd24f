package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;

/** What somebody asks for. What is empty is the gateway's to choose, or nothing. */
record WantedLease(
    ResourceScope scope,
    Optional<PartitionKeyLevels> partitionKey,
    Optional<String> item,
    Optional<String> lane,
    Optional<String> role,
    Optional<Duration> ttl,
    String credential,
    Optional<String> reason,
    Optional<String> ticket) {

  ObjectNode json() {
    ObjectNode json = Json.object().put("scope", scope.toString());
    partitionKey.ifPresent(key -> json.set("partitionKey", key.levels()));
    item.ifPresent(id -> json.put("item", id));
    lane.ifPresent(name -> json.put("lane", name));
    role.ifPresent(name -> json.put("role", name));
    ttl.ifPresent(duration -> json.put("ttlSeconds", duration.toSeconds()));
    json.put("credential", credential);
    reason.ifPresent(text -> json.put("reason", text));
    ticket.ifPresent(text -> json.put("ticket", text));
    return json;
  }
}
