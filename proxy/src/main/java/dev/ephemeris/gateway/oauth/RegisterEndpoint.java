package dev.ephemeris.gateway.oauth;

import dev.ephemeris.gateway.identity.FailedAttempts;
import dev.ephemeris.gateway.oauth.OAuthError.Code;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code /oauth/register}: applications register themselves (RFC 7591), as MCP clients do. */
final class RegisterEndpoint {

  private static final int MOST_REDIRECT_URIS = 10;
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N} ._()+-]{1,64}");
  private static final String CODE_GRANT = "authorization_code";

  private final Clients clients;

  /** Registrations rather than failures: there may be as many of them. */
  private final FailedAttempts registrations;

  RegisterEndpoint(Clients clients, InstantSource clock) {
    this.clients = clients;
    this.registrations = new FailedAttempts(clock);
  }

  void register(RoutingContext context) {
    if (registrations.failed(Attempts.address(context), Optional.empty())
        instanceof FailedAttempts.Answer.Slowed slowed) {
      OAuthError.slowed(context, slowed.waitSeconds(), "too many registrations from there");
      return;
    }
    switch (read(context)) {
      case Asked.Refused(OAuthError error) -> error.send(context);
      case Asked.Valid(String name, List<String> redirectUris) ->
          clients
              .register(name, redirectUris, Attempts.address(context))
              .onSuccess(
                  client ->
                      client.ifPresentOrElse(
                          registered -> Answers.json(context, 201, json(registered)),
                          () ->
                              new OAuthError(
                                      Code.TEMPORARILY_UNAVAILABLE,
                                      "too many clients are registered")
                                  .send(context)))
              .onFailure(context::fail);
    }
  }

  private sealed interface Asked {
    record Valid(String name, List<String> redirectUris) implements Asked {}

    record Refused(OAuthError error) implements Asked {}
  }

  private static Asked read(RoutingContext context) {
    JsonObject said;
    try {
      said = Optional.ofNullable(context.body().asJsonObject()).orElseGet(JsonObject::new);
    } catch (DecodeException | ClassCastException notAnObject) {
      return refused(Code.INVALID_CLIENT_METADATA, "expected a JSON object");
    }
    List<String> redirectUris = redirectUris(said);
    if (redirectUris.isEmpty()) {
      return refused(
          Code.INVALID_REDIRECT_URI,
          "expected up to ten redirect_uris, and one of them https, or http on 127.0.0.1 or"
              + " localhost, without user or fragment");
    }
    String name = said.getValue("client_name") instanceof String text ? text : "An application";
    if (!NAME.matcher(name).matches()) {
      return refused(
          Code.INVALID_CLIENT_METADATA, "expected a client_name of up to 64 letters and digits");
    }
    if (!asksForCodes(said) || !within(said, "response_types", Set.of("code"))) {
      return refused(
          Code.INVALID_CLIENT_METADATA,
          "expected authorization_code among grant_types, and response_types code");
    }
    return new Asked.Valid(name, redirectUris);
  }

  /**
   * Those that may be registered: clients also name what only another of their kind goes back to,
   * as a desktop by a scheme of its own. Empty if there are none, or if it isn't a list of texts.
   */
  private static List<String> redirectUris(JsonObject said) {
    return said.getValue("redirect_uris") instanceof JsonArray named
            && named.size() <= MOST_REDIRECT_URIS
            && named.stream().allMatch(String.class::isInstance)
        ? named.stream()
            .map(String.class::cast)
            .flatMap(text -> Client.redirectUri(text).stream())
            .toList()
        : List.of();
  }

  /**
   * Clients name all grants that they know; those that aren't for them are left out of what is
   * registered (RFC 7591 §2).
   */
  private static boolean asksForCodes(JsonObject said) {
    return !said.containsKey("grant_types")
        || (said.getValue("grant_types") instanceof JsonArray asked
            && asked.stream().allMatch(String.class::isInstance)
            && asked.contains(CODE_GRANT));
  }

  private static boolean within(JsonObject said, String name, Set<String> allowed) {
    return !said.containsKey(name)
        || (said.getValue(name) instanceof JsonArray asked
            && asked.stream()
                .allMatch(each -> each instanceof String text && allowed.contains(text)));
  }

  private static Asked refused(Code code, String description) {
    return new Asked.Refused(new OAuthError(code, description));
  }

  /** §3.2.1: what was registered, which may be other than was asked for. */
  private static JsonObject json(Client client) {
    return new JsonObject()
        .put("client_id", client.id())
        .put("client_name", client.name())
        .put("redirect_uris", new JsonArray(client.redirectUris()))
        .put("grant_types", new JsonArray(List.of(CODE_GRANT, "refresh_token")))
        .put("response_types", new JsonArray(List.of("code")))
        .put("token_endpoint_auth_method", "none");
  }
}
