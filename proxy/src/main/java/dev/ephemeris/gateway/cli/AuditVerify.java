package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.log.Checkpoint;
import dev.ephemeris.gateway.journal.log.CheckpointException;
import dev.ephemeris.gateway.journal.log.Verification;
import dev.ephemeris.gateway.journal.log.Verification.Consistency;
import dev.ephemeris.gateway.journal.log.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    description = {
      "Verifies a journal from its files alone, also while a gateway writes it.",
      "",
      "Every entry is hashed, and every hash up to the root that the gateway has signed for."
          + " Whether",
      "anything was taken away or signed for again shows against a checkpoint that you kept: keep"
          + " one",
      "by --keep, where nobody else writes, and give it by --since the next time."
    },
    exitCodeList = {
      "0:verified, and nothing was taken away since the checkpoint that was kept",
      "1:something is wrong; the first entry that isn't what was signed for is named",
      "2:wrong usage",
      "3:internally consistent; without --since, nobody knows what is missing, and without"
          + " --removed-before, whether entries' time was over that aren't there",
      "5:a fault on this machine, such as a file that can't be read"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris audit verify --journal journal --key log.vkey --keep kept",
      "  ephemeris audit verify --journal journal --key log.vkey --since kept --keep kept"
    })
final class AuditVerify implements Callable<Integer> {

  /** Neither good nor bad: not a failure of the command's, which would print nothing else. */
  private static final int UNPROVEN = 3;

  @Mixin private final LogKeys keys = new LogKeys();
  @Mixin private final Output output = new Output();

  @Option(
      names = "--journal",
      required = true,
      paramLabel = "FOLDER",
      description = "The gateway's journal, or a copy of it.")
  private Path journal = Path.of("");

  @Option(
      names = "--since",
      paramLabel = "FILE",
      description = "A checkpoint of it that you kept, or somebody whom you trust.")
  private Optional<Path> since = Optional.empty();

  @Option(
      names = "--removed-before",
      paramLabel = "ENTRY",
      description =
          "Entries before this one may have been removed, as their time was over; by default none.")
  private long removedBefore;

  @Option(
      names = "--keep",
      paramLabel = "FILE",
      description = "Where to write the checkpoint that was verified; only if nothing is wrong.")
  private Optional<Path> keep = Optional.empty();

  @Override
  public Integer call() throws Failure {
    Set<VerifierKey> known = keys.all();
    Optional<Checkpoint> kept = since.isPresent() ? kept(since.get(), known) : Optional.empty();
    OpenRequests open = new OpenRequests();
    Verification result;
    try {
      result = Verification.of(journal, known, kept, open);
    } catch (JournalException e) {
      throw new Failure(Failure.Kind.LOCAL, String.valueOf(e.getMessage()));
    }
    output.print(
        document(result, open.count()), () -> lines(result, open.count()).forEach(output::line));
    if (!(result instanceof Verification.Intact intact)) {
      return Failure.Kind.REFUSED.exitCode;
    }
    if (keep.isPresent()) {
      keep(keep.get(), intact.checkpoint());
    }
    if (intact.from() > removedBefore) {
      return UNPROVEN;
    }
    return switch (intact.consistency()) {
      case Consistency.Since ignored -> 0;
      case Consistency.Unproven ignored -> UNPROVEN;
    };
  }

  private static Optional<Checkpoint> kept(Path file, Set<VerifierKey> known) throws Failure {
    try {
      return Optional.of(Checkpoint.open(Files.readAllBytes(file), known));
    } catch (CheckpointException e) {
      throw new Failure(
          Failure.Kind.LOCAL, "The checkpoint " + file + " is of no use: " + e.getMessage() + ".");
    } catch (IOException e) {
      throw new Failure(Failure.Kind.LOCAL, "The checkpoint " + file + " can't be read.");
    }
  }

  private static void keep(Path file, Checkpoint checkpoint) throws Failure {
    Path next = Path.of(file + ".new");
    try {
      // At once, as what was kept before is the only one there is.
      Files.write(next, checkpoint.bytes());
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new Failure(Failure.Kind.LOCAL, "The checkpoint can't be written to " + file + ".");
    }
  }

