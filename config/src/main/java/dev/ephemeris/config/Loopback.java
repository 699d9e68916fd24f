package dev.ephemeris.config;

import java.net.InetAddress;

/** Hosts that are the machine itself. */
public final class Loopback {

  private Loopback() {}

  /**
   * Whether the host of a URL, or of {@code host:port}, is this machine by its name or address; no
   * name is looked up.
   */
  public static boolean is(String host) {
    if (host.equalsIgnoreCase("localhost") || host.endsWith(".localhost")) {
      return true;
    }
    String literal =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    try {
      return InetAddress.ofLiteral(literal).isLoopbackAddress();
    } catch (IllegalArgumentException aName) {
      return false;
    }
  }
}
