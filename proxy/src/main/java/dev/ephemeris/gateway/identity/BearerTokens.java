package dev.ephemeris.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.store.StoreException;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalKind;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Access tokens: from a trusted issuer to a principal with its groups, in its session.
 *
 * <p>A token that was accepted is remembered until it ends, by itself: the memory of this process
 * is the only place that holds it.
 */
public final class BearerTokens {

  /** How long a token that was accepted is remembered, at the most. */
  static final Duration REMEMBERED = Duration.ofMinutes(10);

  private static final Authentication FAILED =
      new Authentication.Unavailable("gateway", "the gateway failed to check the token");

  private final Issuers issuers;
  private final SessionTokens own;
  private final Sessions sessions;
  private final Blocks blocks;
  private final Grants grants;
  private final InstantSource clock;

  /** By what they are for: that a token was accepted for one says nothing of the other. */
  private final Map<Audience, Cache<String, Remembered>> accepted =
      Map.of(Audience.API, memory(), Audience.DATA_PLANE, memory());

  /** What is being found out, so that a token that many show at once is verified once. */
  private final Map<Audience, Map<String, Future<Authentication>>> running =
      Map.of(
          Audience.API, new ConcurrentHashMap<>(), Audience.DATA_PLANE, new ConcurrentHashMap<>());

  private static Cache<String, Remembered> memory() {
    return Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(REMEMBERED).build();
  }

  /** Doesn't print its token: there is none in it. */
  private record Remembered(VerifiedToken token, Session session) {}

  /** The tokens of these issuers, and the gateway's own. */
  public BearerTokens(
      Issuers issuers,
      SessionTokens own,
      Sessions sessions,
      Blocks blocks,
      Grants grants,
      InstantSource clock) {
    this.issuers = issuers;
    this.own = own;
    this.sessions = sessions;
    this.blocks = blocks;
    this.grants = grants;
    this.clock = clock;
  }

  /**
   * Whose token this is, if it is for {@code wanted}. The future doesn't fail; it completes where
   * the caller runs.
   */
  public Future<Authentication> authenticate(String token, Audience wanted, String address) {
    Remembered known = memory(wanted).getIfPresent(token);
    if (known != null) {
      return Future.succeededFuture(accept(known));
    }
    return issuers.ask(() -> once(token, wanted, address).otherwise(FAILED));
  }

  private Cache<String, Remembered> memory(Audience wanted) {
    return Objects.requireNonNull(accepted.get(wanted));
  }

  /** On the context of the issuers: asks for what nobody is asking for yet. */
  private Future<Authentication> once(String token, Audience wanted, String address) {
    Map<String, Future<Authentication>> asked = Objects.requireNonNull(running.get(wanted));
    Future<Authentication> begun = asked.get(token);
    if (begun != null) {
      return begun;
    }
    Future<Authentication> asking = verify(token, wanted, address);
    asked.put(token, asking);
    return asking.onComplete(done -> asked.remove(token));
  }

  private Future<Authentication> verify(String token, Audience wanted, String address) {
    if (SessionTokens.isAccessToken(token)) {
      return ofOurs(token, wanted);
    }
    Optional<TokenHeader> header = TokenHeader.read(token);
    // Only a choice of keys to try; proof comes after.
    Optional<TrustedIssuer> issuer =
        claims(token).flatMap(claims -> claims.text("iss")).flatMap(issuers::issuing);
    if (header.isEmpty()) {
      return rejected("it isn't a signed access token");
    }
    if (issuer.isEmpty()) {
      return rejected("its issuer isn't one that this gateway trusts");
    }
    return issuer
        .get()
        .verify(token, header.get(), wanted)
        .compose(
            verification ->
                switch (verification) {
                  case Verification.Refused<VerifiedToken>(String reason) -> rejected(reason);
                  case Verification.NoKeys<VerifiedToken>(String reason) ->
                      Future.succeededFuture(new Authentication.Unavailable("issuer", reason));
                  case Verification.Verified<VerifiedToken>(VerifiedToken verified) ->
                      session(verified, token, wanted, address);
                });
  }

