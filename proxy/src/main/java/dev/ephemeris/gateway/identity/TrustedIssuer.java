package dev.ephemeris.gateway.identity;

import dev.ephemeris.config.Audiences;
import dev.ephemeris.config.ClaimPath;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.config.Mfa;
import dev.ephemeris.config.SigningAlgorithm;
import dev.ephemeris.config.TokenType;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One issuer, whose access tokens count here if everything about them is as configured. Nothing in
 * a token says where to fetch anything: neither keys nor groups.
 *
 * <p>Confined to one event loop.
 */
final class TrustedIssuer {

  /** What an issuer's clock may be ahead by. */
  private static final Duration LEEWAY = Duration.ofSeconds(60);

  private static final String BACK_CHANNEL_LOGOUT =
      "http://schemas.openid.net/event/backchannel-logout";

  /** How long after it was made a logout token counts. */
  static final Duration LOGOUT_IS_NEWS = Duration.ofMinutes(2);

  private static final Duration AS_LONG_AS_ANY_SESSION = Duration.ofDays(7);

  private final Issuer settings;
  private final IssuerKeys keys;
  private final InstantSource clock;

  TrustedIssuer(Vertx vertx, Issuer settings, InstantSource clock) {
    this(settings, IssuerKeys.of(vertx, settings, clock), clock);
  }

  TrustedIssuer(Issuer settings, IssuerKeys keys, InstantSource clock) {
    this.settings = settings;
    this.keys = keys;
    this.clock = clock;
  }

  /** The exact {@code iss} of its tokens. */
  String issuer() {
    return settings.issuer();
  }

  Issuer settings() {
    return settings;
  }

  /** Whether a token of it is what it says, and for {@code wanted}. */
  Future<Verification<VerifiedToken>> verify(String token, TokenHeader header, Audience wanted) {
    Optional<String> audience = wanted.of(settings.audiences());
    if (audience.isEmpty()) {
      return Future.succeededFuture(
          refused("issuer " + settings.name() + " has no tokens for " + wanted));
    }
    return signed(token, header, settings.tokenTypes())
        .map(signed -> signed.then(claims -> accessToken(claims, audience.get())));
  }

  /**
   * Whose sign-in an ID token is of, if it was made for the gateway, for this one sign-in (OpenID
   * Connect Core 1.0 §3.1.3.7).
   *
   * @param client the gateway's own id at this issuer
   */
  Future<Verification<VerifiedToken>> verifyIdToken(
      String token, TokenHeader header, String client, String nonce) {
    return signed(token, header, Set.of(TokenType.JWT))
        .map(signed -> signed.then(claims -> idToken(claims, client, nonce)));
  }

  /** What it says has ended, to the gateway or to a client of its own (§2.6 of that). */
  Future<Verification<LogoutToken>> verifyLogoutToken(String token, TokenHeader header) {
    return signed(token, header, Set.of(TokenType.JWT))
        .map(signed -> signed.then(this::logoutToken));
  }

  /** What a token claims, once one of the issuer's keys has signed it. */
  private Future<Verification<Claims>> signed(
      String token, TokenHeader header, Set<TokenType> types) {
    Optional<SigningAlgorithm> algorithm =
        settings.algorithms().stream()
            .filter(allowed -> allowed.jwaName().equals(header.algorithm()))
            .findFirst();
    if (algorithm.isEmpty()) {
      return Future.succeededFuture(
          refused("its algorithm isn't one that issuer " + settings.name() + " may use"));
    }
    if (!types.contains(header.type())) {
      return Future.succeededFuture(
          refused(
              "its type is "
                  + header.type()
                  + ", and issuer "
                  + settings.name()
                  + " may use "
                  + types));
    }
    return keys.now()
        .compose(
            tried ->
                switch (tried.check(token, algorithm.get(), header.kid())) {
                  case UNKNOWN_KEY ->
                      keys.newerThan(tried)
                          .map(newer -> newer.check(token, algorithm.get(), header.kid()));
                  case VerificationKeys.Check known -> Future.succeededFuture(known);
                })
        .map(
            check ->
                check == VerificationKeys.Check.GOOD
                    ? claimed(token)
                    : TrustedIssuer.<Claims>refused("no key of its issuer signed it"))
        .recover(
            failure ->
                Future.succeededFuture(
                    new Verification.NoKeys<>(
                        "issuer " + settings.name() + ": " + failure.getMessage())));
  }

