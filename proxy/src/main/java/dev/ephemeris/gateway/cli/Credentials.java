package dev.ephemeris.gateway.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The sign-ins kept on this machine, one per gateway, in a file that only its owner can read.
 *
 * <p>Changes replace the whole file and exclude each other between processes: an issuer that
 * rotates refresh tokens takes a second use of the same one for theft.
 */
final class Credentials {

  /** Makes a sign-in of another. */
  interface Change {
    SignIn apply(SignIn signIn) throws Failure;
  }

  /**
   * @param current the gateway of the last sign-in, for commands that name none
   */
  private record Contents(Optional<String> current, Map<String, SignIn> signIns) {

    private static final Contents NONE = new Contents(Optional.empty(), Map.of());

    Contents with(SignIn signIn) {
      Map<String, SignIn> changed = new LinkedHashMap<>(signIns);
      changed.put(signIn.gateway(), signIn);
      return new Contents(current, changed);
    }

    /** The gateway stays the one that commands are for. */
    Contents without(String gateway) {
      Map<String, SignIn> changed = new LinkedHashMap<>(signIns);
      changed.remove(gateway);
      return new Contents(current, changed);
    }

    Contents withCurrent(SignIn signIn) {
      return new Contents(Optional.of(signIn.gateway()), with(signIn).signIns);
    }
  }

  private final Path directory;
  private final Path file;

  Credentials(Path directory) {
    this.directory = directory;
    this.file = directory.resolve("credentials.json");
  }

  /** The gateway of the last sign-in. */
  Optional<String> currentGateway() throws Failure {
    return read().current();
  }

  Optional<SignIn> find(String gateway) throws Failure {
    return Optional.ofNullable(read().signIns().get(gateway));
  }

  /** Keeps a new sign-in, in the place of the gateway's last one. */
  void keep(SignIn signIn) throws Failure {
    try (FileChannel lock = lockFile()) {
      lock.lock(); // until the channel is closed
      write(read().withCurrent(signIn));
    } catch (IOException e) {
      throw failure("written", e);
    }
  }

  /** Keeps nothing of a gateway any more. */
  void forget(String gateway) throws Failure {
    try (FileChannel lock = lockFile()) {
      lock.lock(); // until the channel is closed
      Contents contents = read();
      if (contents.signIns().containsKey(gateway)) {
        write(contents.without(gateway));
      }
    } catch (IOException e) {
      throw failure("written", e);
    }
  }

  /** Changes what is kept for a gateway; nobody else changes it meanwhile. Empty if it's gone. */
  Optional<SignIn> change(String gateway, Change change) throws Failure {
    try (FileChannel lock = lockFile()) {
      lock.lock(); // until the channel is closed
      Contents contents = read();
      SignIn before = contents.signIns().get(gateway);
      if (before == null) {
        return Optional.empty();
      }
      SignIn after = change.apply(before);
      if (!after.equals(before)) {
        write(contents.with(after));
      }
      return Optional.of(after);
    } catch (IOException e) {
      throw failure("written", e);
    }
  }

  private Contents read() throws Failure {
    try {
      return Json.read(Json.parse(Files.readAllBytes(file)), Contents.class)
          .orElseThrow(
              () ->
                  new Failure(
                      Failure.Kind.LOCAL,
                      file + " is damaged: remove it, then run 'ephemeris login'."));
    } catch (NoSuchFileException none) {
      return Contents.NONE;
    } catch (IOException e) {
      throw failure("read", e);
    }
  }

  private FileChannel lockFile() throws IOException {
    Files.createDirectories(directory, mode("rwx------"));
    return FileChannel.open(
        directory.resolve("credentials.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private void write(Contents contents) throws IOException {
    Path next = Files.createTempFile(directory, ".credentials", ".json", mode("rw-------"));
    try {
      try (FileChannel out = FileChannel.open(next, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(Json.pretty(contents) + "\n");
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(next);
    }
  }

  private static FileAttribute<?> mode(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }

  private Failure failure(String what, IOException e) {
    return new Failure(
        Failure.Kind.LOCAL, file + " can't be " + what + ": " + e.getClass().getSimpleName() + ".");
  }
}
