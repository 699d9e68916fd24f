package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import dev.ephemeris.policy.Network;
import dev.ephemeris.policy.yaml.Default;
import java.net.InetAddress;
import java.util.List;

/**
 * Proxies in front of the gateway, whose word on where a request comes from counts. Nobody else's
 * does.
 *
 * @param networks where they connect from
 * @param header the one header that they write; any other is the client's to forge
 */
public record TrustedProxies(
    List<Network> networks, @Default("x-forwarded-for") ForwardedBy header) {

  /** How proxies say for whom they speak. */
  public enum ForwardedBy {
    /** A list of addresses, to which each proxy adds whom it heard from. */
    X_FORWARDED_FOR,
    /** The same in the words of RFC 7239. */
    FORWARDED,
    /** Not at all: by the PROXY protocol only. */
    NONE
  }

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed
   */
  public TrustedProxies {
    require(!networks.isEmpty(), "expected at least one range of addresses", "networks");
    networks = List.copyOf(networks);
  }

  /** Whether a proxy may connect from there. */
  public boolean include(InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }
}
