package dev.ephemeris.gateway.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Somebody's sign-in at one gateway, as this machine keeps it.
 *
 * @param gateway the only address to which the tokens may go, besides the issuer's
 * @param ca the authority that the gateway's certificate needs, if the system doesn't know it
 * @param issuer who gave the tokens, the gateway itself or an issuer by its identifier
 */
record SignIn(
    String gateway,
    Optional<Path> ca,
    String issuer,
    String clientId,
    String accessToken,
    Optional<String> refreshToken,
    Instant expiresAt) {

  /** A token that ends while the request travels is no use. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  boolean expired(Instant now) {
    return now.plus(MARGIN).isAfter(expiresAt);
  }

  /** With what a refresh gave; an issuer that doesn't rotate leaves the refresh token out. */
  SignIn renewed(Tokens tokens, Instant now) {
    return new SignIn(
        gateway,
        ca,
        issuer,
        clientId,
        tokens.accessToken(),
        tokens.refreshToken().or(this::refreshToken),
        now.plus(tokens.lifetime()));
  }

  @Override
  public String toString() {
    return "SignIn[" + gateway + " by " + issuer + "]";
  }
}
