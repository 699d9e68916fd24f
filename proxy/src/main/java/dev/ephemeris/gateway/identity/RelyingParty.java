package dev.ephemeris.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ephemeris.config.Issuer;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway as a client of issuers, at which it has people sign in: the authorization code flow
 * of OpenID Connect Core 1.0 §3.1, with PKCE (RFC 7636).
 *
 * <p>What has to be remembered meanwhile the browser keeps, sealed. Thread-safe.
 */
public final class RelyingParty {

  private static final Logger LOG = LoggerFactory.getLogger(RelyingParty.class);

  /** How long somebody may take to sign in. */
  public static final Duration TIME_TO_SIGN_IN = Duration.ofMinutes(10);

  private static final Duration METADATA_IS_FRESH = Duration.ofHours(1);
  private static final List<String> SEALED = List.of("sign-in");
  private static final int MOST_CHARACTERS = 4096;
  private static final int MOST_SPENT = 100_000;

  private final Issuers issuers;
  private final Map<String, Issuer> settings;
  private final Map<String, ClientSecret> secrets;
  private final IssuerHttp http;
  private final Discovery discovery;
  private final Supplier<URI> apiUrl;
  private final Duration longest;
  private final Seal seal;
  private final InstantSource clock;

  /** By issuer; only where issuers are asked. */
  private final Map<String, Known> known = new HashMap<>();

  /** Sign-ins that the issuer has answered: each asks it for tokens once. */
  private final Cache<String, Boolean> spent =
      Caffeine.newBuilder().expireAfterWrite(TIME_TO_SIGN_IN).maximumSize(MOST_SPENT).build();

  private record Known(IssuerMetadata metadata, Instant at) {}

  /**
   * @param settings the issuers at which people sign in, all with {@code signIn}
   * @param secrets by the issuer's name, of those where the gateway has one
   * @param apiUrl where issuers send people back to, once it is known
   * @param longest how long after they proved who they are somebody counts as signed in
   */
  public RelyingParty(
      Vertx vertx,
      Issuers issuers,
      List<Issuer> settings,
      Map<String, ClientSecret> secrets,
      Supplier<URI> apiUrl,
      Duration longest,
      Seal seal,
      InstantSource clock) {
    this.issuers = issuers;
    this.settings = byName(settings);
    this.secrets = Map.copyOf(secrets);
    this.http = new IssuerHttp(vertx);
    this.discovery = new Discovery(vertx);
    this.apiUrl = apiUrl;
    this.longest = longest;
    this.seal = seal;
    this.clock = clock;
  }

  /** In the order of the configuration, in which people see them. */
  private static Map<String, Issuer> byName(List<Issuer> settings) {
    Map<String, Issuer> byName = new LinkedHashMap<>();
    settings.stream()
        .filter(issuer -> issuer.signIn().isPresent())
        .forEach(issuer -> byName.put(issuer.name(), issuer));
    return byName;
  }

  /** The names of the issuers at which people sign in. */
  public List<String> names() {
    return List.copyOf(settings.keySet());
  }

  /**
   * A sign-in that begins.
   *
   * @param page where the browser goes
   * @param remembered what it has to bring back when it comes again
   */
  public record Begun(URI page, String remembered) {}

  /** What became of a sign-in. */
  public sealed interface Outcome {

    /**
     * The issuer vouches for somebody.
     *
     * @param idToken what the issuer takes for a hint when they sign out
     * @param onward what was asked for when it began
     */
    record SignedIn(SignIn signIn, String idToken, String onward) implements Outcome {
      @Override
      public String toString() {
        return "SignedIn[" + signIn.principal() + "]";
      }
    }

    /**
     * It doesn't, or not as it must.
     *
     * @param reason for whoever wanted to sign in, and for the journal
     */
    record Refused(String reason) implements Outcome {}

    /** The issuer doesn't answer. */
    record Unavailable(String reason) implements Outcome {}
  }

  /**
   * Begins a sign-in; empty if there is no such issuer, fails if it doesn't answer.
   *
   * @param onward what is to be known when it is done
   * @param again whether they have to prove anew who they are
   */
  public Future<Optional<Begun>> begin(String issuer, String onward, boolean again) {
    Issuer asked = settings.get(issuer);
    if (asked == null) {
      return Future.succeededFuture(Optional.empty());
    }
    return metadata(asked)
        .map(
            metadata ->
                Optional.of(
                    begin(
                        asked,
                        metadata
                            .authorizationEndpoint()
                            .orElseThrow(
                                () -> new IllegalStateException("it has nowhere to sign in")),
                        onward,
                        again)));
  }

