package dev.ephemeris.simulator.issuer;

import io.vertx.core.json.JsonObject;

/** What an endpoint for programs answers. */
sealed interface Answer permits Answer.Success, OAuthError {

  record Success(JsonObject body) implements Answer {
    @Override
    public int status() {
      return 200;
    }
  }

  int status();

  JsonObject body();
}
