package dev.ephemeris.config;

import dev.ephemeris.policy.yaml.Suggestion;
import java.util.List;

/** What the {@code typ} header of an access token says. */
public enum TokenType {
  /** An access token and nothing else (RFC 9068 §2.1). */
  AT_JWT("at+jwt"),
  /**
   * Any token, or no {@code typ} at all: for issuers that don't tell their access tokens from
   * others, such as Entra ID and Keycloak. Only audience and client keep ID tokens out then.
   */
  JWT("JWT"),
  /** A Backstage user token: what Backstage's frontend calls its backend with. */
  BACKSTAGE_USER("vnd.backstage.user");

  private final String headerName;

  TokenType(String headerName) {
    this.headerName = headerName;
  }

  /**
   * Reads a type as a token's header spells it.
   *
   * @throws IllegalArgumentException if it isn't one of these
   */
  public static TokenType parse(String name) {
    return Suggestion.choose("type", name, List.of(values()));
  }

  @Override
  public String toString() {
    return headerName;
  }
}
