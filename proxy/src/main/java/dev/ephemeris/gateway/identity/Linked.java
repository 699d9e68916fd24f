package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.Principal;
import java.util.Optional;

/**
 * What an issuer may say of somebody that makes them a User of the catalog. All of one User are one
 * human.
 *
 * @param issuer its name in the configuration
 * @param claim in which claim it says so; empty if it is the subject
 */
public record Linked(String issuer, Optional<String> claim, String value) {

  /** The principal with this subject. */
  static Linked subject(String issuer, String subject) {
    return new Linked(issuer, Optional.empty(), subject);
  }

  /** Whether it is by this that the principal is found. */
  boolean isOf(Principal principal) {
    return issuer.equals(principal.id().issuer())
        && claim
            .map(name -> value.equals(principal.claims().get(name)))
            .orElseGet(() -> value.equals(principal.id().subject()));
  }

  /** For people: {@code the subject of corp:4711}, {@code email alice@acme.example of corp}. */
  String described() {
    return claim
        .map(name -> name + " " + value + " of issuer " + issuer)
        .orElse("the subject of " + issuer + ":" + value);
  }
}
