package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "panic",
    description = {
      "A key may have leaked: makes all four keys of an account anew, at once.",
      "",
      "As 'ephemeris account rotate', but it waits for nothing that the keys have signed, and",
      "takes the place of a rotation that is under way. Leases of the lane token end, and nobody",
      "is given another until it is over. Whether resource tokens that are out there die with the",
      "keys is seen by one that nobody was given; 'ephemeris account keys' says so, and where it",
      "is. Requests through the gateway go on. Takes the action ephemeris/accounts/panic."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris account panic orders-prod --cut-off-others",
      "  ephemeris account keys orders-prod"
    })
final class PanicAboutAccount implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "ACCOUNT", description = "As 'ephemeris account list' shows it.")
  private AccountName account = AccountName.NONE;

  @Option(
      names = "--cut-off-others",
      description = {
        "Yes, whoever else uses a key or a resource token of the account may be cut off; has to",
        "be said each time."
      })
  private boolean cutOffOthers;

  PanicAboutAccount(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(
        connection.signedIn().panicAboutAccount(account, cutOffOthers),
        keys -> AccountKeys.describe(keys, surroundings));
    return 0;
  }
}
