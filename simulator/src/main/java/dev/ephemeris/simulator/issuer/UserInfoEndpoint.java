package dev.ephemeris.simulator.issuer;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.ephemeris.simulator.issuer.OAuthError.Code;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** {@code /userinfo}: who the bearer of an access token is (OpenID Connect Core §5.3). */
final class UserInfoEndpoint {
  private static final String BEARER = "Bearer ";

  private final DevelopmentIssuer.Settings settings;
  private final Tokens tokens;
  private final Sessions sessions;

  UserInfoEndpoint(DevelopmentIssuer.Settings settings, Tokens tokens, Sessions sessions) {
    this.settings = settings;
    this.tokens = tokens;
    this.sessions = sessions;
  }

  Answer answer(Optional<String> authorization) {
    return authorization
        .filter(header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
        .flatMap(header -> tokens.readCurrent(Tokens.ACCESS, header.substring(BEARER.length())))
        .filter(claims -> !sessions.hasEnded(String.valueOf(claims.getClaim("sid"))))
        .map(JWTClaimsSet::getSubject)
        .flatMap(settings::person)
        .<Answer>map(UserInfoEndpoint::describe)
        .orElseGet(
            () ->
                new OAuthError(
                    Code.INVALID_TOKEN, "Show a person's current access token of this issuer"));
  }

  private static Answer describe(Person person) {
    return new Answer.Success(
        JsonObject.of(
            "sub", person.subject(),
            "name", person.displayName(),
            "preferred_username", person.name(),
            "email", person.email(),
            "email_verified", true));
  }
}
