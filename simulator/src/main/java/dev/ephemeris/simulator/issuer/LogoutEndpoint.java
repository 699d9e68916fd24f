package dev.ephemeris.simulator.issuer;

import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Optional;

/**
 * {@code /logout}: ends the sign-in that an ID token names (OpenID Connect RP-Initiated Logout
 * 1.0).
 */
final class LogoutEndpoint {
  private final DevelopmentIssuer.Settings settings;
  private final Tokens tokens;
  private final Sessions sessions;

  LogoutEndpoint(DevelopmentIssuer.Settings settings, Tokens tokens, Sessions sessions) {
    this.settings = settings;
    this.tokens = tokens;
    this.sessions = sessions;
  }

  void answer(RoutingContext context, Parameters parameters) {
    // §4: an expired ID token is a good hint still
    var hint = parameters.get("id_token_hint").flatMap(token -> tokens.read(Tokens.ID, token));
    if (hint.isEmpty()) {
      Reply.page(
          context,
          400,
          Page.message(
              "Nobody to sign out",
              "This issuer keeps no session in the browser; an application signs out with its ID"
                  + " token."));
      return;
    }
    sessions.end(String.valueOf(hint.get().getClaim("sid")));
    var client = hint.get().getAudience().stream().findFirst().flatMap(settings::client);
    var back = client.flatMap(known -> wayBack(known, parameters));
    back.ifPresentOrElse(
        way -> Reply.redirect(context, way.with(Map.of())),
        () -> Reply.page(context, 200, Page.message("Signed out", "You can close this page.")));
  }

  private static Optional<Return> wayBack(Client client, Parameters parameters) {
    return parameters
        .get("post_logout_redirect_uri")
        .filter(client::redirectsTo)
        .filter(
            uri ->
                parameters.get("client_id").filter(id -> !id.equals(client.clientId())).isEmpty())
        .map(uri -> new Return(uri, parameters.get("state")));
  }
}
