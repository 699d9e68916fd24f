package dev.ephemeris.gateway.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "blocks",
    description = {
      "Lists what keeps you out of accounts, newest first.",
      "",
      "Revoking the lease that your own token opened leaves a block, so that showing the token"
          + " again",
      "doesn't open another; so does whoever ends your access. A person's ends with the next",
      "sign-in, unless it suspends them; a workload's when it is lifted. What keeps agents that"
          + " you",
      "have stopped from acting for you is listed, too."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris blocks", "  ephemeris blocks --any"})
final class ListBlocks implements Callable<Integer> {

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  private static final Columns<Api.Block> COLUMNS =
      new Columns<>(List.of("ID", "ACCOUNT", "SINCE", "UNTIL", "LIFTED"), ListBlocks::row);

  @Option(names = "--any", description = "Everybody's: takes the action ephemeris/blocks/read-any.")
  private boolean any;

  ListBlocks(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    GatewayClient gateway = connection.signedIn();
    if (any) {
      Columns<Api.Block> everybodys = COLUMNS.of("WHO", Api.Block::target);
      output.print(
          gateway.anyBlocks(), all -> everybodys.table(all.blocks(), "Nobody is kept out."));
    } else {
      output.print(
          gateway.blocks(),
          mine ->
              COLUMNS
                  .with("WHO", Api.Block::target, mine.blocks())
                  .table(mine.blocks(), "Nothing keeps you out."));
    }
    return 0;
  }

  private static List<String> row(Api.Block block) {
    return List.of(
        block.id(),
        block.account().orElse("everywhere"),
        block.at().toString(),
        block.suspends() ? "lifted" : "sign-in",
        block.liftedAt().map(Object::toString).orElse("-"));
  }
}
