package dev.ephemeris.gateway.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "blocks",
    description = {
      "Lists what keeps your own access tokens out of accounts, newest first.",
      "",
      "Revoking the lease that your own token opened leaves a block, so that showing the token"
          + " again",
      "doesn't open another. A person's ends with the next sign-in, a workload's when it is lifted."
    },
    footerHeading = "%nExamples:%n",
    footer = "  ephemeris blocks")
final class ListBlocks implements Callable<Integer> {

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  ListBlocks(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(connection.signedIn().blocks(), ListBlocks::describe);
    return 0;
  }

  private static String describe(Api.Blocks blocks) {
    return blocks.blocks().isEmpty()
        ? "Nothing keeps you out."
        : Output.table(
            List.of("ID", "ACCOUNT", "SINCE", "LIFTED"),
            blocks.blocks().stream()
                .map(
                    block ->
                        List.of(
                            block.id(),
                            block.account(),
                            block.at().toString(),
                            block.liftedAt().map(Object::toString).orElse("-")))
                .toList());
  }
}
