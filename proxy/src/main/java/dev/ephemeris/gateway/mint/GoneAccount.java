package dev.ephemeris.gateway.mint;

/** An account that has gone since its lane was asked for. */
final class GoneAccount {

  private GoneAccount() {}

  static String refusal(String account) {
    return "account “" + account + "” isn't behind the gateway any more.";
  }
}
