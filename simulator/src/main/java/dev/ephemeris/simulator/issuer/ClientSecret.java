package dev.ephemeris.simulator.issuer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;

/** A confidential client's secret, which can be compared but not printed. Immutable. */
public final class ClientSecret {
  private final byte[] value;

  /** Throws {@link IllegalArgumentException} if {@code value} is empty. */
  public ClientSecret(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("A client secret must not be empty");
    }
    this.value = value.getBytes(UTF_8);
  }

  boolean isSameAs(ClientSecret other) {
    return MessageDigest.isEqual(value, other.value);
  }

  @Override
  public String toString() {
    return "ClientSecret[hidden]";
  }
}
