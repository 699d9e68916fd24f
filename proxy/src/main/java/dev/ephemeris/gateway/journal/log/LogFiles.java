package dev.ephemeris.gateway.journal.log;

import dev.ephemeris.gateway.journal.JournalException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A log's files as they are read. What is in them is believed by nobody: it is hashed, or its
 * signature is checked. Safe to share.
 */
final class LogFiles {

  static final String CHECKPOINT = "checkpoint";

  /** A full bundle of the longest entries. */
  private static final int MAX_LENGTH = TilePath.FULL * (Short.BYTES + EntryBundle.MAX_ENTRY);

  private final Path folder;

  LogFiles(Path folder) {
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  Path checkpoint() {
    return folder.resolve(CHECKPOINT);
  }

  Path file(TilePath path) {
    return folder.resolve(path.toString());
  }

  /**
   * The signed note, if there is one.
   *
   * @throws JournalException if it can't be read
   */
  Optional<byte[]> signedNote() throws JournalException {
    return read(checkpoint(), SignedNote.MAX_LENGTH);
  }

  /**
   * The signed note, of which there has to be one.
   *
   * @throws JournalException if it can't be read
   */
  byte[] note() throws JournalException {
    return signedNote()
        .orElseThrow(
            () -> new JournalException("There is no journal in " + folder + ": no checkpoint."));
  }

  /**
   * The checkpoint, of which there has to be one.
   *
   * @throws JournalException if there isn't, or none that one of the keys has signed
   */
  Checkpoint checkpoint(Collection<VerifierKey> keys) throws JournalException {
    byte[] note =
        signedNote()
            .orElseThrow(
                () ->
                    new JournalException("There is no journal in " + folder + ": no checkpoint."));
    try {
      return Checkpoint.open(note, keys);
    } catch (CheckpointException e) {
      throw new JournalException(
          "The checkpoint " + checkpoint() + " can't be trusted: " + e.getMessage() + ".", e);
    }
  }

  /**
   * The first hashes of a tile: of the partial one of that width, or of the full one where that has
   * taken its place.
   *
   * @return empty if there is neither, or it isn't a tile
   * @throws JournalException if it can't be read
   */
  Optional<List<Hash>> hashes(TilePath.Tile path) throws JournalException {
    Optional<byte[]> content = read(path);
    return content.isPresent() || path.width() == TilePath.FULL
        ? content.flatMap(tile -> Hashes.parse(tile, path.width()))
        : read(path.full())
            .flatMap(tile -> Hashes.parse(tile, TilePath.FULL))
            .map(hashes -> hashes.subList(0, path.width()));
  }

  /** The first entries of a bundle, likewise; it may be damaged. */
  Optional<EntryBundle> bundle(TilePath.Bundle path) throws JournalException {
    Optional<byte[]> content = read(path);
    return content.isPresent() || path.width() == TilePath.FULL
        ? content.map(bundle -> EntryBundle.read(bundle, path.width()))
        : read(path.full())
            .map(bundle -> new EntryBundle(EntryBundle.read(bundle, path.width()).entries(), 0));
  }

  /** The same; empty if it is damaged. */
  Optional<List<byte[]>> entries(TilePath.Bundle path) throws JournalException {
    return bundle(path).filter(bundle -> bundle.isWhole(path.width())).map(EntryBundle::entries);
  }

  /**
   * What is in a tile or bundle, if there is one.
   *
   * @throws JournalException if it can't be read
   */
  Optional<byte[]> read(TilePath path) throws JournalException {
    return read(file(path), MAX_LENGTH);
  }

  /** Never more than one byte over the maximum, which then isn't what is looked for. */
  private static Optional<byte[]> read(Path file, int maxLength) throws JournalException {
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(in.readNBytes(maxLength + 1));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (AccessDeniedException e) {
      throw new JournalException("The journal's " + file + " can't be read: permission denied.", e);
    } catch (IOException e) {
      throw new JournalException("The journal's " + file + " can't be read: " + reason(e) + ".", e);
    }
  }

  /** The message, or what kind of failure it was where there is none worth reading. */
  static String reason(IOException e) {
    String message = e.getMessage();
    return e.getClass().getSimpleName() + (message == null ? "" : " (" + message + ")");
  }
}
