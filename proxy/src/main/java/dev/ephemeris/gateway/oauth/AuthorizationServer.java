package dev.ephemeris.gateway.oauth;

import dev.ephemeris.config.Issuer;
import dev.ephemeris.gateway.identity.BearerTokens;
import dev.ephemeris.gateway.identity.ClientAddress;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.Issuers;
import dev.ephemeris.gateway.identity.RelyingParty;
import dev.ephemeris.gateway.identity.Seal;
import dev.ephemeris.gateway.identity.SessionTokens;
import dev.ephemeris.gateway.identity.Sessions;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.lease.Kills;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.gateway.store.SealedRows;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The gateway as an authorization server (OAuth 2.1) for its own clients, at which people sign in
 * by their issuer. What there is, and where, its metadata says (RFC 8414); that the API is what its
 * tokens are for, the API's metadata (RFC 9728).
 */
public final class AuthorizationServer {

  /** Where the API says what it is (RFC 9728 §3). */
  public static final String RESOURCE_METADATA = "/.well-known/oauth-protected-resource";

  /** Where agents come in. */
  public static final String MCP = "/mcp";

  private static final String SERVER_METADATA = "/.well-known/oauth-authorization-server";

  /** Before everything that needs a token of the API's. */
  public static final int FIRST = -1000;

  private static final long BODY_LIMIT = 64 * 1024;

  private final List<Issuer> accepted;
  private final boolean signsIn;
  private final Supplier<URI> apiUrl;
  private final Clients clients;
  private final Attempts attempts;
  private final SignInPages signIn;
  private final AuthorizeEndpoint authorize;
  private final DeviceEndpoint device;
  private final TokenEndpoint token;
  private final RegisterEndpoint register;

  /**
   * @param accepted the issuers that the gateway trusts
   * @param apiUrl its own name as an issuer, once it is known
   * @param longest how long a session goes on
   */
  public AuthorizationServer(
      List<Issuer> accepted,
      Issuers issuers,
      RelyingParty relyingParty,
      SessionTokens tokens,
      BearerTokens bearers,
      Sessions sessions,
      Kills kills,
      Grants grants,
      Database database,
      RowSeal rows,
      Seal cookies,
      ClientAddress from,
      Journal journal,
      Supplier<URI> apiUrl,
      Duration longest,
      InstantSource clock) {
    this.accepted = List.copyOf(accepted);
    this.signsIn = !relyingParty.names().isEmpty();
    this.apiUrl = apiUrl;
    this.attempts = new Attempts(from, journal, clock);
    Browsers browsers = new Browsers(tokens, cookies, apiUrl);
    this.clients = new Clients(database, rows, journal, clock);
    Codes codes = new Codes(clock);
    Devices devices = new Devices(clock);
    this.signIn =
        new SignInPages(
            relyingParty,
            issuers,
            tokens,
            sessions,
            kills,
            grants,
            browsers,
            attempts,
            apiUrl,
            clock);
    this.authorize =
        new AuthorizeEndpoint(clients, codes, browsers, signIn, apiUrl, longest, clock);
    this.device = new DeviceEndpoint(devices, browsers, signIn, attempts, apiUrl, longest, clock);
    this.token =
        new TokenEndpoint(clients, codes, devices, tokens, bearers, kills, attempts, apiUrl, clock);
    this.register = new RegisterEndpoint(clients, clock);
  }

  /** The clients that it keeps in the store. */
  public SealedRows rows() {
    return clients.rows();
  }

  /** Whether people sign in by the gateway. */
  public boolean signsIn() {
    return signsIn;
  }

  /** Its name as an issuer. */
  public URI issuer() {
    return apiUrl.get();
  }

  /** The client id of the command line. */
  public String commandLine() {
    return Client.COMMAND_LINE.id();
  }

