package dev.ephemeris.gateway.cli;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "list",
    description = {
      "Lists the accounts behind the gateway, and how each came there.",
      "",
      "The gateway's configuration lists what is 'configured'; what is 'found' has a",
      "tag in Azure; what is 'added' somebody has added, and it goes by itself. Below",
      "stands what isn't as the configuration, or Azure, has it.",
      "",
      "Takes the action ephemeris/accounts/read."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris account list",
      "  ephemeris account list --output json | jq -r '.accounts[].endpoint'"
    })
final class ListAccounts implements Callable<Integer> {

  private final Surroundings surroundings;
  private final Columns<Api.Account> columns =
      new Columns<>(List.of("ACCOUNT", "ENVIRONMENT", "LANES", "ORIGIN", "ENDS"), this::row);

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  ListAccounts(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(
        connection.signedIn().accounts(),
        all ->
            columns.table(all.accounts(), "There are no accounts behind the gateway.")
                + (all.notices().isEmpty() ? "" : "\n")
                + all.notices().stream().map(notice -> "\nNotice: " + notice).collect(joining()));
    return 0;
  }

  private List<String> row(Api.Account account) {
    return List.of(
        account.account(),
        account.environment(),
        String.join(", ", account.lanes()),
        account.origin(),
        account.endsAt().map(surroundings::ending).orElse("-"));
  }
}
