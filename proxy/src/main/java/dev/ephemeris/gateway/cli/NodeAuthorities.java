package dev.ephemeris.gateway.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Whom Node believes besides its own authorities, which one file says. Where the environment has
 * one already it isn't the gateway's, and a command needs both: they are in a file of their own
 * then, that is there as long as the command.
 */
final class NodeAuthorities implements AutoCloseable {

  private static final String VARIABLE = "NODE_EXTRA_CA_CERTS";

  private final Optional<Path> named;
  private final Optional<Path> both;

  private NodeAuthorities(Optional<Path> named, Optional<Path> both) {
    this.named = named;
    this.both = both;
  }

  /**
   * @param ca the gateway's, if it has one that Node doesn't know
   */
  static NodeAuthorities of(Optional<Path> ca, Surroundings surroundings) throws Failure {
    Optional<Path> before = surroundings.variable(VARIABLE).map(Path::of);
    return ca.isPresent() && before.filter(Files::isReadable).isPresent()
        ? new NodeAuthorities(Optional.empty(), Optional.of(joined(before.get(), ca.get())))
        // Node passes over a file that it can't read.
        : new NodeAuthorities(ca.or(() -> before), Optional.empty());
  }

  /** Only this user can read or change it: whoever could write there would be believed. */
  private static Path joined(Path before, Path ca) throws Failure {
    try {
      ByteArrayOutputStream both = new ByteArrayOutputStream();
      both.write(Files.readAllBytes(before));
      both.write('\n');
      both.write(Files.readAllBytes(ca));
      return Files.write(Files.createTempFile("ephemeris-", ".pem"), both.toByteArray());
    } catch (IOException e) {
      throw new Failure(
          Failure.Kind.LOCAL,
          ca + " and the " + VARIABLE + " that is set can't be put into one file.");
    }
  }

  /** Lets a command know. */
  void into(Map<String, String> environment) {
    both.or(() -> named).ifPresent(file -> environment.put(VARIABLE, file.toString()));
  }

  /** The command has ended. */
  @Override
  public void close() {
    try {
      if (both.isPresent()) {
        Files.deleteIfExists(both.get());
      }
    } catch (IOException e) {
      // There is no secret in it.
    }
  }
}
