package dev.ephemeris.gateway.account;

import java.time.Instant;

/** How an account came behind the gateway. */
public sealed interface Origin {

  /** The configuration lists it. */
  record Configured() implements Origin {
    @Override
    public String toString() {
      return "configured";
    }
  }

  /** It has a tag in Azure, since then as far as is known. */
  record Found(Instant since) implements Origin {
    @Override
    public String toString() {
      return "found";
    }
  }

  /**
   * Somebody added it.
   *
   * @param by a principal
   * @param endsAt when it goes by itself
   */
  record Added(String by, Instant since, Instant endsAt) implements Origin {
    @Override
    public String toString() {
      return "added";
    }
  }
}