  private Begun begin(Issuer issuer, String endpoint, String onward, boolean again) {
    Pending pending =
        new Pending(
            issuer.name(),
            RandomText.make(),
            RandomText.make(),
            RandomText.make(),
            onward,
            clock.instant().plus(TIME_TO_SIGN_IN));
    Map<String, String> query = new LinkedHashMap<>();
    query.put("response_type", "code");
    query.put("client_id", issuer.signIn().orElseThrow().clientId());
    query.put("redirect_uri", redirectUri(issuer));
    query.put("scope", String.join(" ", issuer.signIn().orElseThrow().scopes()));
    query.put("state", pending.state());
    query.put("nonce", pending.nonce());
    query.put("code_challenge", Digest.base64Url(pending.verifier()));
    query.put("code_challenge_method", "S256");
    // §3.1.2.1: has the issuer say when they proved who they are.
    query.put("max_age", Long.toString(again ? 0 : longest.toSeconds()));
    if (again) {
      query.put("prompt", "login");
    }
    return new Begun(at(endpoint, query), seal.seal(pending.json(), SEALED));
  }

  /**
   * Ends a sign-in, with what the issuer sent the browser back with.
   *
   * @param remembered what the browser was given when it began
   */
  public Future<Outcome> end(String issuer, Optional<String> remembered, MultiMap query) {
    Optional<Pending> pending =
        remembered
            .flatMap(text -> seal.unseal(text, SEALED))
            .flatMap(Pending::parse)
            .filter(it -> it.issuer().equals(issuer))
            .filter(it -> clock.instant().isBefore(it.until()));
    Issuer asked = settings.get(issuer);
    if (asked == null
        || pending.isEmpty()
        || !pending.get().began(one(query, "state"))
        || spent.asMap().putIfAbsent(pending.get().state(), true) != null) {
      return refused(
          "this browser didn't begin it, or more than "
              + TIME_TO_SIGN_IN.toMinutes()
              + " minutes ago");
    }
    return metadata(asked)
        .compose(metadata -> end(asked, metadata, pending.get(), query))
        .otherwise(
            failure -> {
              LOG.atWarn()
                  .addKeyValue("issuer", issuer)
                  .addKeyValue("reason", failure.getMessage())
                  .log("nobody can sign in at an issuer that doesn't answer as it should");
              return new Outcome.Unavailable("issuer " + issuer + " doesn't answer as it should");
            });
  }

  private Future<Outcome> end(
      Issuer issuer, IssuerMetadata metadata, Pending pending, MultiMap query) {
    List<String> says = query.getAll("iss");
    // RFC 9207 §2.4: another issuer may have had the browser sent here.
    boolean another =
        says.isEmpty() ? metadata.namesItself() : !says.equals(List.of(issuer.issuer()));
    if (another) {
      return refused("another issuer than " + issuer.name() + " sent the browser back");
    }
    if (query.contains("error")) {
      return refused("issuer " + issuer.name() + " said: " + code(one(query, "error")));
    }
    Optional<String> code = one(query, "code");
    return code.isEmpty()
        ? refused("issuer " + issuer.name() + " sent no code")
        : trade(issuer, metadata, pending, code.get())
            .compose(
                answer ->
                    idToken(answer)
                        .map(token -> verify(issuer, pending, token))
                        .orElseGet(
                            () ->
                                refused(
                                    "issuer "
                                        + issuer.name()
                                        + " gave no ID token: "
                                        + code(error(answer)))));
  }

