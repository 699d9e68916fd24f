package dev.ephemeris.gateway.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The tokens of the local agent, which acts for whoever is signed in: what it has of them is
 * forgotten once it has its own. Thread-safe.
 */
final class AgentTokens {

  /** What the gateway knows this program as. */
  static final String CLIENT = "ephemeris-mcp";

  private static final Duration EARLY = Duration.ofSeconds(60);

  private final IssuerClient issuer;
  private final Surroundings surroundings;

  /** Guards what follows: a refresh token is good once. */
  private final ReentrantLock lock = new ReentrantLock();

  private Tokens tokens;
  private Instant expiresAt;

  private AgentTokens(IssuerClient issuer, Tokens tokens, Surroundings surroundings) {
    this.issuer = issuer;
    this.surroundings = surroundings;
    this.tokens = tokens;
    this.expiresAt = surroundings.now().plus(tokens.lifetime());
  }

  /** Exchanges a person's token, which isn't kept. */
  static AgentTokens exchange(
      IssuerClient issuer, String person, String resource, Surroundings surroundings)
      throws Failure {
    return new AgentTokens(issuer, issuer.exchange(person, resource), surroundings);
  }

  /** One that is good for a while. */
  String access() throws Failure {
    lock.lock();
    try {
      if (!surroundings.now().plus(EARLY).isBefore(expiresAt)) {
        renew();
      }
      return tokens.accessToken();
    } finally {
      lock.unlock();
    }
  }

  /** Another, since the gateway doesn't take this one any more. */
  String another(String refused) throws Failure {
    lock.lock();
    try {
      if (tokens.accessToken().equals(refused)) {
        renew();
      }
      return tokens.accessToken();
    } finally {
      lock.unlock();
    }
  }

  private void renew() throws Failure {
    tokens = issuer.refresh(tokens.refreshToken().orElse(""));
    expiresAt = surroundings.now().plus(tokens.lifetime());
  }

  /** Gives them back: the agent's session ends. */
  void revoke() throws Failure {
    lock.lock();
    try {
      issuer.revoke(tokens.refreshToken().orElseGet(tokens::accessToken));
    } finally {
      lock.unlock();
    }
  }
}
