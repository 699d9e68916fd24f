package dev.ephemeris.gateway.custody;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.function.Function;

/** A file with one secret in it, that nobody but the gateway's user may read. */
public final class SecretFile {

  private static final Set<PosixFilePermission> OTHERS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private SecretFile() {}

  /** A secret that can't be had; the message names the file and never what is in it. */
  public static final class SecretFileException extends Exception {
    SecretFileException(String message) {
      super(message);
    }
  }

  /**
   * Reads the file and gives its text, without white space around it, to {@code parser}, whose
   * {@link IllegalArgumentException} says what is wrong without repeating it.
   */
  public static <T> T read(Path file, Function<String, T> parser) throws SecretFileException {
    try {
      for (PosixFilePermission permission : Files.getPosixFilePermissions(file)) {
        if (OTHERS.contains(permission)) {
          throw new SecretFileException(
              "The secret in " + file + " can be read or changed by others: chmod 600 it.");
        }
      }
      return parser.apply(Files.readString(file).strip());
    } catch (NoSuchFileException e) {
      throw new SecretFileException("There is no file " + file + " to read a secret from.");
    } catch (IOException e) {
      throw new SecretFileException(
          "The secret in " + file + " can't be read: " + e.getClass().getSimpleName());
    } catch (IllegalArgumentException e) {
      throw new SecretFileException("The secret in " + file + " is of no use: " + e.getMessage());
    }
  }
}
