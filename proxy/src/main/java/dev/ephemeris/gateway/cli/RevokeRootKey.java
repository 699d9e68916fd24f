package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "revoke",
    description = {
      "Revokes a root key: whatever was made by it is no good any more.",
      "",
      "Its leases end now, at every gateway within a second or two, and whoever has signed in by",
      "the gateway under it signs in again. It stays revoked, whatever the configuration says.",
      "Another one has to derive: see 'ephemeris root-key rotate'. Takes the action",
      "ephemeris/root-keys/revoke."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris root-key revoke a"})
final class RevokeRootKey implements Callable<Integer> {

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "KID", description = "As leases begin with it: a to z, 2 to 7.")
  private Kid kid = Kid.NONE;

  RevokeRootKey(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(connection.signedIn().revokeRootKey(kid), RevokeRootKey::describe);
    return 0;
  }

  private static String describe(Api.RevokedRootKey revoked) {
    return "Root key %s is revoked; %s ended with it.%s"
        .formatted(
            revoked.kid(),
            Text.count(revoked.leases(), "lease"),
            revoked.listed()
                ? " Take it out of the configuration, and destroy it where it is kept."
                : "");
  }
}
