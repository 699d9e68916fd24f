package dev.ephemeris.gateway.oauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ephemeris.gateway.identity.Digest;
import dev.ephemeris.gateway.identity.RandomText;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.identity.SignIn;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Codes that clients trade for tokens, once and soon (OAuth 2.1 §4.1.2). They are in memory: one
 * that isn't traded when the gateway stops is lost.
 *
 * <p>Thread-safe.
 */
final class Codes {

  private static final Duration GOOD = Duration.ofMinutes(1);

  /** How long a code that was traded is known, to end what came of it when it is shown again. */
  private static final Duration KNOWN = Duration.ofMinutes(10);

  private static final int MOST = 100_000;

  private final InstantSource clock;
  private final Cache<String, Granted> granted =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(KNOWN).build();

  /** What comes of those that were taken: nothing, where it failed. */
  private final Cache<String, Promise<Optional<Session>>> traded =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(KNOWN).build();

  /** What a person has let a client do. */
  record Granted(AuthorizationRequest request, SignIn signIn, Instant until) {}

  Codes(InstantSource clock) {
    this.clock = clock;
  }

  String issue(AuthorizationRequest request, SignIn signIn) {
    String code = RandomText.make();
    granted.put(Digest.base64Url(code), new Granted(request, signIn, clock.instant().plus(GOOD)));
    return code;
  }

  /**
   * What a code stands for, if this client may have it; from here on it is no good.
   *
   * @param verifier of which the request's challenge is the digest (RFC 7636 §4.6)
   */
  Optional<Granted> take(String code, String clientId, String redirectUri, String verifier) {
    Optional<Granted> found = Optional.ofNullable(granted.asMap().remove(Digest.base64Url(code)));
    Optional<Granted> good =
        found
            .filter(it -> clock.instant().isBefore(it.until()))
            .filter(it -> it.request().clientId().equals(clientId))
            .filter(it -> it.request().redirectUri().equals(redirectUri))
            .filter(
                it ->
                    MessageDigest.isEqual(
                        Digest.base64Url(verifier).getBytes(StandardCharsets.US_ASCII),
                        it.request().challenge().getBytes(StandardCharsets.US_ASCII)));
    good.ifPresent(it -> traded.put(Digest.base64Url(code), Promise.promise()));
    return good;
  }

  /** What came of it. */
  void traded(String code, Optional<Session> session) {
    Optional.ofNullable(traded.getIfPresent(Digest.base64Url(code)))
        .ifPresent(taken -> taken.tryComplete(session));
  }

  /** The session that came, or comes, of a code that was taken before. */
  Optional<Future<Optional<Session>>> replayed(String code) {
    return Optional.ofNullable(traded.getIfPresent(Digest.base64Url(code))).map(Promise::future);
  }
}
