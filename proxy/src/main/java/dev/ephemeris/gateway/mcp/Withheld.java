package dev.ephemeris.gateway.mcp;

import dev.ephemeris.gateway.dataplane.InnerClient;

/** How much of an answer looked like credentials, and isn't there. */
final class Withheld {

  private Withheld() {}

  static int of(InnerClient.Answer answer) {
    String number = answer.headers().get(dev.ephemeris.gateway.credential.Withheld.HEADER);
    return number == null ? 0 : Integer.parseInt(number);
  }
}
