package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "rotate",
    description = {
      "Turns all four keys of an account over, and nothing that goes through the gateway fails.",
      "",
      "It goes on by itself for as long as Azure takes, and as long as resource tokens work that",
      "the keys have signed; 'ephemeris account keys' says where it is. Whoever else has a key of",
      "the account is cut off. Takes the action ephemeris/accounts/rotate."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris account rotate orders-prod",
      "  ephemeris account rotate orders-prod --cut-off-others"
    })
final class RotateKeys implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "ACCOUNT", description = "As 'ephemeris account list' shows it.")
  private AccountName account = AccountName.NONE;

  @Option(
      names = "--cut-off-others",
      description = {
        "Yes, whoever else uses a key of the account may be cut off; has to be said the first",
        "time."
      })
  private boolean cutOffOthers;

  RotateKeys(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(
        connection.signedIn().rotateKeys(account, cutOffOthers),
        keys -> AccountKeys.describe(keys, surroundings));
    return 0;
  }
}
