package dev.ephemeris.gateway.identity;

import static java.util.stream.Collectors.toUnmodifiableMap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.store.StoreException;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

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
      Stream.of(Audience.values()).collect(toUnmodifiableMap(each -> each, each -> memory()));

  /** What is being found out, so that a token that many show at once is verified once. */
  private final Map<Audience, Map<String, Future<Authentication>>> running =
      Stream.of(Audience.values())
          .collect(toUnmodifiableMap(each -> each, each -> new ConcurrentHashMap<>()));

  private static Cache<String, Remembered> memory() {
    return Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(REMEMBERED).build();
  }

  /**
   * Doesn't print its token: there is none in it.
   *
   * @param acting in which the client that has the token acts for whom it is of, if it is for that
   */
  private record Remembered(VerifiedToken token, Session session, Optional<Session> acting) {}

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
    Optional<Audience> ours = SessionTokens.audience(token);
    if (ours.isPresent()) {
      return ofOurs(token, ours.get(), wanted);
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

  /** One that the gateway itself gave, to a client of its own: for one thing, and nothing else. */
  private Future<Authentication> ofOurs(String token, Audience is, Audience wanted) {
    if (wanted != is) {
      return rejected("it is for " + is);
    }
    return own.find(token, is)
        .map(
            found ->
                found
                    .<Authentication>map(
                        it -> {
                          Remembered remembered =
                              new Remembered(it.token(), it.session(), it.acting());
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
        .compose(
            found ->
                switch (found) {
                  case Sessions.Found.Open(Session session) ->
                      wanted == Audience.MCP
                          ? acting(verified, session, token, address)
                          : Future.succeededFuture(
                              remember(
                                  token,
                                  wanted,
                                  new Remembered(verified, session, Optional.empty())));
                  case Sessions.Found.Ended(Instant at) -> Future.succeededFuture(ended(at));
                  case Sessions.Found.Blocked(Block by) ->
                      Future.succeededFuture(blocked(verified.kind(), by));
                })
        .otherwise(BearerTokens::notKept);
  }

  private Authentication remember(String token, Audience wanted, Remembered remembered) {
    memory(wanted).put(token, remembered);
    return accept(remembered);
  }

  /** Whoever comes as an agent is the client that the issuer gave the token to. */
  private Future<Authentication> acting(
      VerifiedToken verified, Session session, String token, String address) {
    if (verified.client().isEmpty()) {
      return rejected("it doesn't say which client it was given to, and that is the agent");
    }
    PrincipalId agent = new PrincipalId(verified.principal().issuer(), verified.client());
    return sessions
        .ofClient(
            agent,
            session,
            verified.signedInAt(),
            verified.client(),
            address,
            clock.instant(),
            () ->
                blocks.againstClient(
                    agent(agent, verified), verified.client(), verified.signedInAt()))
        .map(
            found ->
                switch (found) {
                  case Sessions.Found.Open(Session acting) ->
                      remember(
                          token,
                          Audience.MCP,
                          new Remembered(verified, session, Optional.of(acting)));
                  case Sessions.Found.Ended(Instant at) -> ended(at);
                  case Sessions.Found.Blocked(Block by) -> agentBlocked(verified, by);
                });
  }

  private Principal agent(PrincipalId agent, VerifiedToken token) {
    return grants.agent(agent, agent.subject(), Map.of(), ActedFor.of(principal(token)));
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
      return blocked(known.token().kind(), block.get());
    }
    Authentication.Accepted whom =
        new Authentication.Accepted(
            principal,
            known.session(),
            known.token().client(),
            known.token().signedInAt(),
            known.token().mfaUntil());
    return known.acting().map(acting -> acting(known.token(), acting, whom)).orElse(whom);
  }

  /** It has no second factor of its own, whoever it acts for may have had one. */
  private Authentication acting(VerifiedToken token, Session acting, Authentication.Accepted whom) {
    Optional<Instant> endedAt = sessions.endedAt(acting);
    if (endedAt.isPresent()) {
      return ended(endedAt.get());
    }
    Principal agent = agent(acting.principal(), token);
    Optional<Block> block = blocks.againstClient(agent, acting.client(), whom.signedInAt());
    return block
        .map(by -> agentBlocked(token, by))
        .orElseGet(
            () ->
                new Authentication.Accepted(
                    agent,
                    acting,
                    acting.client(),
                    whom.signedInAt(),
                    Optional.empty(),
                    Optional.of(whom)));
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

  private static Authentication blocked(PrincipalKind kind, Block by) {
    return new Authentication.Rejected(shutOut(kind, by));
  }

  /**
   * @param whom the token of whom it acts for
   */
  private static Authentication agentBlocked(VerifiedToken whom, Block by) {
    return new Authentication.Rejected(agentShutOut(whom.kind(), by));
  }

  /** Why an agent that acts for somebody of this kind is kept out, and until when. */
  static String agentShutOut(PrincipalKind whom, Block by) {
    if (!(by.target() instanceof BlockTarget.OfAgent)) {
      return shutOut(PrincipalKind.AGENT, by);
    }
    // Somebody who is signed in at their browser or their issuer isn't asked there to sign in.
    return "this agent was stopped at "
        + by.at()
        + (by.endsByLiftingOnly(whom)
            ? "; it is let in again once block " + by.id() + " is lifted"
            : "; it is let in again once you have signed in anew: sign out in the browser and at"
                + " your issuer, then sign in, as by “ephemeris login”");
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
