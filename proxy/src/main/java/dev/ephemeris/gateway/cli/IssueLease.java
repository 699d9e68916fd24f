package dev.ephemeris.gateway.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "lease",
    description = {
      "Gets a credential for a scope, as far and as long as the policy lets you.",
      "",
      "It is shown once: the gateway doesn't keep it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris lease orders-prod/shop/orders",
      "  ephemeris lease orders-prod/shop/orders --role data-contributor --ttl 30m",
      "  ephemeris lease saas/app/events --partition-key '[\"tenantA\"]'",
      "  ephemeris lease orders-prod/shop/orders --reason 'refund stuck' --ticket OPS-17",
      "  ephemeris lease orders-prod/shop/orders --lane token --ttl 10m",
      "  ephemeris lease orders-prod/shop/orders --key --ttl 30m",
      "  COSMOS_LEASE=\"$(ephemeris lease orders-prod/shop/orders --token-only)\""
    })
final class IssueLease implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final LeaseOptions options = new LeaseOptions(new LeaseOptions.Reason.IfWanted());
  @Mixin private final Output output = new Output();

  @Parameters(
      paramLabel = "SCOPE",
      description = "account/database/container, or as the gateway spells it.")
  private ResourceScope scope = ResourceScope.NONE;

  @Option(
      names = "--item",
      paramLabel = "ID",
      description = "Only this item, with --partition-key and --lane token.")
  private Optional<String> item = Optional.empty();

  @Option(
      names = "--lane",
      paramLabel = "LANE",
      description = {
        "How you reach the data: ${COMPLETION-CANDIDATES}. Through the gateway, if you don't say;",
        "else at the account itself: with a resource token, which nobody can revoke, or with your"
            + " own",
        "token of Entra ID and a role until the lease ends."
      })
  private Optional<Lane> lane = Optional.empty();

  @Option(
      names = "--key",
      description = {
        "A key and a connection string instead of a token, for tools that know nothing else;",
        "only where a rule lists it."
      })
  private boolean key;

  @Option(names = "--token-only", description = "Print the credential and nothing else.")
  private boolean tokenOnly;

  /** As they are written. */
  private enum Lane {
    proxy,
    token,
    rbac
  }

  IssueLease(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    Reply<Api.IssuedLease> issued =
        connection
            .signedIn()
            .issueLease(
                options
                    .wanted(scope, key ? WantedLease.Form.KEY : WantedLease.Form.TOKEN)
                    .in(lane.map(Lane::toString), item));
    new LeaseText(surroundings, connection).print(issued, tokenOnly, output);
    return 0;
  }
}
