package dev.ephemeris.gateway.identity;

import dev.ephemeris.config.Audiences;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.config.Mfa;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.oauth2.OAuth2Auth;
import io.vertx.ext.auth.oauth2.OAuth2Options;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One issuer, whose access tokens count here if everything about them is as configured.
 *
 * <p>Keys are fetched when first needed and when a token names an unknown one, but not more often
 * than every thirty seconds and only once at a time, so that forged key ids make no storm. Nothing
 * in a token says where to fetch anything.
 *
 * <p>Confined to one event loop.
 */
final class TrustedIssuer {

  /** What clocks may differ by. */
  private static final Duration LEEWAY = Duration.ofSeconds(60);

  private static final Duration BETWEEN_FETCHES = Duration.ofSeconds(30);

  private static final String NOT_SIGNED =
      "no key of its issuer signed it, or it has expired, or it is for another audience";

  private final Vertx vertx;
  private final Issuer settings;
  private final Discovery discovery;
  private final InstantSource clock;

  /** The keys that count: of the last fetch that brought some. A failed one takes none away. */
  private @Nullable OAuth2Auth known;

  private @Nullable Future<OAuth2Auth> lastFetch;
  private Instant fetchedAt = Instant.MIN;

  TrustedIssuer(Vertx vertx, Issuer settings, InstantSource clock) {
    this.vertx = vertx;
    this.settings = settings;
    this.discovery = new Discovery(vertx);
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
      return refused("issuer " + settings.name() + " has no tokens for " + wanted);
    }
    boolean allowed =
        settings.algorithms().stream()
            .anyMatch(algorithm -> algorithm.jwaName().equals(header.algorithm()));
    if (!allowed) {
      return refused("its algorithm isn't one that issuer " + settings.name() + " may use");
    }
    if (!settings.tokenTypes().contains(header.type())) {
      return refused(
          "its type is "
              + header.type()
              + ", and issuer "
              + settings.name()
              + " may use "
              + settings.tokenTypes());
    }
    return keys()
        .compose(
            tried ->
                signature(tried, token)
                    .compose(
                        user ->
                            user.isPresent()
                                ? Future.succeededFuture(user)
                                : newerThan(tried).compose(auth -> signature(auth, token))))
        .map(
            user ->
                user.map(claims -> claims(claims, audience.get()))
                    .orElseGet(() -> new Verification.Refused(NOT_SIGNED)))
        .recover(
            failure ->
                Future.succeededFuture(
                    new Verification.NoKeys(
                        "issuer " + settings.name() + ": " + failure.getMessage())));
  }

  /** The claims of a token that one of the issuer's keys signed for us; empty for any other. */
  private static Future<Optional<JsonObject>> signature(OAuth2Auth auth, String token) {
    return auth.authenticate(new TokenCredentials(token))
        .map(TrustedIssuer::verifiedClaims)
        .otherwise(Optional.empty());
  }

  /** Only what was verified locally counts; this attribute is there in no other case. */
  private static Optional<JsonObject> verifiedClaims(User user) {
    return Optional.ofNullable(user.attributes().getJsonObject("accessToken"));
  }

  private Verification claims(JsonObject claims, String audience) {
    Instant now = clock.instant();
    if (!settings.issuer().equals(claims.getValue("iss"))) {
      return new Verification.Refused("it names another issuer");
    }
    if (!audiences(claims).contains(audience)) {
      return new Verification.Refused("it is for another audience than " + audience);
    }
    if (audiences(claims).stream().anyMatch(TrustedIssuer::isCosmos)) {
      return new Verification.Refused("it is for Cosmos DB itself, past this gateway");
    }
    if (!(claims.getValue("exp") instanceof Number exp)) {
      return new Verification.Refused("it has no expiry");
    }
    Instant expiresAt = Instant.ofEpochSecond(exp.longValue());
    if (!now.isBefore(expiresAt.plus(LEEWAY))) {
      return new Verification.Refused("it expired at " + expiresAt);
    }
    for (String claim : List.of("nbf", "iat")) {
      if (claims.getValue(claim) instanceof Number from
          && now.plus(LEEWAY).isBefore(Instant.ofEpochSecond(from.longValue()))) {
        return new Verification.Refused("it isn't valid yet");
      }
    }
    String client = text(claims, "client_id").or(() -> text(claims, "azp")).orElse("");
    if (!settings.clients().contains(client)) {
      return new Verification.Refused("it was given to a client that isn't allowed here");
    }
    Optional<String> subject = text(claims, "sub");
    if (subject.isEmpty()) {
      return new Verification.Refused("it has no subject");
    }
    return new Verification.Verified(
        new VerifiedToken(
            new PrincipalId(settings.name(), subject.get()),
            settings.principal(),
            text(claims, "name").orElse(subject.get()),
            client,
            text(claims, "sid")
                .map("sid:"::concat)
                .or(() -> text(claims, "jti").map("jti:"::concat))
                .orElse(""),
            signedInAt(claims),
            settings.mfa().flatMap(mfa -> mfaUntil(mfa, claims, now)),
            wanted(claims),
            expiresAt));
  }

  private static Optional<Instant> signedInAt(JsonObject claims) {
    return claims.getValue("auth_time") instanceof Number at
        ? Optional.of(Instant.ofEpochSecond(at.longValue()))
        : Optional.empty();
  }

  /** What rules may ask. Whatever isn't text stays out: a rule would compare its spelling. */
  private Map<String, String> wanted(JsonObject claims) {
    Map<String, String> wanted = new HashMap<>();
    settings.claims().forEach(name -> text(claims, name).ifPresent(said -> wanted.put(name, said)));
    return wanted;
  }

  /**
   * Until when the sign-in counts as one with a second factor. Where it grows old and the token
   * doesn't say when it was, it doesn't count.
   */
  private static Optional<Instant> mfaUntil(Mfa mfa, JsonObject claims, Instant now) {
    boolean proven =
        isAny(mfa.amr(), claims.getValue("amr"))
            || isAny(mfa.acr(), claims.getValue("acr"))
            || isAny(mfa.acrs(), claims.getValue("acrs"));
    if (!proven) {
      return Optional.empty();
    }
    return mfa.maxAge().isEmpty()
        ? Optional.of(now.plus(Sessions.LONGEST))
        : signedInAt(claims).map(at -> at.plus(mfa.maxAge().get()));
  }

  private static boolean isAny(Set<String> wanted, @Nullable Object said) {
    List<?> values =
        said instanceof JsonArray several
            ? several.getList()
            : said == null ? List.of() : List.of(said);
    return values.stream().anyMatch(value -> value instanceof String text && wanted.contains(text));
  }

  private static boolean isCosmos(Object audience) {
    return audience instanceof String text && Audiences.isCosmos(text);
  }

  private static List<?> audiences(JsonObject claims) {
    Object audience = claims.getValue("aud");
    return audience instanceof JsonArray several
        ? several.getList()
        : audience == null ? List.of() : List.of(audience);
  }

  private static Optional<String> text(JsonObject claims, String name) {
    return claims.getValue(name) instanceof String text && !text.isBlank()
        ? Optional.of(text)
        : Optional.empty();
  }

  private boolean mayFetch() {
    return !clock.instant().isBefore(fetchedAt.plus(BETWEEN_FETCHES));
  }

  /** The keys that count; fetched if there are none yet. */
  private Future<OAuth2Auth> keys() {
    OAuth2Auth usable = known;
    return usable == null ? fetched() : Future.succeededFuture(usable);
  }

  /** Keys to try after these: those of the fetch that runs, or of one begun now if it may be. */
  private Future<OAuth2Auth> newerThan(OAuth2Auth tried) {
    OAuth2Auth usable = known;
    if (usable != null && usable != tried) {
      return Future.succeededFuture(usable);
    }
    Future<OAuth2Auth> last = lastFetch;
    boolean runs = last != null && !last.isComplete();
    return runs || mayFetch() ? fetched() : Future.succeededFuture(tried);
  }

  /** The last fetch; one begun now if none runs and it may be. */
  private Future<OAuth2Auth> fetched() {
    Future<OAuth2Auth> last = lastFetch;
    if (last != null && (!last.isComplete() || !mayFetch())) {
      return last;
    }
    fetchedAt = clock.instant();
    Future<OAuth2Auth> begun = fetch().map(this::counts);
    lastFetch = begun;
    return begun;
  }

  private OAuth2Auth counts(OAuth2Auth fetched) {
    OAuth2Auth before = known;
    known = fetched;
    if (before != null) {
      // It would go on fetching by itself where the issuer says how long its keys are fresh.
      before.close();
    }
    return fetched;
  }

  private Future<OAuth2Auth> fetch() {
    return discovery
        .of(settings.issuer())
        .compose(
            document -> {
              // Without introspection and user-info paths: only a local signature check counts.
              OAuth2Auth auth =
                  OAuth2Auth.create(
                      vertx,
                      new OAuth2Options()
                          .setClientId(settings.clients().getFirst())
                          .setSite(settings.issuer())
                          .setTokenPath(document.tokenEndpoint())
                          .setAuthorizationPath(document.authorizationEndpoint())
                          .setIntrospectionPath(null)
                          .setUserInfoPath(null)
                          .setJwkPath(document.jwksUri())
                          .setJWTOptions(
                              new JWTOptions()
                                  .setIssuer(settings.issuer())
                                  .setAudience(
                                      Stream.of(Audience.values())
                                          .flatMap(any -> any.of(settings.audiences()).stream())
                                          .toList())
                                  .setLeeway(Math.toIntExact(LEEWAY.toSeconds()))));
              return auth.jWKSet().map(auth);
            });
  }

  private static Future<Verification> refused(String reason) {
    return Future.succeededFuture(new Verification.Refused(reason));
  }
}