  private List<String> lines(Verification result, int open) {
    return switch (result) {
      case Verification.Intact intact -> lines(intact, open);
      case Verification.BadEntry(Checkpoint checkpoint, long index, String why) ->
          List.of(
              "BAD: entry " + index + " of " + checkpoint.origin() + ": " + why + ".",
              signed(checkpoint));
      case Verification.BadTile(Checkpoint checkpoint, var tile, String why) ->
          List.of(
              "BAD: " + tile + " of " + checkpoint.origin() + ": " + why + ".", signed(checkpoint));
      case Verification.Inconsistent(Checkpoint checkpoint, Checkpoint kept, String why) ->
          List.of(
              "BAD: not what follows from the checkpoint that was kept: " + why + ".",
              "It was kept at " + entries(kept.size()) + ", root " + kept.root() + ".",
              signed(checkpoint));
      case Verification.Unsigned(String why) ->
          List.of("BAD: nothing in " + journal + " is signed for: " + why + ".");
    };
  }

  private List<String> lines(Verification.Intact intact, int open) {
    Checkpoint checkpoint = intact.checkpoint();
    List<String> lines = new ArrayList<>();
    lines.add(
        "Verified: "
            + checkpoint.origin()
            + ", "
            + entries(checkpoint.size())
            + ", root "
            + checkpoint.root()
            + ".");
    if (intact.from() > 0) {
      lines.add(
          "Entries before "
              + intact.from()
              + " were removed; that there were as many, with which hashes, is proven."
              + (intact.from() > removedBefore
                  ? " That their time was over isn't: ask for how long entries are kept, and say"
                      + " --removed-before if it was."
                  : ""));
    }
    if (open > 0) {
      lines.add(Text.count(open, "request") + " without an outcome so far.");
    }
    if (intact.beyond() > 0) {
      lines.add(
          Text.count(intact.beyond(), "file")
              + " of no entry that was signed for: just being sealed, left by a gateway that was"
              + " killed, or the rest of a longer log.");
    }
    lines.add(
        switch (intact.consistency()) {
          case Consistency.Since(Checkpoint kept) ->
              "Nothing was changed or taken away since the checkpoint of "
                  + entries(kept.size())
                  + ".";
          case Consistency.Unproven unused ->
              "Internally consistent; completeness not proven since the first entry, as there is no"
                  + " checkpoint that you kept (--since).";
        });
    return lines;
  }

  private static String signed(Checkpoint checkpoint) {
    return "Signed for: " + entries(checkpoint.size()) + ", root " + checkpoint.root() + ".";
  }

  private static String entries(long count) {
    return count + (count == 1 ? " entry" : " entries");
  }

  private static ObjectNode document(Verification result, int open) {
    ObjectNode json = Json.object();
    switch (result) {
      case Verification.Intact(Checkpoint checkpoint, long from, var consistency, int beyond) -> {
        json.put("result", "verified");
        put(json, "checkpoint", checkpoint);
        json.put("from", from);
        json.put("openRequests", open);
        json.put("filesBeyond", beyond);
        if (consistency instanceof Consistency.Since(Checkpoint kept)) {
          put(json, "since", kept);
        }
      }
      case Verification.BadEntry(Checkpoint checkpoint, long index, String why) -> {
        json.put("result", "bad-entry");
        put(json, "checkpoint", checkpoint);
        json.put("entry", index);
        json.put("why", why);
      }
      case Verification.BadTile(Checkpoint checkpoint, var tile, String why) -> {
        json.put("result", "bad-tile");
        put(json, "checkpoint", checkpoint);
        json.put("tile", tile.toString());
        json.put("why", why);
      }
      case Verification.Inconsistent(Checkpoint checkpoint, Checkpoint kept, String why) -> {
        json.put("result", "inconsistent");
        put(json, "checkpoint", checkpoint);
        put(json, "since", kept);
        json.put("why", why);
      }
      case Verification.Unsigned(String why) -> {
        json.put("result", "unsigned");
        json.put("why", why);
      }
    }
    return json;
  }

  private static void put(ObjectNode json, String name, Checkpoint checkpoint) {
    json.putObject(name)
        .put("log", checkpoint.origin().text())
        .put("entries", checkpoint.size())
        .put("root", checkpoint.root().toString());
  }
}
