package dev.ephemeris.gateway.cli;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "keys",
    description = {
      "Says where an account's keys are in their life, never what they are; or who uses them.",
      "",
      "Who uses them is what Azure has logged: who was let in by a key, or by a resource token",
      "that a key has made. A rotation cuts them off. What is told as the gateway's own is what",
      "says that it is: compare the addresses.",
      "",
      "Takes the action ephemeris/accounts/rotate."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris account keys orders-prod",
      "  ephemeris account keys orders-prod --users --days 30",
      "  ephemeris account keys orders-prod --output json | jq -r .rotation.step"
    })
final class AccountKeys implements Callable<Integer> {

  /** The service makes none for longer. */
  private static final String OTHERS =
      "\n          those that others made with a key, up to a day from then";

  private static final Columns<Api.KeyUser> USERS =
      new Columns<>(
          List.of("BY", "ADDRESS", "REQUESTS", "FIRST", "LAST", "USER AGENT"),
          user ->
              List.of(
                  user.credential(),
                  user.address(),
                  Long.toString(user.requests()),
                  user.firstSeen().truncatedTo(ChronoUnit.SECONDS).toString(),
                  user.lastSeen().truncatedTo(ChronoUnit.SECONDS).toString(),
                  user.gateway() ? "a gateway" : user.userAgent()));

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "ACCOUNT", description = "As 'ephemeris account list' shows it.")
  private AccountName account = AccountName.NONE;

  @Option(names = "--users", description = "Who uses them, by Azure's logs.")
  private boolean users;

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "With --users: how far to look back, 1 to 90 days; 7 if not given.")
  private int days = 7;

  AccountKeys(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    GatewayClient gateway = connection.signedIn();
    if (users) {
      output.print(gateway.keyUsers(account, days), AccountKeys::describe);
    } else {
      output.print(gateway.accountKeys(account), keys -> describe(keys, surroundings));
    }
    return 0;
  }

  private static String describe(Api.KeyUsers keys) {
    if (!keys.logged()) {
      return keys.advice().orElse("Azure logs no requests of this account's.");
    }
    String since = keys.since().map(at -> " since " + at).orElse("");
    boolean others = keys.users().stream().anyMatch(user -> !user.gateway());
    String what =
        others
            ? "A rotation cuts off who isn't the gateway.\n\n"
            : "Nobody has used a key of "
                + keys.account()
                + since
                + ", by Azure's logs"
                + (keys.users().isEmpty()
                    ? "."
                    : ", but who says that it is the gateway. Compare the addresses.");
    return what
        + (keys.users().isEmpty() ? "" : (others ? "" : "\n\n") + USERS.table(keys.users()))
        + (keys.complete().orElse(true)
            ? ""
            : "\n\nThese have the most requests, and there are others. Look back less far.");
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
                    (run.panic() ? "\npanic     " : "\nrotation  ")
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
    return inUse + rotated + underWay + panic(keys);
  }

  /** What is known of resource tokens, since a key may have leaked. */
  private static String panic(Api.AccountKeys keys) {
    boolean on = keys.rotation().filter(Api.Rotation::panic).isPresent();
    return keys.panic()
        .map(
            panic ->
                (on ? "" : "\npanic     at " + panic.startedAt() + " by " + panic.startedBy())
                    + "\ntokens    "
                    + panic.tokens().map(fate -> tokens(fate, panic)).orElse(last(panic))
                    + (on ? "\n          nobody is given another until this is over" : ""))
        .orElse("");
  }

  private static String tokens(String fate, Api.Panic panic) {
    return switch (fate) {
      case "died" -> "those of before have died: the account refuses one that was let in before";
      case "go-on" ->
          "those of before go on: the account still lets one in\n          " + last(panic) + OTHERS;
      default ->
          "whether those of before died wasn't seen: "
              + panic.reason().orElse("nobody knows why")
              + "\n          "
              + last(panic)
              + OTHERS;
    };
  }

  private static String last(Api.Panic panic) {
    return panic
        .tokensWorkUntil()
        .map(until -> "the last that the gateway gave works until " + until + " at most")
        .orElse("none that the gateway gave is good any more");
  }
}
