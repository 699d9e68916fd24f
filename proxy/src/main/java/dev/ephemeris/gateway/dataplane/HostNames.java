package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.LeaseId;
import io.vertx.core.net.HostAndPort;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The host names under which the data plane is there: {@code {gateway}}, {@code
 * {account}.{gateway}} and {@code {leaseId}.lease.{gateway}}; the latter two also for one region of
 * an account, with {@code -{region}} behind account or lease id, as in Azure's own names. A request
 * for any other is refused, so that what the account document repeats is a name of ours.
 */
final class HostNames {

  /** What a matching host name says about the request. */
  sealed interface Host {

    /** The gateway's own name, which this one is or ends in. */
    String gateway();

    /** The label of the region that it stands for; empty where the account's own endpoint does. */
    Optional<String> region();

    /** Under which name a client that came by this one finds a region of its lease's account. */
    String inRegion(Lease lease, String region);

    record Gateway(String gateway) implements Host {
      @Override
      public Optional<String> region() {
        return Optional.empty();
      }

      @Override
      public String inRegion(Lease lease, String region) {
        return lease.scope().account() + "-" + region + "." + gateway;
      }
    }

    record Account(String gateway, String account, Optional<String> region) implements Host {
      @Override
      public String inRegion(Lease lease, String region) {
        return account + "-" + region + "." + gateway;
      }
    }

    record OfLease(String gateway, LeaseId lease, Optional<String> region) implements Host {
      @Override
      public String inRegion(Lease own, String region) {
        return lease + "-" + region + OF_LEASES + "." + gateway;
      }
    }
  }

  private static final String OF_LEASES = ".lease";

  /** What a label below the gateway's name stands for. */
  private record Place(String account, Optional<String> region) {}

  private final List<String> gateways;
  private final Map<String, Place> places;

  /**
   * @param accounts the labels of each account's regions
   */
  HostNames(List<String> gateways, Map<String, Set<String>> accounts) {
    this.gateways = gateways.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    this.places = places(accounts);
  }

  /** An account has its name first; no region of another's may have it, says the configuration. */
  private static Map<String, Place> places(Map<String, Set<String>> accounts) {
    Map<String, Place> places = new HashMap<>();
    accounts.keySet().forEach(name -> places.put(name, new Place(name, Optional.empty())));
    accounts.forEach(
        (account, regions) ->
            regions.forEach(
                region ->
                    places.putIfAbsent(
                        account + "-" + region, new Place(account, Optional.of(region)))));
    return Map.copyOf(places);
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
        return Optional.of(new Host.Gateway(gateway));
      }
      if (host.endsWith("." + gateway)) {
        return below(gateway, host.substring(0, host.length() - gateway.length() - 1));
      }
    }
    return Optional.empty();
  }

  private Optional<Host> below(String gateway, String label) {
    if (label.endsWith(OF_LEASES)) {
      String[] parts = label.substring(0, label.length() - OF_LEASES.length()).split("-", 2);
      Optional<String> region = parts.length == 2 ? Optional.of(parts[1]) : Optional.empty();
      return LeaseId.parse(parts[0]).map(lease -> new Host.OfLease(gateway, lease, region));
    }
    return label.indexOf('.') < 0 ? Optional.of(account(gateway, label)) : Optional.empty();
  }

  private Host account(String gateway, String label) {
    Place place = places.getOrDefault(label, new Place(label, Optional.empty()));
    return new Host.Account(gateway, place.account(), place.region());
  }
}
