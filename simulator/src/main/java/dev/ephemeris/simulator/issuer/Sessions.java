package dev.ephemeris.simulator.issuer;

import java.time.Duration;
import java.time.InstantSource;

/**
 * What outlives a single answer of the token endpoint: refresh tokens, and which sign-ins have
 * ended. Confined to the server's event loop.
 *
 * <p>A refresh token is {@code family.secret}. The family stays; each use replaces the secret.
 * Showing an older secret means that two parties hold the token, so it ends the sign-in for both
 * (RFC 9700 §4.14.2).
 */
final class Sessions {
  private static final Duration REFRESHABLE = Duration.ofHours(12);

  private record Family(Authorization authorization, String secret) {}

  /** What became of a refresh token. */
  sealed interface Renewal {
    record Renewed(Authorization authorization, String refreshToken) implements Renewal {}

    /** Shown for the second time: the whole sign-in has ended. */
    record Reused() implements Renewal {}

    record Unknown() implements Renewal {}
  }

  private final Tickets<Family> families;
  private final Tickets<Boolean> ended;

  Sessions(InstantSource clock) {
    families = new Tickets<>(clock, REFRESHABLE);
    ended = new Tickets<>(clock, REFRESHABLE);
  }

  /** The first refresh token of a new family. */
  String open(Authorization authorization) {
    var secret = Tickets.random();
    return families.issue(new Family(authorization, secret)) + "." + secret;
  }

  /** Uses a refresh token up. */
  Renewal renew(String refreshToken, String clientId) {
    var dot = refreshToken.indexOf('.');
    if (dot < 0) {
      return new Renewal.Unknown();
    }
    var name = refreshToken.substring(0, dot);
    return families
        .find(name)
        .filter(family -> family.authorization().clientId().equals(clientId))
        .map(family -> renew(name, refreshToken.substring(dot + 1), family))
        .orElseGet(Renewal.Unknown::new);
  }

  private Renewal renew(String name, String secret, Family family) {
    var authorization = family.authorization().withoutNonce();
    if (!family.secret().equals(secret)) {
      end(authorization.signIn().sid());
      return new Renewal.Reused();
    }
    var next = Tickets.random();
    families.keep(name, new Family(authorization, next));
    return new Renewal.Renewed(authorization, name + "." + next);
  }

  /**
   * Ends a sign-in: its refresh tokens are void, and its access tokens no longer open {@code
   * /userinfo}.
   */
  void end(String sid) {
    families.forget(family -> family.authorization().signIn().sid().equals(sid));
    ended.keep(sid, true);
  }

  boolean hasEnded(String sid) {
    return ended.find(sid).isPresent();
  }
}