  /** One that the gateway itself gave, to a client of its own: for the API, and nothing else. */
  private Future<Authentication> ofOurs(String token, Audience wanted) {
    if (wanted != Audience.API) {
      return rejected("it is for the API");
    }
    return own.find(token)
        .map(
            found ->
                found
                    .<Authentication>map(
                        it -> {
                          Remembered remembered = new Remembered(it.token(), it.session());
                          memory(wanted).put(token, remembered);
                          return accept(remembered);
                        })
                    .orElse(
                        new Authentication.Rejected(
                            "it is no token of this gateway's, or one whose time is over")))
        .otherwise(BearerTokens::notKept);
  }

  private Future<Authentication> session(
      VerifiedToken verified, String token, Audience wanted, String address) {
    return sessions
        .of(verified, token, address, clock.instant(), () -> block(verified, principal(verified)))
        .map(
            found ->
                switch (found) {
                  case Sessions.Found.Open(Session session) -> {
                    Remembered remembered = new Remembered(verified, session);
                    memory(wanted).put(token, remembered);
                    yield accept(remembered);
                  }
                  case Sessions.Found.Ended(Instant at) -> ended(at);
                  case Sessions.Found.Blocked(Block by) -> blocked(verified, by);
                })
        .otherwise(BearerTokens::notKept);
  }

  static Authentication notKept(Throwable failure) {
    String part =
        JournalException.isBehind(failure)
            ? "journal"
            : failure instanceof StoreException ? "store" : "gateway";
    return new Authentication.Unavailable(part, "the " + part + " can't keep the session");
  }

  private Authentication accept(Remembered known) {
    Instant now = clock.instant();
    if (!now.isBefore(known.token().expiresAt())) {
      return new Authentication.Rejected("it expired at " + known.token().expiresAt());
    }
    if (!now.isBefore(known.session().endsAt())) {
      return new Authentication.Rejected(
          "its session ended at " + known.session().endsAt() + "; sign in again");
    }
    Optional<String> unavailable = grants.unavailable(now);
    if (unavailable.isPresent()) {
      return new Authentication.Unavailable("catalog", unavailable.get());
    }
    Optional<Instant> endedAt = sessions.endedAt(known.session());
    if (endedAt.isPresent()) {
      return ended(endedAt.get());
    }
    Principal principal = principal(known.token());
    Optional<Block> block = block(known.token(), principal);
    if (block.isPresent()) {
      return blocked(known.token(), block.get());
    }
    return new Authentication.Accepted(
        principal,
        known.session(),
        known.token().client(),
        known.token().signedInAt(),
        known.token().mfaUntil());
  }

  private Principal principal(VerifiedToken token) {
    return grants.principal(token.principal(), token.kind(), token.displayName(), token.claims());
  }

  private Optional<Block> block(VerifiedToken token, Principal principal) {
    return blocks.against(principal, token.client(), token.signedInAt());
  }

  private static Authentication ended(Instant at) {
    return new Authentication.Rejected("its session was ended at " + at + "; sign in again");
  }

  private static Authentication blocked(VerifiedToken token, Block by) {
    return new Authentication.Rejected(shutOut(token.kind(), by));
  }

  /** Why somebody of this kind is kept out, and until when. */
  static String shutOut(PrincipalKind kind, Block by) {
    return by.endsByLiftingOnly(kind)
        ? "its holder was shut out at "
            + by.at()
            + ", until block "
            + by.id()
            + " is lifted by whoever runs the gateway"
        : "it is of a sign-in before " + by.at() + ", when access was ended; sign in again";
  }

  /** Whom a token claims to be of, for counting failures; it may be a lie. */
  public static Optional<String> claimed(String token) {
    return claims(token)
        .filter(claims -> claims.said().get("sub") instanceof String)
        .map(claims -> claims.said().get("iss") + " " + claims.said().get("sub"));
  }

  /** What a token claims, before anything is verified. */
  static Optional<Claims> claims(String token) {
    String[] parts = token.split("\\.", -1);
    return parts.length != 3 || token.length() > TokenHeader.MAX_TOKEN
        ? Optional.empty()
        : StrictJson.part(parts[1]).map(Claims::of);
  }

  private static Future<Authentication> rejected(String reason) {
    return Future.succeededFuture(new Authentication.Rejected(reason));
  }
}