  private static Verification<Claims> claimed(String token) {
    return StrictJson.part(token.split("\\.", -1)[1])
        .map(Claims::of)
        .<Verification<Claims>>map(Verification.Verified::new)
        .orElseGet(() -> refused("its claims can't be read in one way only"));
  }

  private Verification<VerifiedToken> accessToken(Claims claims, String audience) {
    Optional<Verification<VerifiedToken>> refusal =
        audience(claims, audience)
            .or(() -> time(claims))
            .or(() -> longevity(claims))
            .or(() -> directness(claims))
            .or(() -> required(claims, settings.require()))
            .map(TrustedIssuer::<VerifiedToken>refused);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Optional<String> client = client(claims);
    if (client.isEmpty()) {
      return refused("it was given to a client that isn't allowed here");
    }
    Optional<PrincipalKind> kind = kind(claims);
    if (kind.isEmpty()) {
      return refused("it doesn't say whether it is a person's or a workload's");
    }
    return verified(claims, settings.subject(), kind.get(), client.get());
  }

  private Verification<VerifiedToken> idToken(Claims claims, String client, String nonce) {
    return audience(claims, client)
        .or(() -> onlyFor(client, claims))
        .or(() -> answers(nonce, claims))
        .or(() -> time(claims))
        .or(() -> required(claims, settings.requiredOfIdTokens()))
        .map(TrustedIssuer::<VerifiedToken>refused)
        .orElseGet(
            () -> verified(claims, settings.subjectOfIdTokens(), PrincipalKind.PERSON, client));
  }

  private Verification<LogoutToken> logoutToken(Claims claims) {
    Optional<String> refusal =
        forAClientOfOurs(claims).or(() -> time(claims)).or(() -> saysLogout(claims));
    return refusal.isPresent()
        ? refused(refusal.get())
        : new Verification.Verified<>(
            new LogoutToken(
                claims.text("sub"), claims.text("sid"), claims.text("jti").orElseThrow()));
  }

  private Verification<VerifiedToken> verified(
      Claims claims, List<ClaimPath> says, PrincipalKind kind, String client) {
    Optional<String> subject = subject(claims, says);
    if (subject.isEmpty()) {
      return refused("it has no subject");
    }
    Optional<String> unfound = unfound(claims, kind);
    if (unfound.isPresent()) {
      return refused(unfound.get());
    }
    return new Verification.Verified<>(
        new VerifiedToken(
            new PrincipalId(settings.name(), subject.get()),
            kind,
            claims.text("name").orElse(subject.get()),
            client,
            signIn(claims),
            claims.instant("auth_time"),
            settings.mfa().flatMap(mfa -> mfaUntil(mfa, claims, clock.instant())),
            wanted(claims),
            new AtIssuer(
                claims.text("sub"),
                claims.text("sid"),
                claims.instant("auth_time").or(() -> claims.instant("iat"))),
            claims.instant("exp").orElseThrow()));
  }

  // --- what each claim must be; empty, or why not ------------------------------------------------

  private Optional<String> audience(Claims claims, String wanted) {
    List<String> audiences = claims.values("aud");
    if (!claims.text("iss").filter(settings.issuer()::equals).isPresent()) {
      return Optional.of("it names another issuer");
    }
    if (!audiences.contains(wanted)) {
      return Optional.of("it is for another audience than " + wanted);
    }
    return audiences.stream().anyMatch(Audiences::isCosmos)
        ? Optional.of("it is for Cosmos DB itself, past this gateway")
        : Optional.empty();
  }

