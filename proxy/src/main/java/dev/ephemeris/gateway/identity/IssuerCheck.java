package dev.ephemeris.gateway.identity;

import dev.ephemeris.config.Issuer;
import dev.ephemeris.gateway.doctor.ClockDifference;
import dev.ephemeris.gateway.doctor.Finding;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Whether an issuer answers now, as a token of it would need: asked anew, whatever keys are known
 * of it. Only at the addresses of the configuration, and where its own document says its keys are.
 */
public final class IssuerCheck {

  private static final long PATIENCE_MS = 10_000;

  private final Discovery discovery;
  private final HttpClient client;
  private final Vertx vertx;
  private final InstantSource clock;

  public IssuerCheck(Vertx vertx, InstantSource clock) {
    this.vertx = vertx;
    this.discovery = new Discovery(vertx);
    this.client = vertx.createHttpClient(new HttpClientOptions().setConnectTimeout(5_000));
    this.clock = clock;
  }

  /** What there is to say of it. Doesn't fail. */
  public Future<List<Finding>> of(Issuer issuer) {
    String part = "issuer " + issuer.name();
    Future<IssuerMetadata> metadata =
        issuer.jwksFile().isPresent() && issuer.signIn().isEmpty()
            ? Future.failedFuture("nothing of it is needed")
            : discovery.metadata(issuer.issuer());
    Future<Finding> keys =
        issuer.jwksFile().isPresent() ? inFile(part, issuer) : ask(part, issuer, metadata);
    Future<Optional<Finding>> clocks =
        issuer.jwksFile().isPresent()
            ? Future.succeededFuture(Optional.empty())
            : clocks(part, issuer);
    Future<Optional<Finding>> signIn =
        keys.compose(
            found ->
                found.state() == Finding.State.OK && issuer.signIn().isPresent()
                    ? signIn(part, issuer, metadata).map(Optional::of)
                    : Future.succeededFuture(Optional.empty()));
    return Future.all(keys, clocks, signIn)
        .map(
            all -> {
              List<Finding> findings = new ArrayList<>(List.of(keys.result()));
              clocks.result().ifPresent(findings::add);
              signIn.result().ifPresent(findings::add);
              return List.copyOf(findings);
            });
  }

  private Future<Finding> ask(String part, Issuer issuer, Future<IssuerMetadata> metadata) {
    return metadata
        .compose(discovery::keys)
        .map(text -> VerificationKeys.parse(text, issuer.algorithms()))
        .map(keys -> Finding.ok(part, "It answers, with " + counted(keys) + "."))
        .otherwise(
            failure ->
                Finding.problem(
                    part,
                    "No keys are to be had from " + issuer.issuer() + ": " + why(failure) + ".",
                    "“curl "
                        + (issuer.issuer().endsWith("/") ? issuer.issuer() : issuer.issuer() + "/")
                        + ".well-known/openid-configuration” on the gateway's machine should give"
                        + " a document that names exactly this issuer. If it can't be reached from"
                        + " there, give its keys as jwksFile."));
  }

  private static Future<Finding> signIn(
      String part, Issuer issuer, Future<IssuerMetadata> metadata) {
    return metadata
        .map(
            said ->
                said.authorizationEndpoint().isPresent() && said.tokenEndpoint().isPresent()
                    ? Finding.ok(
                        part,
                        "People sign in by it, as client "
                            + issuer.signIn().orElseThrow().clientId()
                            + ".")
                    : Finding.problem(
                        part,
                        "Nobody can sign in by it: its document names no authorization_endpoint,"
                            + " or no token_endpoint.",
                        "Take signIn out of the configuration, or name an issuer at which people"
                            + " sign in."))
        .otherwise(
            failure ->
                Finding.problem(
                    part,
                    "Nobody can sign in by it: " + why(failure) + ".",
                    "It has to answer to the gateway when somebody signs in."));
  }

  private Future<Finding> inFile(String part, Issuer issuer) {
    String file = issuer.jwksFile().orElseThrow().toString();
    return vertx
        .fileSystem()
        .readFile(file)
        .map(text -> VerificationKeys.parse(text.toString(), issuer.algorithms()))
        .map(keys -> Finding.ok(part, "Its file " + file + " has " + counted(keys) + "."))
        .otherwise(
            failure ->
                Finding.problem(
                    part,
                    "Its keys can't be had from " + file + ": " + why(failure) + ".",
                    "Put the issuer's JSON Web Key Set there."));
  }

  private static String counted(VerificationKeys keys) {
    return keys.size() == 1 ? "one key for signatures" : keys.size() + " keys for signatures";
  }

  private Future<Optional<Finding>> clocks(String part, Issuer issuer) {
    return client
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.HEAD)
                .setAbsoluteURI(issuer.issuer())
                .setFollowRedirects(false)
                .setTimeout(PATIENCE_MS))
        .compose(
            request ->
                request
                    .send()
                    .map(
                        response ->
                            ClockDifference.of(
                                part,
                                "The issuer's clock",
                                Optional.ofNullable(response.getHeader("date")),
                                clock.instant())))
        .timeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
        .otherwise(Optional.empty());
  }

  private static String why(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message.replaceAll("[ .]+$", "");
  }
}
