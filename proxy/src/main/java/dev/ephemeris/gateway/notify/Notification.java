package dev.ephemeris.gateway.notify;

import dev.ephemeris.policy.Channel;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * What is to be told by one channel.
 *
 * @param id the same however often it is sent
 * @param event as {@link Event} makes it, in JSON
 * @param at when it happened
 * @param attempts how often it was sent, with the one under way
 */
record Notification(String id, Channel channel, String event, Instant at, int attempts) {

  JsonObject json() {
    return new JsonObject(event);
  }
}
