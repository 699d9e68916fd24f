package dev.ephemeris.simulator.issuer;

import java.util.Arrays;
import java.util.Optional;

/** A way to obtain tokens, spelt on the wire as its RFC spells it. */
public enum GrantType {
  /** RFC 6749 §4.1, here always with PKCE (RFC 7636). */
  AUTHORIZATION_CODE("authorization_code"),
  /** RFC 8628. */
  DEVICE_CODE("urn:ietf:params:oauth:grant-type:device_code"),
  /** RFC 6749 §6, rotating. */
  REFRESH_TOKEN("refresh_token"),
  /** RFC 6749 §4.4. */
  CLIENT_CREDENTIALS("client_credentials");

  private final String value;

  GrantType(String value) {
    this.value = value;
  }

  /** The value of the {@code grant_type} parameter. */
  public String value() {
    return value;
  }

  static Optional<GrantType> parse(String value) {
    return Arrays.stream(values()).filter(type -> type.value.equals(value)).findFirst();
  }
}
