package dev.ephemeris.gateway.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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
  private final Exchange exchange;
  private final Surroundings surroundings;

  /** Guards what follows: a refresh token is good once. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Empty once their session has ended. */
  private Optional<Tokens> tokens = Optional.empty();

  private Instant expiresAt = Instant.MIN;

  private AgentTokens(IssuerClient issuer, Exchange exchange, Surroundings surroundings) {
    this.issuer = issuer;
    this.exchange = exchange;
    this.surroundings = surroundings;
  }

  /** Exchanges the token of whoever is signed in then, which isn't kept. */
  interface Exchange {
    Tokens make() throws Failure;
  }

  /** Has the first. */
  static AgentTokens begin(IssuerClient issuer, Exchange exchange, Surroundings surroundings)
      throws Failure {
    AgentTokens agent = new AgentTokens(issuer, exchange, surroundings);
    agent.keep(exchange.make());
    return agent;
  }

  /** One that is good for a while. */
  String access() throws Failure {
    lock.lock();
    try {
      return tokens.isPresent() && surroundings.now().plus(EARLY).isBefore(expiresAt)
          ? tokens.get().accessToken()
          : renewed();
    } finally {
      lock.unlock();
    }
  }

  /** Another, since the gateway doesn't take this one any more. */
  String another(String refused) throws Failure {
    lock.lock();
    try {
      Optional<String> now = tokens.map(Tokens::accessToken);
      return now.isPresent() && !now.get().equals(refused) ? now.get() : renewed();
    } finally {
      lock.unlock();
    }
  }

  private String renewed() throws Failure {
    if (tokens.isPresent()) {
      try {
        return keep(issuer.refresh(tokens.get().refreshToken().orElse("")));
      } catch (Failure failure) {
        if (failure.kind() != Failure.Kind.NOT_SIGNED_IN) {
          throw failure;
        }
        // Whoever it acts for may have signed in anew since then.
        tokens = Optional.empty();
      }
    }
    return keep(exchange.make());
  }

  private String keep(Tokens given) {
    tokens = Optional.of(given);
    expiresAt = surroundings.now().plus(given.lifetime());
    return given.accessToken();
  }

  /** Gives them back: the agent's session ends. */
  void revoke() throws Failure {
    lock.lock();
    try {
      if (tokens.isPresent()) {
        issuer.revoke(tokens.get().refreshToken().orElseGet(tokens.get()::accessToken));
      }
    } finally {
      lock.unlock();
    }
  }
}
