package dev.ephemeris.gateway.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "list",
    description = {
      "Lists root keys, the newest first: what each is good for, and what hangs on it.",
      "",
      "Takes the action ephemeris/root-keys/rotate."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris root-key list",
      "  ephemeris root-key list --output json | jq '.rootKeys[] | select(.leases == 0)'"
    })
final class ListRootKeys implements Callable<Integer> {

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  private static final Columns<Api.RootKey> COLUMNS =
      new Columns<>(
          List.of("KID", "FROM", "STATE", "SINCE", "LEASES", "LAST ENDS"), ListRootKeys::row);

  ListRootKeys(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(
        connection.signedIn().rootKeys(),
        all -> COLUMNS.table(all.rootKeys(), "There are no root keys."));
    return 0;
  }

  private static List<String> row(Api.RootKey key) {
    return List.of(
        key.kid(),
        key.from(),
        key.state(),
        key.revokedAt().or(key::derivesAt).map(Object::toString).orElse("-"),
        String.valueOf(key.leases()),
        key.lastLeaseEndsAt().map(Object::toString).orElse("-"));
  }
}
