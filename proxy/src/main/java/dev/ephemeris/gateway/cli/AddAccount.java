package dev.ephemeris.gateway.cli;

import dev.ephemeris.config.ResourceId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "add",
    description = {
      "Puts an account behind the gateway for a time.",
      "",
      "For preview environments: it goes by itself, and its leases end with it. The",
      "gateway's configuration says where in Azure such accounts are, in which",
      "environments, and for how long at most; Azure says where their data is. To add",
      "one again changes until when it is there, and its environment.",
      "",
      "Takes the action ephemeris/accounts/add. docs/accounts.md has the rest."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ACCOUNT_ID=$(az cosmosdb show --resource-group previews --name orders-pr-7 \\",
      "      --query id --output tsv)",
      "  ephemeris account add \"$ACCOUNT_ID\" --environment preview-7 --for 3d",
      "  ephemeris account add \"$ACCOUNT_ID\" --environment preview-7 \\",
      "      --until 2026-12-01T09:00Z"
    })
final class AddAccount implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(
      paramLabel = "RESOURCE_ID",
      description = "Which account: its id in Azure, as 'az cosmosdb show --query id' prints it.")
  private @Nullable ResourceId id;

  @Option(
      names = "--environment",
      required = true,
      paramLabel = "NAME",
      description = "The environment that it is in, of which rules speak, such as preview-7.")
  private String environment = "";

  // With a first value of its own it could be left out.
  @ArgGroup(multiplicity = "1")
  private @Nullable Stay stay;

  /** How long it is there, said in one of two ways. */
  private static final class Stay {

    @Option(
        names = "--for",
        paramLabel = "DURATION",
        description = "How long it is there, from now on by this machine's clock, such as 3d.")
    private Optional<Duration> time = Optional.empty();

    @Option(
        names = "--until",
        paramLabel = "TIME",
        converter = Moments.End.class,
        description = "Until when it is there, such as 2026-12-01T09:00Z.")
    private Optional<Instant> end = Optional.empty();

    /** In whole seconds, and never later than asked for: that may be too late. */
    Instant end(Instant now) {
      return time.map(now::plus).or(() -> end).orElseThrow().truncatedTo(ChronoUnit.SECONDS);
    }
  }

  AddAccount(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(
        connection
            .signedIn()
            .addAccount(
                Objects.requireNonNull(id),
                environment,
                Objects.requireNonNull(stay).end(surroundings.now())),
        this::describe);
    return 0;
  }

  private String describe(Api.Account account) {
    return """
    Account %s is behind the gateway, in environment %s
    at        %s
    lanes     %s
    ends      %s

    A lease there, as far as the policy lets you:
      ephemeris lease %s/DATABASE/CONTAINER%s\
    """
        .formatted(
            account.account(),
            account.environment(),
            account.endpoint(),
            String.join(", ", account.lanes()),
            account.endsAt().map(surroundings::ending).orElse("-"),
            account.account(),
            lane(account));
  }

  /** The lane to ask for, where it isn't the one that a lease has if nobody says. */
  private static String lane(Api.Account account) {
    return account.lanes().contains("proxy")
        ? ""
        : account.lanes().stream().findFirst().map(lane -> " --lane " + lane).orElse("");
  }
}
