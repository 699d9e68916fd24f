package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "unblock",
    description = {
      "Lifts a block, so that whom it keeps out is let in again.",
      "",
      "One's own block is one that one has made of oneself, by revoking the lease of one's token,"
          + " or",
      "of an agent, by stopping it."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris unblock b-ba3q7", "  ephemeris unblock --any b-ba3q7"})
final class Unblock implements Callable<Integer> {

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Option(
      names = "--any",
      description = "Whoever made it: takes the action ephemeris/blocks/lift-any.")
  private boolean any;

  @Parameters(
      paramLabel = "BLOCK_ID",
      description = "The block's id, as 'ephemeris blocks' shows it.")
  private BlockId block = BlockId.NONE;

  Unblock(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    GatewayClient gateway = connection.signedIn();
    if (any) {
      gateway.liftAnyBlock(block);
    } else {
      gateway.liftBlock(block);
    }
    output.people("Block " + block + " is lifted.");
    return 0;
  }
}
