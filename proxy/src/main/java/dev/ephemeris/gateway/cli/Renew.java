package dev.ephemeris.gateway.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "renew",
    description = {
      "Gives one of your leases more time, if the policy still gives it to you.",
      "",
      "What you show for it stays the same, but in the lane token, where you are shown a new",
      "one. The lease never ends later than the rule's maximum after its first issue, nor than",
      "the session in which it was issued."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris renew ba3q7", "  ephemeris renew ba3q7 --ttl 30m"})
final class Renew implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(
      paramLabel = "LEASE_ID",
      description = "The lease's id, as 'ephemeris leases' shows it.")
  private LeaseId lease = LeaseId.NONE;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description = "How long from now, such as 30m or 4h; else as the policy's rule says.")
  private Optional<Duration> ttl = Optional.empty();

  @Option(
      names = "--token-only",
      description = "Print the new credential of a lease of the lane token, and nothing else.")
  private boolean tokenOnly;

  Renew(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    Reply<Api.RenewedLease> renewed = connection.signedIn().renewLease(lease, ttl);
    if (tokenOnly) {
      output.line(
          renewed
              .value()
              .token()
              .orElseThrow(
                  () ->
                      new Failure(
                          Failure.Kind.LOCAL,
                          "Lease "
                              + renewed.value().lease().id()
                              + " was renewed, but isn't of the lane token: no credential is handed"
                              + " over anew, and what you show for it stays the same.")));
    } else {
      output.print(renewed, this::describe);
    }
    return 0;
  }

  private String describe(Api.RenewedLease renewed) {
    Api.Lease lease = renewed.lease();
    return "Lease "
        + lease.id()
        + " ends "
        + surroundings.ending(lease.expiresAt())
        + "."
        + renewed
            .token()
            .map(token -> "\n\nShell\n  export COSMOS_LEASE=" + Snippets.shellQuoted(token))
            .orElse("");
  }
}