  /** Adds all that it answers, before what is there. */
  public void addTo(Router router) {
    Routes routes = new Routes(router);
    routes.get(
        RESOURCE_METADATA,
        context -> resourceMetadata(context, "", "Ephemeris", each -> each.audiences().api()));
    // RFC 9728 §3.1: of the resource at that path.
    routes.get(
        RESOURCE_METADATA + MCP,
        context ->
            resourceMetadata(
                context, MCP, "Ephemeris, for agents", each -> each.audiences().mcp()));
    routes.get("/sign-in/style.css", style());
    // It vouches for nobody's identity; clients that look for that first needn't be refused.
    routes.get(
        "/.well-known/openid-configuration",
        context -> Answers.json(context, 404, new JsonObject()));
    // Of issuers whose tokens clients of their own bring, too.
    routes.post("/sign-in/:issuer/logout", signIn::loggedOutAtIssuer);
    if (signsIn) {
      routes.get(SERVER_METADATA, this::serverMetadata);
      routes.page("/", signIn::account);
      routes.page("/sign-in", signIn::choose);
      routes.post("/sign-in/sessions", signIn::endSession);
      routes.page("/sign-in/:issuer", signIn::begin);
      routes.get("/sign-in/:issuer/callback", signIn::end);
      routes.post("/sign-out", signIn::signOut);
      routes.get("/signed-out", signIn::signedOut);
      routes.page("/oauth/authorize", authorize::ask);
      routes.post("/oauth/authorize", authorize::answer);
      routes.post("/oauth/token", token::give);
      routes.post("/oauth/revoke", token::revoke);
      routes.post("/oauth/register", register::register);
      routes.post("/oauth/device", device::authorize);
      routes.page("/device", device::ask);
      routes.post("/device", device::answer);
    }
  }

  /** Routes in their order, each behind what reads bodies and knows where a request comes from. */
  private final class Routes {

    private final Router router;
    private int order = FIRST;

    Routes(Router router) {
      this.router = router;
    }

    void get(String path, Handler<RoutingContext> handler) {
      router.route(HttpMethod.GET, path).order(order++).handler(attempts).handler(handler);
    }

    /** One that people see, by the API's one name: cookies are of that. */
    void page(String path, Handler<RoutingContext> handler) {
      get(
          path,
          context -> {
            HostAndPort asked = context.request().authority();
            String own = apiUrl.get().getRawAuthority();
            if (asked != null && asked.toString().equalsIgnoreCase(own)) {
              handler.handle(context);
            } else {
              Answers.redirect(context, apiUrl.get() + context.request().uri());
            }
          });
    }

    void post(String path, Handler<RoutingContext> handler) {
      router
          .route(HttpMethod.POST, path)
          .order(order++)
          .handler(BodyHandler.create(false).setBodyLimit(BODY_LIMIT))
          .handler(attempts)
          .handler(handler);
    }
  }

  private static Handler<RoutingContext> style() {
    Buffer css;
    try (InputStream file = AuthorizationServer.class.getResourceAsStream("style.css")) {
      if (file == null) {
        throw new IllegalStateException("style.css isn't on the class path");
      }
      css = Buffer.buffer(file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("style.css can't be read", e);
    }
    return context ->
        context
            .response()
            .putHeader("content-type", "text/css; charset=utf-8")
            .putHeader("cache-control", "max-age=3600")
            .putHeader("x-content-type-options", "nosniff")
            .end(css);
  }

  private void serverMetadata(RoutingContext context) {
    URI issuer = apiUrl.get();
    Answers.json(
        context,
        200,
        new JsonObject()
            .put("issuer", issuer.toString())
            .put("authorization_endpoint", issuer + "/oauth/authorize")
            .put("token_endpoint", issuer + "/oauth/token")
            .put("revocation_endpoint", issuer + "/oauth/revoke")
            .put("registration_endpoint", issuer + "/oauth/register")
            .put("device_authorization_endpoint", issuer + "/oauth/device")
            .put("response_types_supported", new JsonArray(List.of("code")))
            .put("response_modes_supported", new JsonArray(List.of("query")))
            .put(
                "grant_types_supported",
                new JsonArray(
                    List.of(
                        "authorization_code",
                        "refresh_token",
                        "urn:ietf:params:oauth:grant-type:device_code",
                        "urn:ietf:params:oauth:grant-type:token-exchange")))
            .put("code_challenge_methods_supported", new JsonArray(List.of("S256")))
            .put("token_endpoint_auth_methods_supported", new JsonArray(List.of("none")))
            .put("revocation_endpoint_auth_methods_supported", new JsonArray(List.of("none")))
            .put("authorization_response_iss_parameter_supported", true));
  }

  private void resourceMetadata(
      RoutingContext context,
      String path,
      String name,
      Function<Issuer, Optional<String>> audience) {
    List<String> servers =
        Stream.concat(
                signsIn ? Stream.of(apiUrl.get().toString()) : Stream.empty(),
                accepted.stream()
                    .filter(issuer -> audience.apply(issuer).isPresent())
                    .map(Issuer::issuer))
            .toList();
    Answers.json(
        context,
        200,
        new JsonObject()
            .put("resource", apiUrl.get() + path)
            .put("resource_name", name)
            .put("authorization_servers", new JsonArray(servers))
            .put("bearer_methods_supported", new JsonArray(List.of("header")))
            .put("resource_documentation", apiUrl.get() + "/openapi.yaml"));
  }
}
