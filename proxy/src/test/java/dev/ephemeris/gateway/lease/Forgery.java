package dev.ephemeris.gateway.lease;

import dev.ephemeris.cosmos.MasterKey;

/** Credentials that the gateway gives to nobody: the other form of a lease's. */
public final class Forgery {

  private Forgery() {}

  public static String token(LeaseSecrets secrets, LeaseId lease) {
    return secrets.token(lease).reveal();
  }

  public static MasterKey key(LeaseSecrets secrets, LeaseId lease) {
    return secrets.verifier(lease).orElseThrow();
  }
}
