package dev.ephemeris.simulator.azure;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;

/**
 * The managed identity of a machine or an application, in App Service's form: who reaches it and
 * knows its header gets tokens. Plain HTTP, on the loopback.
 *
 * @see <a href="https://learn.microsoft.com/azure/app-service/overview-managed-identity">Managed
 *     identities for App Service: the REST endpoint</a>
 */
public final class ManagedIdentity {
  private static final String PATH = "/msi/token";
  private static final String API_VERSION = "2019-08-01";

  private final HttpServer server;
  private final String header = UUID.randomUUID().toString();
  private final Tenant tenant;
  private final ServicePrincipal principal;
  private final InstantSource clock;

  private ManagedIdentity(
      HttpServer server, Tenant tenant, ServicePrincipal principal, InstantSource clock) {
    this.server = server;
    this.tenant = tenant;
    this.principal = principal;
    this.clock = clock;
  }

  static Future<ManagedIdentity> open(
      Vertx vertx, Tenant tenant, ServicePrincipal principal, InstantSource clock) {
    var server = vertx.createHttpServer();
    var identity = new ManagedIdentity(server, tenant, principal, clock);
    return server.requestHandler(identity::answer).listen(0, "127.0.0.1").map(identity);
  }

  /** What a process has in its environment that runs as this identity. */
  public Map<String, String> environment() {
    return Map.of("IDENTITY_ENDPOINT", uri().toString(), "IDENTITY_HEADER", header);
  }

  /** {@code http://127.0.0.1:PORT/msi/token}. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.actualPort() + PATH);
  }

  /** Stops listening. */
  public Future<Void> close() {
    return server.close();
  }

  private void answer(HttpServerRequest request) {
    var answer = answerTo(request);
    request
        .response()
        .setStatusCode(answer.status())
        .putHeader("content-type", "application/json")
        .end(answer.body().orElseGet(JsonObject::new).encode());
  }

  private Answer answerTo(HttpServerRequest request) {
    if (!request.method().name().equals("GET") || !PATH.equals(request.path())) {
      return Answer.notSimulated(request.method() + " " + request.path());
    }
    var shown = request.getHeader("x-identity-header");
    if (shown == null
        || !MessageDigest.isEqual(
            shown.getBytes(StandardCharsets.UTF_8), header.getBytes(StandardCharsets.UTF_8))) {
      return refused(401, "The X-IDENTITY-HEADER is missing or wrong.");
    }
    if (!API_VERSION.equals(request.getParam("api-version"))) {
      return refused(400, "The api-version must be " + API_VERSION + ".");
    }
    var clientId = request.getParam("client_id");
    if (clientId != null && !clientId.equals(principal.clientId())) {
      return refused(400, "No User Assigned or Delegated Managed Identity found for " + clientId);
    }
    var asked = request.getParam("resource");
    if (asked == null) {
      return refused(400, "The resource is missing.");
    }
    var audience = asked.endsWith("/") ? asked.substring(0, asked.length() - 1) : asked;
    if (!tenant.gives(audience)) {
      return EntraError.unknownResource(audience, tenant.id()).answer();
    }
    return Answer.of(
        200,
        new JsonObject()
            .put("access_token", tenant.token(principal, audience))
            .put(
                "expires_on",
                Long.toString(clock.instant().plus(tenant.tokenLifetime()).getEpochSecond()))
            .put("resource", asked)
            .put("token_type", "Bearer")
            .put("client_id", principal.clientId()));
  }

  private static Answer refused(int status, String message) {
    return Answer.of(
        status,
        JsonObject.of(
            "statusCode",
            status,
            "message",
            message,
            "correlationId",
            UUID.randomUUID().toString()));
  }
}
