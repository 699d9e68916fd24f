package dev.ephemeris.gateway.oauth;

import dev.ephemeris.gateway.identity.Audience;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.BearerTokens;
import dev.ephemeris.gateway.identity.Pace;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.identity.SessionTokens;
import dev.ephemeris.gateway.identity.SessionTokens.Given;
import dev.ephemeris.gateway.identity.SignIn;
import dev.ephemeris.gateway.lease.Kills;
import dev.ephemeris.gateway.oauth.OAuthError.Code;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code /oauth/token} and {@code /oauth/revoke}: clients get tokens, and give them back. */
final class TokenEndpoint {

  private static final String TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
  private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

  /** Of one person's tokens in a minute: each begins a session, which is kept and on record. */
  private static final int MOST_EXCHANGES = 120;

  private final Clients clients;
  private final Codes codes;
  private final Devices devices;
  private final SessionTokens tokens;
  private final BearerTokens bearers;
  private final Kills kills;
  private final Attempts attempts;
  private final Resources resources;
  private final Pace<PrincipalId> exchanges;

  TokenEndpoint(
      Clients clients,
      Codes codes,
      Devices devices,
      SessionTokens tokens,
      BearerTokens bearers,
      Kills kills,
      Attempts attempts,
      Supplier<URI> apiUrl,
      InstantSource clock) {
    this.clients = clients;
    this.codes = codes;
    this.devices = devices;
    this.tokens = tokens;
    this.bearers = bearers;
    this.kills = kills;
    this.attempts = attempts;
    this.resources = new Resources(apiUrl);
    this.exchanges = new Pace<>(MOST_EXCHANGES, Duration.ofMinutes(1), clock);
  }

  /** OAuth 2.1 §3.2. */
  void give(RoutingContext context) {
    withClient(
        context,
        (form, client) -> {
          if (resources.asked(form).isEmpty()) {
            resources.refusal().send(context);
            return Future.succeededFuture();
          }
          return switch (form.get("grant_type").orElse("")) {
            case "authorization_code" -> ofCode(context, form, client);
            case "refresh_token" -> ofRefreshToken(context, form, client);
            case "urn:ietf:params:oauth:grant-type:device_code" -> ofDevice(context, form, client);
            case TOKEN_EXCHANGE -> ofToken(context, form, client);
            default ->
                told(
                    context,
                    Code.UNSUPPORTED_GRANT_TYPE,
                    "grant_type must be authorization_code, refresh_token,"
                        + " urn:ietf:params:oauth:grant-type:device_code or "
                        + TOKEN_EXCHANGE);
          };
        });
  }

  /** What a client that is known asks for. */
  private interface Asked {
    Future<?> by(Parameters form, Client client);
  }

  /** Clients are public ones: they name themselves, and prove it by what they bring. */
  private void withClient(RoutingContext context, Asked asked) {
    Optional<Parameters> form = Parameters.of(context.request().formAttributes());
    Optional<String> id = form.flatMap(said -> said.get("client_id"));
    if (form.isEmpty() || id.isEmpty()) {
      new OAuthError(
              Code.INVALID_REQUEST,
              "expected a form (application/x-www-form-urlencoded) with client_id, and each"
                  + " parameter once")
          .send(context);
      return;
    }
    if (context.request().headers().contains(HttpHeaders.AUTHORIZATION)
        || form.get().get("client_secret").isPresent()) {
      new OAuthError(Code.INVALID_REQUEST, "clients of this gateway have no secret").send(context);
      return;
    }
    clients
        .find(id.get())
        .compose(
            client -> {
              if (client.isEmpty()) {
                if (attempts.failed(context, "an unknown client asks for tokens")) {
                  new OAuthError(Code.INVALID_CLIENT, "no such client; register it").send(context);
                }
                return Future.succeededFuture();
              }
              return asked.by(form.get(), client.get());
            })
        .onFailure(context::fail);
  }

  private Future<?> ofCode(RoutingContext context, Parameters form, Client client) {
    String code = form.get("code").orElse("");
    Optional<Future<Optional<Session>>> replayed = codes.replayed(code);
    if (replayed.isPresent()) {
      // OAuth 2.1 §4.1.3: who has the code has perhaps the tokens too.
      String reason = "a code was shown a second time";
      return replayed
          .get()
          .compose(
              session ->
                  session.isPresent()
                      ? end(context, session.get(), reason).mapEmpty()
                      : refuse(context, reason).mapEmpty());
    }
    Optional<Codes.Granted> granted =
        codes.take(
            code,
            client.id(),
            form.get("redirect_uri").orElse(""),
            form.get("code_verifier").orElse(""));
    if (granted.isEmpty()) {
      return refuse(
          context, "a code is shown that isn't good, or not with its verifier and redirect_uri");
    }
    Audience audience = granted.get().request().audience();
    // RFC 8707 §2.2: a subset of what was granted, and there is no smaller one.
    Future<Optional<Session>> opened =
        resources.isFor(audience, form)
            ? open(context, granted.get().signIn(), client, audience, Attempts.address(context))
            : told(
                    context,
                    Code.INVALID_TARGET,
                    "the code is for tokens of " + resources.name(audience))
                .map(told -> Optional.<Session>empty());
    return opened
        .onSuccess(session -> codes.traded(code, session))
        .onFailure(failure -> codes.traded(code, Optional.empty()));
  }

