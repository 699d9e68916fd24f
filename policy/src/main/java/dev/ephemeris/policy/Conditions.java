package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.yaml.Default;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What must hold at the moment of a request for a rule to apply; what is empty always does.
 *
 * @param principal the caller is of this kind. {@link PolicyFile.RuleEntry} makes it one of the
 *     rule's subjects, so that it is asked of nothing later
 * @param network the request comes from one of these ranges. From nowhere known is from none
 * @param window the request comes within these hours
 * @param mfa a second factor of the caller's sign-in counts, as their issuer's configuration has it
 * @param clients the caller signed in by one of these OAuth clients
 * @param reason the lease was asked for with such a reason
 * @param ticket the lease was asked for with such a ticket
 */
record Conditions(
    Optional<PrincipalKind> principal,
    Optional<List<Network>> network,
    Optional<TimeWindow> window,
    @Default("false") boolean mfa,
    Optional<Set<String>> clients,
    Optional<TextPattern> reason,
    Optional<TextPattern> ticket) {

  static final Conditions NONE =
      new Conditions(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  Conditions {
    PolicyFile.requireSome(network, "network");
    PolicyFile.requireSome(clients, "clients");
    network = network.map(List::copyOf);
    clients = clients.map(Set::copyOf);
  }

  boolean isNone() {
    return equals(NONE);
  }

  Conditions withoutPrincipal() {
    return new Conditions(Optional.empty(), network, window, mfa, clients, reason, ticket);
  }

  boolean hold(Circumstances circumstances) {
    Standing standing = circumstances.standing();
    return (network.isEmpty() || isFrom(network.get(), circumstances.from()))
        && (window.isEmpty() || window.get().contains(circumstances.at()))
        && (!mfa || standing.mfaUntil().filter(circumstances.at()::isBefore).isPresent())
        && (clients.isEmpty() || standing.client().filter(clients.get()::contains).isPresent())
        && (reason.isEmpty() || standing.reason().filter(reason.get()::matches).isPresent())
        && (ticket.isEmpty() || standing.ticket().filter(ticket.get()::matches).isPresent());
  }

  private static boolean isFrom(List<Network> networks, Optional<InetAddress> from) {
    return from.filter(address -> networks.stream().anyMatch(network -> network.contains(address)))
        .isPresent();
  }

  /** For example {@code from 10.0.0.0/8, within mon-fri 08:00 to 18:00 UTC}; empty for none. */
  @Override
  public String toString() {
    return Stream.of(
            network.map(any -> "from " + words(any)),
            window.map(hours -> "within " + hours),
            mfa ? Optional.of("with a second factor") : Optional.<String>empty(),
            clients.map(any -> "by client " + words(any)),
            reason.map(pattern -> "with a reason like " + pattern),
            ticket.map(pattern -> "with a ticket like " + pattern))
        .flatMap(Optional::stream)
        .collect(joining(", "));
  }

  private static String words(Collection<?> any) {
    return any.stream().map(Object::toString).sorted().collect(joining(" or "));
  }
}
