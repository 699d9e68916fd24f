package dev.ephemeris.gateway.cli;

import java.nio.file.Path;
import java.util.Optional;

/** A lease that was given, for people: what it is, until when, and how to use it. */
final class LeaseText {

  private final Surroundings surroundings;
  private final Connection connection;

  LeaseText(Surroundings surroundings, Connection connection) {
    this.surroundings = surroundings;
    this.connection = connection;
  }

  /**
   * Prints a lease that was given.
   *
   * @param tokenOnly whether its credential alone
   * @throws Failure if there is none to be shown
   */
  void print(Reply<Api.IssuedLease> issued, boolean tokenOnly, Output output) throws Failure {
    if (tokenOnly) {
      output.line(credential(issued.value()));
    } else {
      output.print(issued, this::of);
    }
  }

  private String of(Api.IssuedLease issued) {
    Api.Lease lease = issued.lease();
    return """
    Lease %s on %s%s
    role      %s (%s)
    rule      %s
    ends      %s%s

    %s\
    """
        .formatted(
            lease.id(),
            lease.scope(),
            lease.partitionKey().map(key -> ", partition key " + key).orElse("")
                + lease.item().map(id -> ", item " + id).orElse(""),
            lease.role(),
            String.join(", ", lease.actions()),
            lease.rule(),
            surroundings.ending(lease.expiresAt()),
            beyond(issued),
            Snippets.of(
                issued,
                ResourceScope.parse(lease.scope()).orElse(ResourceScope.NONE),
                trusted(lease)));
  }

  private static String credential(Api.IssuedLease issued) throws Failure {
    if (issued.credential().isEmpty()) {
      throw new Failure(
          Failure.Kind.LOCAL,
          "In the lane rbac no credential is handed over: lease "
              + issued.lease().id()
              + " is a role, for your own token of Entra ID.");
    }
    return issued.credential();
  }

  /** What ends otherwise than the lease does. */
  private static String beyond(Api.IssuedLease issued) {
    return issued
        .lease()
        .worksUntil()
        .map(
            end ->
                "\nworks     until "
                    + end
                    + ": nobody can revoke a resource token, and Cosmos DB takes it somewhat longer"
                    + " than was asked for")
        .or(
            () ->
                issued
                    .effectiveWithinSeconds()
                    .map(
                        seconds ->
                            "\nworks     within "
                                + seconds
                                + " s, and for as long after its end: so long the account takes to"
                                + " learn of a role"))
        .orElse("");
  }

  /** The gateway's own certificate authority says nothing about an account of Azure's. */
  private Optional<Path> trusted(Api.Lease lease) {
    return lease.lane().equals("proxy") ? connection.namedCa() : Optional.empty();
  }
}
