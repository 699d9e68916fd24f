package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "keys",
    description = {
      "Says where an account's keys are in their life, never what they are.",
      "",
      "Takes the action ephemeris/accounts/rotate."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris account keys orders-prod",
      "  ephemeris account keys orders-prod --output json | jq -r .rotation.step"
    })
final class AccountKeys implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "ACCOUNT", description = "An account of the gateway's configuration.")
  private AccountName account = AccountName.NONE;

  AccountKeys(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(connection.signedIn().accountKeys(account), keys -> describe(keys, surroundings));
    return 0;
  }

  static String describe(Api.AccountKeys keys, Surroundings surroundings) {
    String inUse =
        "Account "
            + keys.account()
            + "\nin use    the "
            + keys.inUse()
            + " key"
            + keys.inUseSince().map(at -> ", since " + at).orElse("");
    String rotated =
        "\nrotated   " + keys.rotatedAt().map(Object::toString).orElse("never by this gateway");
    String underWay =
        keys.rotation()
            .map(
                run ->
                    "\nrotation  "
                        + run.step()
                        + (run.dueAt().isAfter(surroundings.now())
                            ? " at " + surroundings.ending(run.dueAt())
                            : "")
                        + ", started at "
                        + run.startedAt()
                        + " by "
                        + run.startedBy()
                        + run.failure()
                            .map(why -> "\nfailed    " + why + "; it is tried again")
                            .orElse(""))
            .orElse("");
    return inUse + rotated + underWay;
  }
}
