package dev.ephemeris.gateway.oauth;

import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.identity.SessionTokens;
import dev.ephemeris.gateway.identity.SessionTokens.Given;
import dev.ephemeris.gateway.identity.SignIn;
import dev.ephemeris.gateway.lease.Kills;
import dev.ephemeris.gateway.oauth.OAuthError.Code;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code /oauth/token} and {@code /oauth/revoke}: clients get tokens, and give them back. */
final class TokenEndpoint {

  private final Clients clients;
  private final Codes codes;
  private final Devices devices;
  private final SessionTokens tokens;
  private final Kills kills;
  private final Attempts attempts;
  private final Supplier<URI> apiUrl;

  TokenEndpoint(
      Clients clients,
      Codes codes,
      Devices devices,
      SessionTokens tokens,
      Kills kills,
      Attempts attempts,
      Supplier<URI> apiUrl) {
    this.clients = clients;
    this.codes = codes;
    this.devices = devices;
    this.tokens = tokens;
    this.kills = kills;
    this.attempts = attempts;
    this.apiUrl = apiUrl;
  }

  /** OAuth 2.1 §3.2. */
  void give(RoutingContext context) {
    withClient(
        context,
        (form, client) -> {
          if (!AuthorizationRequest.isFor(apiUrl.get(), form)) {
            new OAuthError(Code.INVALID_TARGET, "resource must be " + apiUrl.get()).send(context);
            return Future.succeededFuture();
          }
          return switch (form.get("grant_type").orElse("")) {
            case "authorization_code" -> ofCode(context, form, client);
            case "refresh_token" -> ofRefreshToken(context, form, client);
            case "urn:ietf:params:oauth:grant-type:device_code" -> ofDevice(context, form, client);
            default -> {
              new OAuthError(
                      Code.UNSUPPORTED_GRANT_TYPE,
                      "grant_type must be authorization_code, refresh_token or"
                          + " urn:ietf:params:oauth:grant-type:device_code")
                  .send(context);
              yield Future.succeededFuture();
            }
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
    return granted.isEmpty()
        ? refuse(
            context, "a code is shown that isn't good, or not with its verifier and redirect_uri")
        : open(context, granted.get().signIn(), client, Attempts.address(context))
            .onSuccess(session -> codes.traded(code, session))
            .onFailure(failure -> codes.traded(code, Optional.empty()));
  }

  private Future<?> ofDevice(RoutingContext context, Parameters form, Client client) {
    return switch (devices.poll(form.get("device_code").orElse(""), client.id())) {
      case Devices.Poll.Allowed(Devices.Asking asking, SignIn signIn) ->
          open(context, signIn, client, asking.address());
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
      RoutingContext context, SignIn signIn, Client client, String address) {
    return tokens
        .open(signIn, client.id(), address)
        .map(
            given -> {
              answer(context, given);
              return given instanceof Given.Tokens opened
                  ? Optional.of(opened.session())
                  : Optional.empty();
            });
  }

  private Future<?> ofRefreshToken(RoutingContext context, Parameters form, Client client) {
    return tokens
        .refresh(form.get("refresh_token").orElse(""), client.id())
        .compose(
            given -> {
              if (given instanceof Given.Reused(Session session)) {
                return end(context, session, "a refresh token was shown a second time");
              }
              answer(context, given);
              return Future.succeededFuture();
            });
  }

  private void answer(RoutingContext context, Given given) {
    switch (given) {
      case Given.Tokens all ->
          Answers.json(
              context,
              200,
              new JsonObject()
                  .put("access_token", all.access())
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
