package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The tokens of the local agent, which acts for whoever is signed in: what it has of them is
 * forgotten once it has its own. Thread-safe.
 */
final class AgentTokens {

  private static final String CLIENT = "ephemeris-mcp";
  private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
  private static final Duration EARLY = Duration.ofSeconds(60);

  private final Http http;
  private final URI gateway;
  private final Surroundings surroundings;

  /** Guards what follows: a refresh token is good once. */
  private final ReentrantLock lock = new ReentrantLock();

  private String access = "";
  private String refresh = "";
  private Instant expiresAt = Instant.MIN;

  private AgentTokens(Http http, URI gateway, Surroundings surroundings) {
    this.http = http;
    this.gateway = gateway;
    this.surroundings = surroundings;
  }

  /** Exchanges a person's token (RFC 8693), which isn't kept. */
  static AgentTokens exchange(Http http, URI gateway, String person, Surroundings surroundings)
      throws Failure {
    AgentTokens tokens = new AgentTokens(http, gateway, surroundings);
    tokens.take(
        Map.of(
            "grant_type",
            "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token",
            person,
            "subject_token_type",
            ACCESS_TOKEN));
    return tokens;
  }

  /** One that is good for a while. */
  String access() throws Failure {
    lock.lock();
    try {
      if (!surroundings.now().plus(EARLY).isBefore(expiresAt)) {
        renew();
      }
      return access;
    } finally {
      lock.unlock();
    }
  }

  /** Another, since the gateway doesn't take this one any more. */
  String another(String refused) throws Failure {
    lock.lock();
    try {
      if (access.equals(refused)) {
        renew();
      }
      return access;
    } finally {
      lock.unlock();
    }
  }

  private void renew() throws Failure {
    take(Map.of("grant_type", "refresh_token", "refresh_token", refresh));
  }

  private void take(Map<String, String> grant) throws Failure {
    Map<String, String> form = new LinkedHashMap<>(grant);
    form.put("client_id", CLIENT);
    form.put("resource", gateway.resolve("/mcp").toString());
    Http.Response response = http.post(gateway.resolve("/oauth/token"), form);
    JsonNode json = response.json();
    if (response.status() != 200 || !json.path("access_token").isTextual()) {
      throw refusal(response);
    }
    access = json.path("access_token").textValue();
    refresh = json.path("refresh_token").asText();
    expiresAt = surroundings.now().plusSeconds(json.path("expires_in").asLong());
  }

  private static Failure refusal(Http.Response response) {
    String why = response.json().path("error_description").asText("");
    if (response.status() == 404) {
      return new Failure(
          Failure.Kind.REFUSED,
          "People don't sign in by this gateway itself, so that it gives agents no tokens: whoever"
              + " runs it finds signIn in its configuration.");
    }
    return response.status() >= 500
        ? new Failure(Failure.Kind.UNREACHABLE, "The gateway gives no token now: " + why)
        : new Failure(
            Failure.Kind.NOT_SIGNED_IN,
            "The gateway gives the agent no token: "
                + why
                + ". Sign in again with ephemeris login, and start it anew.");
  }

  /** Gives them back (RFC 7009): the agent's session ends. */
  void revoke() throws Failure {
    lock.lock();
    try {
      Http.Response unused =
          http.post(
              gateway.resolve("/oauth/revoke"), Map.of("client_id", CLIENT, "token", refresh));
    } finally {
      lock.unlock();
    }
  }
}
