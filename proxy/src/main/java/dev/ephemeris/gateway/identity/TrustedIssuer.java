package dev.ephemeris.gateway.identity;

import dev.ephemeris.config.Audiences;
import dev.ephemeris.config.ClaimPath;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.config.Mfa;
import dev.ephemeris.config.SigningAlgorithm;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
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

  /** What verifying gave. */
  sealed interface Verification {
    record Verified(VerifiedToken token) implements Verification {}

    record Refused(String reason) implements Verification {}

    record NoKeys(String reason) implements Verification {}
  }

  /** Whether a token of it is what it says, and for {@code wanted}. */
  Future<Verification> verify(String token, TokenHeader header, Audience wanted) {
    Optional<String> audience = wanted.of(settings.audiences());
    if (audience.isEmpty()) {
      return Future.succeededFuture(
          refused("issuer " + settings.name() + " has no tokens for " + wanted));
    }
    Optional<SigningAlgorithm> algorithm =
        settings.algorithms().stream()
            .filter(allowed -> allowed.jwaName().equals(header.algorithm()))
            .findFirst();
    if (algorithm.isEmpty()) {
      return Future.succeededFuture(
          refused("its algorithm isn't one that issuer " + settings.name() + " may use"));
    }
    if (!settings.tokenTypes().contains(header.type())) {
      return Future.succeededFuture(
          refused(
              "its type is "
                  + header.type()
                  + ", and issuer "
                  + settings.name()
                  + " may use "
                  + settings.tokenTypes()));
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
                    ? claims(token, audience.get())
                    : refused("no key of its issuer signed it"))
        .recover(
            failure ->
                Future.succeededFuture(
                    new Verification.NoKeys(
                        "issuer " + settings.name() + ": " + failure.getMessage())));
  }

  private Verification claims(String token, String audience) {
    return StrictJson.part(token.split("\\.", -1)[1])
        .map(Claims::of)
        .map(claims -> claims(claims, audience))
        .orElseGet(() -> refused("its claims can't be read in one way only"));
  }

  private Verification claims(Claims claims, String audience) {
    Optional<Verification> refusal =
        audience(claims, audience)
            .or(() -> time(claims))
            .or(() -> required(claims))
            .map(TrustedIssuer::refused);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Optional<String> client = client(claims);
    if (client.isEmpty()) {
      return refused("it was given to a client that isn't allowed here");
    }
    Optional<String> subject = subject(claims);
    if (subject.isEmpty()) {
      return refused("it has no subject");
    }
    Optional<PrincipalKind> kind = kind(claims);
    if (kind.isEmpty()) {
      return refused("it doesn't say whether it is a person's or a workload's");
    }
    Optional<String> unfound = unfound(claims, kind.get());
    if (unfound.isPresent()) {
      return refused(unfound.get());
    }
    return new Verification.Verified(
        new VerifiedToken(
            new PrincipalId(settings.name(), subject.get()),
            kind.get(),
            claims.text("name").orElse(subject.get()),
            client.get(),
            signIn(claims),
            claims.instant("auth_time"),
            settings.mfa().flatMap(mfa -> mfaUntil(mfa, claims, clock.instant())),
            wanted(claims),
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
    if (settings.maxLifetime().isEmpty()) {
      return Optional.empty();
    }
    Duration most = settings.maxLifetime().get();
    return claims.instant("iat").filter(iat -> !expiresAt.get().isAfter(iat.plus(most))).isPresent()
        ? Optional.empty()
        : Optional.of(
            "it is good for longer than issuer "
                + settings.name()
                + "'s may be, "
                + most.toMinutes()
                + " minutes");
  }

  private Optional<String> required(Claims claims) {
    return claims
        .missingOf(settings.require())
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
  private Optional<String> subject(Claims claims) {
    List<String> parts = new ArrayList<>();
    for (ClaimPath claim : settings.subject()) {
      Optional<String> part =
          claims
              .text(claim)
              .filter(text -> settings.subject().size() == 1 || text.indexOf('/') < 0);
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
        ? Optional.of(now.plus(Sessions.LONGEST))
        : claims.instant("auth_time").map(at -> at.plus(mfa.maxAge().get()));
  }

  private static Verification refused(String reason) {
    return new Verification.Refused(reason);
  }
}
