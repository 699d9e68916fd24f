package dev.ephemeris.gateway.mcp;

import io.vertx.core.Future;

/** What agents can ask for. Thread-safe. */
interface Tool {

  /** Its name in {@code tools.json}. */
  String name();

  /**
   * Does it.
   *
   * @param arguments as its schema has them
   * @return fails if a part of the gateway doesn't work; whatever else is wrong is an answer
   * @throws IllegalArgumentException if an argument can't be; its message names no value of data
   */
  Future<Answer> call(Agent agent, Arguments arguments);
}
