package dev.ephemeris.gateway.oauth;

import dev.ephemeris.gateway.identity.Audience;
import dev.ephemeris.gateway.oauth.OAuthError.Code;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the gateway's tokens are for, by the names that clients have for it (RFC 8707): the API, or
 * the door of agents.
 *
 * @param apiUrl the API's own name, once it is known
 */
record Resources(Supplier<URI> apiUrl) {

  /** Of each audience that the gateway gives tokens for. */
  String name(Audience audience) {
    return switch (audience) {
      case API -> apiUrl.get().toString();
      case MCP -> apiUrl.get() + AuthorizationServer.MCP;
      case DATA_PLANE -> throw new IllegalArgumentException("the gateway gives none for that");
    };
  }

  /** What tokens are asked for; the API's if nothing is said about it, and empty for another's. */
  Optional<Audience> asked(Parameters said) {
    return said.get("resource").map(this::named).orElseGet(() -> Optional.of(Audience.API));
  }

  /**
   * The same by a client: empty also for one that isn't the gateway's own and doesn't say. What
   * doesn't know of resources is nothing that somebody should let be all that they are: an agent,
   * say, that would agree to what it asked for itself.
   */
  Optional<Audience> asked(Parameters said, Client by) {
    return by.vouched() || said.get("resource").isPresent() ? asked(said) : Optional.empty();
  }

  /** The same, if anything is said about it. */
  boolean isFor(Audience audience, Parameters said) {
    return said.get("resource")
        .map(this::named)
        .filter(named -> named.filter(audience::equals).isEmpty())
        .isEmpty();
  }

  private Optional<Audience> named(String resource) {
    if (resource.equals(name(Audience.API)) || resource.equals(name(Audience.API) + "/")) {
      return Optional.of(Audience.API);
    }
    return resource.equals(name(Audience.MCP)) ? Optional.of(Audience.MCP) : Optional.empty();
  }

  OAuthError refusal() {
    return new OAuthError(
        Code.INVALID_TARGET,
        "resource must be " + name(Audience.API) + " or " + name(Audience.MCP) + " (RFC 8707)");
  }
}
