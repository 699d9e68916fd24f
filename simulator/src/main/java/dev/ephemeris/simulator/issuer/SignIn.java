package dev.ephemeris.simulator.issuer;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * One person's sign-in: who, when, by which methods, and the id that all its tokens share.
 *
 * @param methods authentication methods, RFC 8176
 */
record SignIn(Person person, Instant at, List<String> methods, String sid) {
  private static final List<String> TWO_FACTORS = List.of("pwd", "otp", "mfa");
  private static final List<String> ONE_FACTOR = List.of("pwd");

  SignIn {
    methods = List.copyOf(methods);
  }

  static SignIn withTwoFactors(Person person, Instant at) {
    return new SignIn(person, at, TWO_FACTORS, UUID.randomUUID().toString());
  }

  static SignIn withOneFactor(Person person, Instant at) {
    return new SignIn(person, at, ONE_FACTOR, UUID.randomUUID().toString());
  }
}
