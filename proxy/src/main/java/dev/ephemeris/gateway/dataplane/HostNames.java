package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.gateway.lease.LeaseId;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The host names under which the data plane is there: {@code {gateway}}, {@code
 * {account}.{gateway}} and {@code {leaseId}.lease.{gateway}}. A request for any other is refused,
 * so that what the account document repeats is a name of ours.
 */
final class HostNames {

  /** What a matching host name says about the request. */
  sealed interface Host {
    record Gateway() implements Host {}

    record Account(String account) implements Host {}

    record OfLease(LeaseId lease) implements Host {}
  }

  private final List<String> gateways;

  HostNames(List<String> gateways) {
    this.gateways = gateways.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
  }

  /** The name to put into advice. */
  String first() {
    return gateways.getFirst();
  }

  Optional<Host> match(@Nullable HostAndPort authority) {
    if (authority == null) {
      return Optional.empty();
    }
    String host = authority.host().toLowerCase(Locale.ROOT);
    for (String gateway : gateways) {
      if (host.equals(gateway)) {
        return Optional.of(new Host.Gateway());
      }
      if (host.endsWith("." + gateway)) {
        return below(host.substring(0, host.length() - gateway.length() - 1));
      }
    }
    return Optional.empty();
  }

  private static Optional<Host> below(String label) {
    if (label.endsWith(".lease")) {
      return LeaseId.parse(label.substring(0, label.length() - ".lease".length()))
          .map(Host.OfLease::new);
    }
    return label.indexOf('.') < 0 ? Optional.of(new Host.Account(label)) : Optional.empty();
  }
}