  /**
   * RFC 8693: a program on a person's machine trades the person's token for one of its own, by
   * which it acts for them as an agent. Who the agent is isn't for the form to say.
   */
  private Future<?> ofToken(RoutingContext context, Parameters form, Client client) {
    if (!client.equals(Client.LOCAL_AGENT)) {
      return told(
          context,
          Code.UNAUTHORIZED_CLIENT,
          "only " + Client.LOCAL_AGENT.id() + " exchanges tokens");
    }
    if (form.get("actor_token").isPresent()
        || !form.says("subject_token_type", ACCESS_TOKEN)
        || form.get("requested_token_type").filter(type -> !type.equals(ACCESS_TOKEN)).isPresent()
        || !resources.asked(form).equals(Optional.of(Audience.MCP))) {
      return told(
          context,
          Code.INVALID_REQUEST,
          "an access token of the API's as subject_token, of subject_token_type "
              + ACCESS_TOKEN
              + ", is exchanged for one of resource "
              + resources.name(Audience.MCP)
              + "; the client itself is the actor");
    }
    String address = Attempts.address(context);
    return bearers
        .authenticate(form.get("subject_token").orElse(""), Audience.API, address)
        .compose(
            shown ->
                switch (shown) {
                  case Authentication.Accepted person -> exchange(context, person, client, address);
                  case Authentication.Rejected(String reason) ->
                      refuse(context, "the subject token isn't accepted: " + reason).mapEmpty();
                  case Authentication.Unavailable(String part, String reason) ->
                      told(
                              context,
                              Code.TEMPORARILY_UNAVAILABLE,
                              "the token can't be checked now: " + reason)
                          .mapEmpty();
                });
  }

  private Future<Void> exchange(
      RoutingContext context, Authentication.Accepted person, Client client, String address) {
    Duration wait = exchanges.wait(person.principal().id());
    if (wait.isPositive()) {
      OAuthError.slowed(
          context,
          Pace.seconds(wait),
          "tokens of yours were exchanged " + MOST_EXCHANGES + " times in a minute");
      return Future.succeededFuture();
    }
    return tokens
        .act(person, client.id(), address)
        .onSuccess(
            given ->
                answer(context, given, new JsonObject().put("issued_token_type", ACCESS_TOKEN)))
        .mapEmpty();
  }

  private Future<?> ofDevice(RoutingContext context, Parameters form, Client client) {
    return switch (devices.poll(form.get("device_code").orElse(""), client.id())) {
      case Devices.Poll.Allowed(Devices.Asking asking, SignIn signIn) ->
          resources.isFor(Audience.API, form)
              ? open(context, signIn, client, Audience.API, asking.address())
              : told(context, Code.INVALID_TARGET, "a device code is for tokens of the API");
      case Devices.Poll.Pending pending ->
          told(context, Code.AUTHORIZATION_PENDING, "nobody has decided yet");
      case Devices.Poll.TooSoon tooSoon ->
          told(context, Code.SLOW_DOWN, "ask less often: five seconds more from here on");
      case Devices.Poll.Denied denied -> told(context, Code.ACCESS_DENIED, "the person said no");
      case Devices.Poll.Unknown unknown ->
          attempts.failed(context, "a device code is shown that isn't good")
              ? told(context, Code.EXPIRED_TOKEN, "no such device code, or it is too old")
              : Future.succeededFuture();
    };
  }

  private static Future<?> told(RoutingContext context, Code code, String description) {
    new OAuthError(code, description).send(context);
    return Future.succeededFuture();
  }

  private Future<Optional<Session>> open(
      RoutingContext context, SignIn signIn, Client client, Audience audience, String address) {
    return tokens
        .open(signIn, client.id(), audience, address)
        .map(
            given -> {
              answer(context, given, new JsonObject());
              return given instanceof Given.Tokens opened
                  ? Optional.of(opened.session())
                  : Optional.empty();
            });
  }

  private Future<?> ofRefreshToken(RoutingContext context, Parameters form, Client client) {
    return tokens
        .refresh(
            form.get("refresh_token").orElse(""),
            client.id(),
            form.get("resource").flatMap(named -> resources.asked(form)))
        .compose(
            given -> {
              if (given instanceof Given.Reused(Session session)) {
                return end(context, session, "a refresh token was shown a second time");
              }
              answer(context, given, new JsonObject());
              return Future.succeededFuture();
            });
  }

  /**
   * @param more what the answer says besides
   */
  private void answer(RoutingContext context, Given given, JsonObject more) {
    switch (given) {
      case Given.Tokens all ->
          Answers.json(
              context,
              200,
              more.put("access_token", all.access())
                  .put("token_type", "Bearer")
                  .put("expires_in", all.lifetime().toSeconds())
                  .put("refresh_token", all.refresh()));
      case Given.Refused(String reason) -> refuse(context, reason);
      case Given.Reused reused -> throw new IllegalStateException("its session has to end");
    }
  }

  /** Ends a session whose secrets somebody else may have, with its leases. */
  private Future<?> end(RoutingContext context, Session session, String reason) {
    return kills
        .signOut(session.id(), session.principal())
        .compose(
            done ->
                refuse(
                    context,
                    reason + "; its session " + session.id() + " was ended, sign in again"));
  }

  private Future<?> refuse(RoutingContext context, String reason) {
    if (attempts.failed(context, reason)) {
      new OAuthError(Code.INVALID_GRANT, reason).send(context);
    }
    return Future.succeededFuture();
  }

  /** RFC 7009: the session of a token ends, with all of its tokens. */
  void revoke(RoutingContext context) {
    withClient(
        context,
        (form, client) ->
            tokens
                .sessionOf(form.get("token").orElse(""), client.id())
                .compose(
                    session ->
                        session.isPresent()
                            ? kills.signOut(session.get().id(), session.get().principal())
                            : Future.succeededFuture(false))
                // §2.2: also of a token that isn't one.
                .onSuccess(done -> Answers.json(context, 200, new JsonObject())));
  }
}
