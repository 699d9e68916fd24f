package dev.ephemeris.gateway.mcp;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** What a tool answers. */
sealed interface Answer {

  /** What was asked for, as the tool's output schema has it. */
  record Found(JsonObject content) implements Answer {}

  /** Why not, and what to do next. */
  record Refused(String message) implements Answer {}

  static Future<Answer> found(JsonObject content) {
    return Future.succeededFuture(new Found(content));
  }

  static Future<Answer> refused(String message) {
    return Future.succeededFuture(new Refused(message));
  }
}