  /** RFC 6749 §4.1.3, with RFC 7636 §4.5. */
  private Future<IssuerHttp.Answer> trade(
      Issuer issuer, IssuerMetadata metadata, Pending pending, String code) {
    String client = issuer.signIn().orElseThrow().clientId();
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", code);
    form.put("redirect_uri", redirectUri(issuer));
    form.put("code_verifier", pending.verifier());
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    ClientSecret secret = secrets.get(issuer.name());
    if (secret != null && metadata.takesBasic()) {
      // §2.3.1: encoded as in forms, then Base64
      String pair = IssuerHttp.encoded(client) + ':' + IssuerHttp.encoded(secret.reveal());
      headers.add(
          HttpHeaders.AUTHORIZATION,
          "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)));
    } else {
      form.put("client_id", client);
      if (secret != null) {
        form.put("client_secret", secret.reveal());
      }
    }
    return issuers.ask(
        () ->
            http.post(
                "its token endpoint",
                metadata
                    .tokenEndpoint()
                    .orElseThrow(() -> new IllegalStateException("it has nowhere to get tokens")),
                form,
                headers));
  }

  private static Optional<String> idToken(IssuerHttp.Answer answer) {
    return Optional.of(answer)
        .filter(it -> it.status() == 200)
        .flatMap(it -> StrictJson.object(it.body()))
        .map(it -> it.getValue("id_token"))
        .filter(String.class::isInstance)
        .map(String.class::cast);
  }

  private static Optional<String> error(IssuerHttp.Answer answer) {
    return StrictJson.object(answer.body())
        .map(it -> it.getValue("error"))
        .filter(String.class::isInstance)
        .map(String.class::cast);
  }

  private Future<Outcome> verify(Issuer issuer, Pending pending, String token) {
    Optional<TokenHeader> header = TokenHeader.read(token);
    Optional<TrustedIssuer> trusted = issuers.named(issuer.name());
    if (header.isEmpty() || trusted.isEmpty()) {
      return refused("its ID token can't be read");
    }
    return issuers
        .ask(
            () ->
                trusted
                    .get()
                    .verifyIdToken(
                        token,
                        header.get(),
                        issuer.signIn().orElseThrow().clientId(),
                        pending.nonce()))
        .map(
            verification ->
                switch (verification) {
                  case Verification.Verified<VerifiedToken>(VerifiedToken said) ->
                      isTooLongAgo(said)
                          ? new Outcome.Refused("they proved who they are too long ago")
                          : new Outcome.SignedIn(signIn(said), token, pending.onward());
                  case Verification.Refused<VerifiedToken>(String reason) ->
                      new Outcome.Refused("its ID token isn't accepted: " + reason);
                  case Verification.NoKeys<VerifiedToken>(String reason) ->
                      new Outcome.Unavailable(reason);
                });
  }

  /** §3.1.3.7, 13: whether the issuer has passed over our max_age. */
  private boolean isTooLongAgo(VerifiedToken said) {
    return said.signedInAt()
        .filter(at -> at.isBefore(clock.instant().minus(longest).minus(TIME_TO_SIGN_IN)))
        .isPresent();
  }

  private static SignIn signIn(VerifiedToken said) {
    return new SignIn(
        said.principal(),
        said.displayName(),
        said.signedInAt(),
        said.mfaUntil(),
        said.claims(),
        said.atIssuer());
  }

  /**
   * Where a browser signs out at its issuer (OpenID Connect RP-Initiated Logout 1.0 §2); empty if
   * the issuer has no such place, or doesn't answer.
   *
   * @param back where it sends the browser then, if that is registered with it
   */
  public Future<Optional<URI>> signOut(String issuer, Optional<String> idToken, URI back) {
    Issuer asked = settings.get(issuer);
    if (asked == null) {
      return Future.succeededFuture(Optional.empty());
    }
    return metadata(asked)
        .map(
            metadata ->
                metadata
                    .endSessionEndpoint()
                    .map(
                        endpoint -> {
                          Map<String, String> query = new LinkedHashMap<>();
                          idToken.ifPresent(hint -> query.put("id_token_hint", hint));
                          query.put("client_id", asked.signIn().orElseThrow().clientId());
                          query.put("post_logout_redirect_uri", back.toString());
                          return at(endpoint, query);
                        }))
        .otherwise(Optional.empty());
  }

  private Future<IssuerMetadata> metadata(Issuer issuer) {
    return issuers.ask(
        () -> {
          Known before = known.get(issuer.name());
          Instant now = clock.instant();
          return before != null && now.isBefore(before.at().plus(METADATA_IS_FRESH))
              ? Future.succeededFuture(before.metadata())
              : discovery
                  .metadata(issuer.issuer())
                  .onSuccess(read -> known.put(issuer.name(), new Known(read, now)));
        });
  }

  /** An endpoint may have a query of its own (RFC 6749 §3.1). */
  private static URI at(String endpoint, Map<String, String> query) {
    return URI.create(endpoint + (endpoint.contains("?") ? '&' : '?') + IssuerHttp.encoded(query));
  }

  private String redirectUri(Issuer issuer) {
    return apiUrl.get() + "/sign-in/" + issuer.name() + "/callback";
  }

  /** The one of this name; empty if there is none, or several. */
  private static Optional<String> one(MultiMap query, String name) {
    List<String> values = query.getAll(name);
    return values.size() == 1 && values.getFirst().length() <= MOST_CHARACTERS
        ? Optional.of(values.getFirst())
        : Optional.empty();
  }

  /** An error code of OAuth's, and nothing else that somebody may have put there. */
  private static String code(Optional<String> said) {
    return said.filter(text -> text.matches("[a-z_]{1,60}")).orElse("no error that is known");
  }

  private static Future<Outcome> refused(String reason) {
    return Future.succeededFuture(new Outcome.Refused(reason));
  }

  /** A sign-in that is under way. */
  private record Pending(
      String issuer, String state, String nonce, String verifier, String onward, Instant until) {

    boolean began(Optional<String> stateThere) {
      return stateThere.isPresent()
          && MessageDigest.isEqual(
              state.getBytes(StandardCharsets.UTF_8),
              stateThere.get().getBytes(StandardCharsets.UTF_8));
    }

    String json() {
      return new JsonObject()
          .put("issuer", issuer)
          .put("state", state)
          .put("nonce", nonce)
          .put("verifier", verifier)
          .put("onward", onward)
          .put("until", until.getEpochSecond())
          .encode();
    }

    static Optional<Pending> parse(String json) {
      return StrictJson.object(json)
          .map(
              it ->
                  new Pending(
                      it.getString("issuer"),
                      it.getString("state"),
                      it.getString("nonce"),
                      it.getString("verifier"),
                      it.getString("onward"),
                      Instant.ofEpochSecond(it.getLong("until"))));
    }
  }
}
