package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "rotate",
    description = {
      "Makes another root key, and has leases derived from it.",
      "",
      "It derives half a minute later, once every gateway has read it. What older ones have made",
      "stays good until it ends by itself, or until they are revoked. Where the configuration"
          + " lists",
      "the root keys it says what to do by hand. Takes the action ephemeris/root-keys/rotate."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris root-key rotate"})
final class RotateRootKey implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  RotateRootKey(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(connection.signedIn().rotateRootKey(), this::describe);
    return 0;
  }

  private String describe(Api.AddedRootKey added) {
    return "Root key "
        + added.kid()
        + " derives from "
        + surroundings.ending(added.derivesAt())
        + " on.";
  }
}
