package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.gateway.dataplane.DataPlane.Account;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The accounts behind the gateway, which come and go, and the host names that they have with it.
 *
 * <p>Confined to one event loop.
 */
final class Upstreams {

  private final List<String> gateways;
  private final Function<Account, Upstream> connect;
  private Map<Account, Upstream> all = Map.of();
  private Map<String, Upstream> byName = Map.of();
  private Optional<Upstream> only = Optional.empty();
  private HostNames hostNames;

  /**
   * None yet.
   *
   * @param gateways what the gateway is called
   */
  Upstreams(List<String> gateways, Function<Account, Upstream> connect) {
    this.gateways = List.copyOf(gateways);
    this.connect = connect;
    this.hostNames = new HostNames(gateways, Map.of());
  }

  /**
   * From now on it is these. Connections to one that was there and is as it was are kept; those to
   * one that isn't are closed once what is under way on them is through.
   */
  void become(List<Account> accounts) {
    Map<Account, Upstream> before = all;
    Map<Account, Upstream> after = new HashMap<>();
    for (Account account : accounts) {
      Upstream known = before.get(account);
      after.put(account, known == null ? connect.apply(account) : known);
    }
    all = Map.copyOf(after);
    byName =
        after.values().stream()
            .collect(Collectors.toUnmodifiableMap(Upstream::account, Function.identity()));
    hostNames =
        new HostNames(
            gateways,
            after.values().stream()
                .collect(Collectors.toMap(Upstream::account, Upstream::regions)));
    List<Account> lasting = accounts.stream().filter(account -> !account.comes()).toList();
    only =
        lasting.size() == 1 ? Optional.ofNullable(after.get(lasting.getFirst())) : Optional.empty();
    before.forEach(
        (account, upstream) -> {
          if (!after.containsKey(account)) {
            upstream.close();
          }
        });
  }

  HostNames hostNames() {
    return hostNames;
  }

  Optional<Upstream> find(String account) {
    return Optional.ofNullable(byName.get(account));
  }

  /** The one that is there for good, if there is one only. */
  Optional<Upstream> only() {
    return only;
  }
}