  private Optional<String> forAClientOfOurs(Claims claims) {
    Set<String> clients = new HashSet<>(settings.clients());
    settings.signIn().ifPresent(own -> clients.add(own.clientId()));
    return claims.text("iss").filter(settings.issuer()::equals).isPresent()
            && claims.values("aud").stream().anyMatch(clients::contains)
        ? Optional.empty()
        : Optional.of("it is of another issuer, or for no client of this gateway");
  }

  /** OpenID Connect Back-Channel Logout 1.0 §2.6, 5 to 7; an ID token has a nonce, and no event. */
  private Optional<String> saysLogout(Claims claims) {
    boolean logout =
        claims.said().get("events") instanceof Map<?, ?> events
            && events.get(BACK_CHANNEL_LOGOUT) instanceof Map<?, ?>
            && !claims.said().containsKey("nonce");
    boolean whose = claims.text("sub").isPresent() || claims.text("sid").isPresent();
    boolean fresh =
        claims
            .instant("iat")
            .filter(made -> clock.instant().isBefore(made.plus(LOGOUT_IS_NEWS)))
            .isPresent();
    if (!logout || !whose || claims.text("jti").isEmpty()) {
      return Optional.of("it isn't a logout token");
    }
    return fresh ? Optional.empty() : Optional.of("it is older than it may be");
  }

  private Optional<String> time(Claims claims) {
    Instant now = clock.instant();
    Optional<Instant> expiresAt = claims.instant("exp");
    if (expiresAt.isEmpty()) {
      return Optional.of("it has no expiry");
    }
    if (!now.isBefore(expiresAt.get())) {
      return Optional.of("it expired at " + expiresAt.get());
    }
    for (String claim : List.of("nbf", "iat")) {
      boolean named = claims.said().containsKey(claim);
      Optional<Instant> from = claims.instant(claim);
      if (named && (from.isEmpty() || now.plus(LEEWAY).isBefore(from.get()))) {
        return Optional.of("it isn't valid yet");
      }
    }
    return Optional.empty();
  }

  /** RFC 8693 §4.1: somebody else shows it than whom it is of, and would pass for them. */
  private static Optional<String> directness(Claims claims) {
    return claims.said().containsKey("act")
        ? Optional.of("it says “act”: somebody acts with it for whom it is of")
        : Optional.empty();
  }

  private Optional<String> longevity(Claims claims) {
    if (settings.maxLifetime().isEmpty()) {
      return Optional.empty();
    }
    Duration most = settings.maxLifetime().get();
    Instant expiresAt = claims.instant("exp").orElseThrow();
    return claims.instant("iat").filter(iat -> !expiresAt.isAfter(iat.plus(most))).isPresent()
        ? Optional.empty()
        : Optional.of(
            "it is good for longer than issuer "
                + settings.name()
                + "'s may be, "
                + most.toMinutes()
                + " minutes");
  }

  /** An ID token for others too isn't for us alone, and “azp” says who had it made. */
  private static Optional<String> onlyFor(String client, Claims claims) {
    boolean ours =
        claims.values("aud").equals(List.of(client))
            && claims.text("azp").filter(party -> !party.equals(client)).isEmpty();
    return ours ? Optional.empty() : Optional.of("it is for others than " + client + " too");
  }

  private static Optional<String> answers(String nonce, Claims claims) {
    byte[] said = claims.text("nonce").orElse("").getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(said, nonce.getBytes(StandardCharsets.UTF_8))
        ? Optional.empty()
        : Optional.of("it is of another sign-in");
  }

  private Optional<String> required(Claims claims, Map<ClaimPath, Set<String>> asked) {
    return claims
        .missingOf(asked)
        .map(claim -> "its claim " + claim + " isn't one that is accepted here")
        .or(
            () ->
                claims
                    .anyOf(settings.refuse())
                    .map(claim -> "its claim " + claim + " is one that is refused here"));
  }

