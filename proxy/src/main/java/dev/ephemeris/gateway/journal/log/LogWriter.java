package dev.ephemeris.gateway.journal.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log's files as they are written: whatever a checkpoint speaks of is on disk before it. Not
 * thread-safe.
 */
final class LogWriter {

  private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

  private static final String PARTIAL = ".p";
  private static final Pattern NARROW = Pattern.compile("[1-9][0-9]{0,2}");

  private final LogFiles files;
  private final Disk disk;

  /**
   * By kind and level, the tile beside which there is nothing of a process that was killed before
   * it had published what it wrote.
   */
  private final Map<String, Long> clean = new HashMap<>();

  LogWriter(LogFiles files, Disk disk) {
    this.files = files;
    this.disk = disk;
  }

  /** Writes tiles and bundles, so that they stay; no reader looks at them yet. */
  void write(List<Resource> resources) throws IOException {
    Set<Path> changed = new LinkedHashSet<>();
    for (Resource resource : resources) {
      TilePath path = resource.path();
      Path file = files.file(path);
      Path parent = Objects.requireNonNull(file.getParent(), "is below the log's folder");
      if (path.width() < TilePath.FULL) {
        clean(path, 0);
      }
      makeFolders(parent, changed);
      disk.write(file, resource.content());
      changed.add(parent);
    }
    for (Path folder : changed) {
      disk.force(folder);
    }
  }

  /**
   * Signs for what has been written. Once this has begun, the checkpoint is the one there was or
   * this one, whatever happens.
   */
  void publish(Checkpoint checkpoint) throws IOException {
    Path next = files.folder().resolve(LogFiles.CHECKPOINT + ".new");
    disk.write(next, checkpoint.bytes());
    disk.replace(next, files.checkpoint());
    disk.force(files.folder());
  }

  /**
   * Removes what a process left behind that was killed: of the last tiles of a log of that size,
   * all that isn't of that size. It would contradict what is written from here on.
   */
  void clean(long size) throws IOException {
    if (size > 0) {
      clean(TilePath.Bundle.last(size));
    }
    for (int level = 0; TilePath.Tile.hashes(level, size) > 0; level++) {
      clean(TilePath.Tile.last(level, size));
    }
  }

  private void clean(TilePath last) throws IOException {
    if (last.width() < TilePath.FULL) {
      clean(last, last.width());
    }
    Path folder =
        Objects.requireNonNull(files.file(last.full()).getParent(), "is below the log's folder");
    for (String name : names(folder)) {
      // Partial tiles that were about to be removed, as the full one is there.
      if (name.endsWith(PARTIAL) && Files.exists(sibling(folder, name))) {
        removePartial(folder.resolve(name), 0);
      }
    }
  }

  /**
   * Removes partial tiles and bundles in whose place there is a full one now. They do no harm:
   * where they can't be removed they stay.
   */
  void removePartial(List<Resource> resources) {
    for (Resource resource : resources) {
      if (resource.path().width() == TilePath.FULL) {
        try {
          removePartial(partial(resource.path()), 0);
        } catch (IOException e) {
          LOG.atInfo().addKeyValue("path", resource.path()).log("partial tiles stay", e);
        }
      }
    }
  }

  /** Once for each tile that begins: nothing is to be beside it but what has at most that width. */
  private void clean(TilePath path, int width) throws IOException {
    String kind = path instanceof TilePath.Tile tile ? "tile " + tile.level() : "bundle";
    if (!Long.valueOf(path.index()).equals(clean.get(kind))) {
      disk.delete(files.file(path.full()));
      removePartial(partial(path), width);
      clean.put(kind, path.index());
    }
  }

  /** Removes those in the folder that are wider, and the folder if that is all. */
  private void removePartial(Path folder, int width) throws IOException {
    List<String> names = names(folder);
    for (String name : names) {
      if (!NARROW.matcher(name).matches() || Integer.parseInt(name) > width) {
        disk.delete(folder.resolve(name));
      }
    }
    if (!names.isEmpty() && names(folder).isEmpty()) {
      disk.delete(folder);
    }
  }

  private Path partial(TilePath path) {
    return Path.of(files.file(path.full()) + PARTIAL);
  }

  private static Path sibling(Path folder, String partial) {
    return folder.resolve(partial.substring(0, partial.length() - PARTIAL.length()));
  }

  /** Of all in the folder; none if there is no such folder. */
  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> String.valueOf(path.getFileName())).toList();
    } catch (NoSuchFileException | NotDirectoryException none) {
      return List.of();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void makeFolders(Path folder, Set<Path> changed) throws IOException {
    if (!Files.isDirectory(folder)) {
      Path parent = Objects.requireNonNull(folder.getParent(), "is below the log's folder");
      makeFolders(parent, changed);
      disk.folder(folder);
      changed.add(parent);
    }
  }
}
