package dev.ephemeris.gateway.cli;

import java.time.Duration;
import java.util.Optional;

/** What an issuer gave: secrets, so they don't print themselves. */
record Tokens(String accessToken, Optional<String> refreshToken, Duration lifetime) {

  @Override
  public String toString() {
    return "Tokens[" + lifetime + "]";
  }
}
