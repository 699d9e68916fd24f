package dev.ephemeris.gateway.lease;

/**
 * The credential of a lease in the form of an account key, 64 bytes in Base64, for tools that sign
 * their requests. It is good at the host name of its lease only. Doesn't print itself.
 */
public record LeaseKey(String reveal) {

  @Override
  public String toString() {
    return "LeaseKey[…]";
  }
}
