package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.custody.AccountConnection;
import dev.ephemeris.gateway.custody.AccountKey;
import dev.ephemeris.gateway.custody.UpstreamCredential.CredentialException;
import dev.ephemeris.gateway.doctor.ClockDifference;
import dev.ephemeris.gateway.doctor.Finding;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Whether an account answers, and lets the gateway in: by reading its account document, signed as
 * requests of clients are.
 */
public final class UpstreamCheck {

  private static final long PATIENCE_MS = 10_000;

  private final Vertx vertx;
  private final InstantSource clock;

  public UpstreamCheck(Vertx vertx, InstantSource clock) {
    this.vertx = vertx;
    this.clock = clock;
  }

  /** What there is to say of it. Doesn't fail. */
  public Future<List<Finding>> of(DataPlane.Account account) {
    String part = "account " + account.name();
    HttpClient client = vertx.createHttpClient(AccountConnection.options(account.caCertificate()));
    return new Upstream(account, client, clock)
        .request(Optional.empty(), Verb.GET, ResourceType.ACCOUNT, Address.account())
        .compose(
            request ->
                request.putHeader(CosmosHeaders.VERSION, CosmosHeaders.CURRENT_VERSION).send())
        .map(
            response -> {
              List<Finding> findings = new ArrayList<>(List.of(answered(part, account, response)));
              ClockDifference.of(
                      part,
                      "The account's clock",
                      Optional.ofNullable(response.getHeader("date")),
                      clock.instant())
                  .ifPresent(findings::add);
              return List.copyOf(findings);
            })
        .timeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
        .otherwise(failure -> List.of(failed(part, account, failure)))
        .eventually(client::close);
  }

  private static Finding answered(
      String part, DataPlane.Account account, HttpClientResponse response) {
    boolean byKey = account.credential() instanceof AccountKey;
    String credential = byKey ? "the gateway's key" : "the gateway's identity";
    return switch (response.statusCode()) {
      case 200 ->
          Finding.ok(part, account.endpoint() + " answers, and accepts " + credential + ".");
      case 401 ->
          Finding.problem(
              part,
              account.endpoint() + " doesn't accept " + credential + " (401).",
              byKey
                  ? "Look at where its keys come from: keyFile (put the account's present key"
                      + " there, and start the gateway again) or keys."
                  : "Its token is refused: look at tenantId and clientId, and at the clock.");
      case 403 ->
          Finding.problem(
              part,
              account.endpoint() + " forbids it to " + credential + " (403).",
              byKey
                  ? "Local authentication may be off for this account (then give the gateway an"
                      + " identity), or its firewall keeps the gateway out."
                  : "Assign a role such as “Cosmos DB Built-in Data Contributor” to the identity in"
                      + " this account, or have its firewall let the gateway in.");
      default ->
          Finding.problem(
              part,
              account.endpoint() + " answers " + response.statusCode() + ".",
              "Look at what Azure says of the account's health, and whether endpoint is this"
                  + " account's.");
    };
  }

  private static Finding failed(String part, DataPlane.Account account, Throwable failure) {
    String where = account.endpoint().toString();
    return switch (failure) {
      case CredentialException none ->
          Finding.problem(
              part,
              String.valueOf(none.getMessage()),
              "Look at identity in the configuration, and what Entra ID knows of it.");
      case UnknownHostException unknown ->
          Finding.problem(
              part,
              where + " has no address here.",
              "Look at endpoint, and, for a private account, at this machine's DNS.");
      case SSLException tls ->
          Finding.problem(
              part,
              "The certificate of " + where + " isn't accepted: " + tls.getMessage() + ".",
              "If it is of an authority of your own, name that as caCertificate.");
      case ConnectException refused ->
          Finding.problem(
              part,
              where + " can't be reached: no connection.",
              "Look at endpoint, routes and firewalls between here and there.");
      case TimeoutException late ->
          Finding.problem(
              part,
              where + " didn't answer within " + PATIENCE_MS / 1000 + " seconds.",
              "Look at routes and firewalls between here and there.");
      default ->
          Finding.problem(
              part,
              where + " can't be read: " + failure.getClass().getSimpleName() + ".",
              "Look at endpoint, routes and firewalls between here and there.");
    };
  }
}
