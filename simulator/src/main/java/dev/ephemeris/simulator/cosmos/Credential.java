package dev.ephemeris.simulator.cosmos;

import java.util.Optional;

/** What a request showed, as far as the account knows it. Holds no secret. */
public sealed interface Credential {

  /** It was signed with one of the account's keys. */
  record Key(KeyKind kind) implements Credential {}

  /**
   * It showed a resource token of the account's.
   *
   * @param source which permission it was read from; empty if the test minted it
   */
  record ResourceToken(Optional<Source> source) implements Credential {

    /** A permission of a user. */
    public record Source(String userRid, String permissionId) {}
  }

  /** It showed an access token of the tenant's. */
  record Entra(String principalId) implements Credential {}

  /** It showed nothing, or nothing that is good here. */
  record Unknown() implements Credential {}
}
