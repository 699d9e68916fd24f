package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "logout",
    description = {
      "Signs you out of a gateway: ends your session with its leases, and forgets the sign-in.",
      "",
      "You stay signed in at the issuer, which may sign you in again without asking."
    },
    footerHeading = "%nExample:%n",
    footer = "  ephemeris logout")
final class Logout implements Callable<Integer> {

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  Logout(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    try {
      GatewayClient gateway = connection.signedIn();
      gateway.endSession(gateway.me().value().session().id());
    } catch (Failure failure) {
      if (failure.kind() != Failure.Kind.NOT_SIGNED_IN) {
        throw failure;
      }
      // Whoever isn't signed in any more needn't be signed out.
    }
    connection.forget();
    output.people("You are signed out.");
    return 0;
  }
}
