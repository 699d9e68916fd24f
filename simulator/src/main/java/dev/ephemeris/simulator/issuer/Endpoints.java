package dev.ephemeris.simulator.issuer;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ephemeris.simulator.issuer.OAuthError.Code;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/** The map of the issuer: which path leads where, and what each endpoint is made of. */
final class Endpoints {
  private static final long BODY_LIMIT = 64 * 1024;
  private static final String STYLE = read("style.css");

  private final URI issuer;
  private final DevelopmentIssuer.Settings settings;
  private final SigningKeys keys;
  private final AuthorizeEndpoint authorize;
  private final DeviceEndpoint device;
  private final TokenEndpoint token;
  private final UserInfoEndpoint userInfo;
  private final LogoutEndpoint logout;

  Endpoints(
      URI issuer,
      DevelopmentIssuer.Settings settings,
      SigningKeys keys,
      Tokens tokens,
      InstantSource clock) {
    this.issuer = issuer;
    this.settings = settings;
    this.keys = keys;
    var codes = new AuthorizationCodes(clock);
    var devices = new DeviceRequests(clock);
    var sessions = new Sessions(clock);
    this.authorize = new AuthorizeEndpoint(issuer, settings, codes, clock);
    this.device = new DeviceEndpoint(issuer, settings, devices, clock);
    this.token = new TokenEndpoint(tokens, codes, devices, sessions);
    this.userInfo = new UserInfoEndpoint(settings, tokens, sessions);
    this.logout = new LogoutEndpoint(settings, tokens, sessions);
  }

  void addTo(Router router) {
    router.route().handler(new Doorkeeper(issuer));
    router.post().handler(BodyHandler.create(false).setBodyLimit(BODY_LIMIT));
    router
        .get("/.well-known/openid-configuration")
        .handler(context -> Reply.json(context, Discovery.document(issuer)));
    router
        .get("/jwks")
        .handler(context -> Reply.json(context, new JsonObject(keys.published().toJSONObject())));
    router.get("/authorize").handler(person(authorize::ask));
    router.post("/authorize").handler(person(authorize::answer));
    router.get("/device").handler(person(device::ask));
    router.post("/device").handler(person(device::answer));
    router.get("/logout").handler(person(logout::answer));
    router.post("/logout").handler(person(logout::answer));
    router.post("/device_authorization").handler(client(device::begin));
    router.post("/token").handler(client(token::answer));
    router
        .get("/userinfo")
        .handler(context -> Reply.json(context, userInfo.answer(authorization(context))));
    router
        .post("/userinfo")
        .handler(context -> Reply.json(context, userInfo.answer(authorization(context))));
    router.get("/style.css").handler(Endpoints::style);
  }

  /** An endpoint that a browser visits. */
  private static Handler<RoutingContext> person(BiConsumer<RoutingContext, Parameters> endpoint) {
    return context ->
        Parameters.parse(given(context))
            .ifPresentOrElse(
                parameters -> endpoint.accept(context, parameters),
                () ->
                    Reply.page(
                        context,
                        400,
                        Page.message("This link is broken", "It names a parameter twice.")));
  }

  /** An endpoint that a client calls, once it has shown who it is. */
  private Handler<RoutingContext> client(BiFunction<Client, Parameters, Answer> endpoint) {
    return context -> {
      var form = Parameters.parse(given(context));
      Reply.json(
          context,
          form.map(parameters -> answer(context, parameters, endpoint))
              .orElseGet(() -> new OAuthError(Code.INVALID_REQUEST, "A parameter is given twice")));
    };
  }

  private Answer answer(
      RoutingContext context, Parameters form, BiFunction<Client, Parameters, Answer> endpoint) {
    return ClientAuthentication.parse(authorization(context), form)
        .flatMap(shown -> settings.client(shown.clientId()).filter(shown::suffices))
        .map(client -> endpoint.apply(client, form))
        .orElseGet(() -> new OAuthError(Code.INVALID_CLIENT, "Unknown client, or not its secret"));
  }

  private static MultiMap given(RoutingContext context) {
    return context.request().method().equals(HttpMethod.POST)
        ? context.request().formAttributes()
        : context.queryParams();
  }

  private static Optional<String> authorization(RoutingContext context) {
    return Optional.ofNullable(context.request().getHeader(HttpHeaders.AUTHORIZATION));
  }

  private static void style(RoutingContext context) {
    context.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/css; charset=utf-8").end(STYLE);
  }

  private static String read(String name) {
    try (var in = Endpoints.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The build left out " + name);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
