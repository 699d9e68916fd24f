package dev.ephemeris.gateway.journal.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * What a log does to its files, step by step: between any two of them the process may be killed.
 */
interface Disk {

  /** Makes the folder, for its owner only, unless there is one. */
  void folder(Path folder) throws IOException;

  /** Writes the file, for its owner only, over what there may be, and forces what is in it. */
  void write(Path file, byte[] content) throws IOException;

  /** Puts the file in another's place, at once. */
  void replace(Path from, Path to) throws IOException;

  /** Deletes the file, or the empty folder, if there is one. */
  void delete(Path file) throws IOException;

  /** Forces which files there are in the folder. */
  void force(Path folder) throws IOException;

  /** The disk there is. */
  Disk REAL = new Real();

  /** By the file system. */
  final class Real implements Disk {

    private static final FileAttribute<Set<PosixFilePermission>> FILE =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> FOLDER =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private Real() {}

    @Override
    public void folder(Path folder) throws IOException {
      try {
        Files.createDirectory(folder, FOLDER);
      } catch (FileAlreadyExistsException e) {
        if (!Files.isDirectory(folder)) {
          throw e;
        }
      }
    }

    @Override
    public void write(Path file, byte[] content) throws IOException {
      try (FileChannel channel =
          FileChannel.open(
              file,
              Set.of(
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING,
                  StandardOpenOption.WRITE),
              FILE)) {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path file) throws IOException {
      Files.deleteIfExists(file);
    }

    @Override
    public void force(Path folder) throws IOException {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
