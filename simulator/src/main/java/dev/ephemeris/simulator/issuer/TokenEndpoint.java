package dev.ephemeris.simulator.issuer;

import dev.ephemeris.simulator.issuer.OAuthError.Code;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** {@code /token}: gives tokens for codes, refresh tokens and client secrets (RFC 6749 §3.2). */
final class TokenEndpoint {
  private final Tokens tokens;
  private final AuthorizationCodes codes;
  private final DeviceRequests devices;
  private final Sessions sessions;

  TokenEndpoint(
      Tokens tokens, AuthorizationCodes codes, DeviceRequests devices, Sessions sessions) {
    this.tokens = tokens;
    this.codes = codes;
    this.devices = devices;
    this.sessions = sessions;
  }

  Answer answer(Client client, Parameters form) {
    var asked = form.get("grant_type");
    if (asked.isEmpty()) {
      return new OAuthError(Code.INVALID_REQUEST, "grant_type is missing");
    }
    var grantType = GrantType.parse(asked.get());
    if (grantType.isEmpty()) {
      return new OAuthError(
          Code.UNSUPPORTED_GRANT_TYPE, "This issuer doesn't know that grant_type");
    }
    if (!client.may(grantType.get())) {
      return new OAuthError(Code.UNAUTHORIZED_CLIENT, "This client may not use that grant_type");
    }
    return switch (grantType.get()) {
      case AUTHORIZATION_CODE -> exchangeCode(client, form);
      case DEVICE_CODE -> pollDevice(client, form);
      case REFRESH_TOKEN -> refresh(client, form);
      case CLIENT_CREDENTIALS ->
          new Answer.Success(bearer(tokens.sign(Tokens.ACCESS, tokens.workloadClaims(client))));
    };
  }

  private Answer exchangeCode(Client client, Parameters form) {
    var code = form.get("code");
    var redirectUri = form.get("redirect_uri");
    var verifier = form.get("code_verifier");
    if (code.isEmpty() || redirectUri.isEmpty() || verifier.isEmpty()) {
      return new OAuthError(
          Code.INVALID_REQUEST, "code, redirect_uri and code_verifier are required");
    }
    return switch (codes.exchange(code.get(), client, redirectUri.get(), verifier.get())) {
      case AuthorizationCodes.Exchange.Exchanged(var authorization) -> open(client, authorization);
      case AuthorizationCodes.Exchange.Refused(var why) -> new OAuthError(Code.INVALID_GRANT, why);
      case AuthorizationCodes.Exchange.Replayed(var sid) -> {
        sessions.end(sid);
        yield new OAuthError(Code.INVALID_GRANT, "The code has been used; its sign-in has ended");
      }
    };
  }

  private Answer pollDevice(Client client, Parameters form) {
    var deviceCode = form.get("device_code");
    if (deviceCode.isEmpty()) {
      return new OAuthError(Code.INVALID_REQUEST, "device_code is missing");
    }
    return switch (devices.poll(deviceCode.get(), client)) {
      case DeviceRequests.Poll.Approved(var authorization) -> open(client, authorization);
      case DeviceRequests.Poll.Pending() ->
          new OAuthError(Code.AUTHORIZATION_PENDING, "Nobody has answered yet");
      case DeviceRequests.Poll.TooFast() ->
          new OAuthError(Code.SLOW_DOWN, "Wait five seconds more between polls");
      case DeviceRequests.Poll.Denied() ->
          new OAuthError(Code.ACCESS_DENIED, "The person turned the device away");
      case DeviceRequests.Poll.Expired() ->
          new OAuthError(Code.EXPIRED_TOKEN, "Nobody answered in time");
      case DeviceRequests.Poll.Unknown() ->
          new OAuthError(Code.INVALID_GRANT, "The device code is unknown or used");
    };
  }

  private Answer refresh(Client client, Parameters form) {
    var refreshToken = form.get("refresh_token");
    if (refreshToken.isEmpty()) {
      return new OAuthError(Code.INVALID_REQUEST, "refresh_token is missing");
    }
    return switch (sessions.renew(refreshToken.get(), client.clientId())) {
      case Sessions.Renewal.Renewed(var authorization, var next) ->
          issue(authorization, Optional.of(next));
      case Sessions.Renewal.Reused() ->
          new OAuthError(
              Code.INVALID_GRANT, "The refresh token has been used; its sign-in has ended");
      case Sessions.Renewal.Unknown() ->
          new OAuthError(Code.INVALID_GRANT, "The refresh token is unknown or expired");
    };
  }

  private Answer open(Client client, Authorization authorization) {
    var refreshToken =
        client.may(GrantType.REFRESH_TOKEN)
            ? Optional.of(sessions.open(authorization))
            : Optional.<String>empty();
    return issue(authorization, refreshToken);
  }

  private Answer issue(Authorization authorization, Optional<String> refreshToken) {
    var accessToken = tokens.sign(Tokens.ACCESS, tokens.accessClaims(authorization));
    var body = bearer(accessToken).put("scope", authorization.scope());
    if (authorization.wantsIdToken()) {
      body.put("id_token", tokens.sign(Tokens.ID, tokens.idClaims(authorization, accessToken)));
    }
    refreshToken.ifPresent(token -> body.put("refresh_token", token));
    return new Answer.Success(body);
  }

  private JsonObject bearer(String accessToken) {
    return JsonObject.of(
        "access_token",
        accessToken,
        "token_type",
        "Bearer",
        "expires_in",
        tokens.lifetime().toSeconds());
  }
}
