package dev.ephemeris.gateway.lease;

/**
 * The credential of a lease, as an SDK takes it in the place of an account key or resource token.
 * Doesn't print itself.
 */
public record LeaseToken(String reveal) {

  @Override
  public String toString() {
    return "LeaseToken[…]";
  }
}
