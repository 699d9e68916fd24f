package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "remove",
    description = {
      "Takes away an account that somebody has added, before its time is over.",
      "",
      "Its leases end, and the next request with one is refused; resource tokens go on",
      "until their own end. In Azure the account stays as it is, but for roles that",
      "leases had there. What the configuration lists is taken away there, and what was",
      "found by a tag goes with the tag.",
      "",
      "Takes the action ephemeris/accounts/add."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris account remove orders-pr-7"})
final class RemoveAccount implements Callable<Integer> {

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "ACCOUNT", description = "As 'ephemeris account list' shows it.")
  private AccountName account = AccountName.NONE;

  RemoveAccount(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    connection.signedIn().removeAccount(account);
    output.people(
        "Account "
            + account.value()
            + " isn't behind the gateway any more; its leases have ended.");
    return 0;
  }
}