  // --- who it is ---------------------------------------------------------------------------------

  /** The client that it was given to, if that is allowed; nobody's name where tokens name none. */
  private Optional<String> client(Claims claims) {
    if (settings.clientClaims().isEmpty()) {
      return Optional.of("");
    }
    return settings.clientClaims().stream()
        .flatMap(claim -> claims.text(claim).stream())
        .findFirst()
        .filter(settings.clients()::contains);
  }

  /** All that is configured to say who it is, so that no two spell the same. */
  private static Optional<String> subject(Claims claims, List<ClaimPath> says) {
    List<String> parts = new ArrayList<>();
    for (ClaimPath claim : says) {
      Optional<String> part =
          claims.text(claim).filter(text -> says.size() == 1 || text.indexOf('/') < 0);
      if (part.isEmpty()) {
        return Optional.empty();
      }
      parts.add(part.get());
    }
    return Optional.of(String.join("/", parts));
  }

  /** Empty if it is neither, or both. */
  private Optional<PrincipalKind> kind(Claims claims) {
    boolean person = !settings.persons().isEmpty() && claims.hold(settings.persons());
    boolean workload = !settings.workloads().isEmpty() && claims.hold(settings.workloads());
    if (person != workload) {
      return Optional.of(person ? PrincipalKind.PERSON : PrincipalKind.WORKLOAD);
    }
    Map<ClaimPath, Set<String>> asked =
        settings.principal() == PrincipalKind.PERSON ? settings.persons() : settings.workloads();
    return !person && asked.isEmpty() ? Optional.of(settings.principal()) : Optional.empty();
  }

  /** Why a person can't be looked for in the catalog, whoever they are; empty if they can be. */
  private Optional<String> unfound(Claims claims, PrincipalKind kind) {
    if (kind != PrincipalKind.PERSON || settings.userClaim().isEmpty()) {
      return Optional.empty();
    }
    ClaimPath claim = settings.userClaim().get();
    if (claims.text(claim).isEmpty()) {
      return Optional.of(
          "it has no claim "
              + claim
              + ", by which the people of issuer "
              + settings.name()
              + " are found in the catalog");
    }
    return settings.findsByAddress() && !claims.values("email_verified").equals(List.of("true"))
        ? Optional.of("its issuer doesn't say that its address is verified")
        : Optional.empty();
  }

  private static String signIn(Claims claims) {
    return claims
        .text("sid")
        .map("sid:"::concat)
        .or(() -> claims.text("jti").map("jti:"::concat))
        .orElse("");
  }

  /** What rules may ask. Whatever isn't text stays out: a rule would compare its spelling. */
  private Map<String, String> wanted(Claims claims) {
    Map<String, String> wanted = new HashMap<>();
    settings
        .claims()
        .forEach(path -> claims.text(path).ifPresent(said -> wanted.put(path.toString(), said)));
    return wanted;
  }

  /**
   * Until when the sign-in counts as one with a second factor. Where it grows old and the token
   * doesn't say when it was, it doesn't count.
   */
  private static Optional<Instant> mfaUntil(Mfa mfa, Claims claims, Instant now) {
    boolean proven =
        claims.values("amr").stream().anyMatch(mfa.amr()::contains)
            || claims.values("acr").stream().anyMatch(mfa.acr()::contains)
            || claims.values("acrs").stream().anyMatch(mfa.acrs()::contains);
    if (!proven) {
      return Optional.empty();
    }
    return mfa.maxAge().isEmpty()
        ? Optional.of(now.plus(AS_LONG_AS_ANY_SESSION))
        : claims.instant("auth_time").map(at -> at.plus(mfa.maxAge().get()));
  }

  private static <T> Verification<T> refused(String reason) {
    return new Verification.Refused<>(reason);
  }
}
