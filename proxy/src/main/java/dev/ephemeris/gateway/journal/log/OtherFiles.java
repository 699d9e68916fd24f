package dev.ephemeris.gateway.journal.log;

import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.log.Verification.BadEntry;
import dev.ephemeris.gateway.journal.log.Verification.BadTile;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is among a log's tiles besides those of its size: partial ones of before, which are served
 * as long as they are there, and what no checkpoint speaks of. Not thread-safe.
 */
final class OtherFiles {

  private final LogFiles files;
  private final Checkpoint checkpoint;
  private final long size;
  private int beyond;

  OtherFiles(LogFiles files, Checkpoint checkpoint) {
    this.files = files;
    this.checkpoint = checkpoint;
    this.size = checkpoint.size();
  }

  /** How many files the checkpoint doesn't speak of. */
  int beyond() {
    return beyond;
  }

  /** Whether each partial tile and bundle is the beginning of the one that there is now. */
  Optional<Verification> check() throws JournalException {
    for (TilePath path : partial()) {
      boolean right =
          switch (path) {
            case TilePath.Tile tile -> isBeginning(tile);
            case TilePath.Bundle bundle -> isBeginning(bundle);
          };
      if (!right) {
        String why = "isn't the beginning of the one that there is now";
        return Optional.of(
            switch (path) {
              case TilePath.Tile tile -> new BadTile(checkpoint, tile, "it " + why);
              case TilePath.Bundle bundle ->
                  new BadEntry(
                      checkpoint,
                      bundle.index() * TilePath.FULL,
                      "it, or one after it, was changed in " + bundle + ", which " + why);
            });
      }
    }
    return Optional.empty();
  }

  /** The partial ones that there were on the way to this size. */
  private List<TilePath> partial() throws JournalException {
    List<TilePath> partial = new ArrayList<>();
    Path root = files.folder().resolve(TilePath.FOLDER);
    if (!Files.exists(root)) {
      return partial;
    }
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              Optional<TilePath> path =
                  TilePath.parse(files.folder().relativize(file).toString())
                      .filter(found -> found.isWithin(size));
              if (path.isEmpty()) {
                beyond++;
              }
              path.filter(found -> found.width() < TilePath.FULL).ifPresent(partial::add);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) { // the writer is at work, and has removed it
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }
          });
    } catch (IOException e) {
      throw new JournalException(
          "The journal's " + root + " can't be read: " + LogFiles.reason(e) + ".", e);
    }
    return partial;
  }

  private boolean isBeginning(TilePath.Tile tile) throws JournalException {
    Optional<byte[]> content = files.read(tile);
    if (content.isEmpty()) {
      return true;
    }
    Optional<List<Hash>> hashes = Hashes.parse(content.get(), tile.width());
    return hashes.isPresent() && hashes.equals(now(tile));
  }

  private boolean isBeginning(TilePath.Bundle bundle) throws JournalException {
    Optional<byte[]> content = files.read(bundle);
    if (content.isEmpty()) {
      return true;
    }
    EntryBundle entries = EntryBundle.read(content.get(), bundle.width());
    return entries.isWhole(bundle.width())
        && Optional.of(entries.entries().stream().map(Hash::leaf).toList())
            .equals(now(new TilePath.Tile(0, bundle.index(), bundle.width())));
  }

  /** The first hashes of the tile as it is now. */
  private Optional<List<Hash>> now(TilePath.Tile tile) throws JournalException {
    TilePath.Tile now = TilePath.Tile.of(tile.level(), tile.index() * TilePath.FULL, size);
    return files.hashes(now).map(hashes -> hashes.subList(0, tile.width()));
  }
}
