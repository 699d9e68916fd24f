package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.azure.AzCall;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Azure's own command line on this machine: what it does, whoever is signed in to it does. No
 * credential passes through here.
 */
final class Az {

  private final Surroundings surroundings;

  Az(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** The elements of the array that a call prints. */
  List<?> list(AzCall call) throws Failure {
    Optional<Object> printed = Json.plain(run(call));
    if (printed.isPresent() && printed.get() instanceof List<?> list) {
      return list;
    }
    throw new Failure(
        Failure.Kind.LOCAL, "az didn't print the JSON that it should: " + named(call));
  }

  /** What a call prints on its standard output. */
  byte[] run(AzCall call) throws Failure {
    List<String> command = new ArrayList<>(List.of(program().toString()));
    command.addAll(call.words());
    ProcessBuilder builder = new ProcessBuilder(command);
    // A script asks nobody.
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    try {
      Process process = builder.start();
      CompletableFuture<byte[]> errors =
          CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
      byte[] printed = process.getInputStream().readAllBytes();
      int exitCode = process.waitFor();
      if (exitCode != 0) {
        String said = new String(errors.join(), StandardCharsets.UTF_8);
        throw new Failure(
            Failure.Kind.LOCAL,
            "az ended with " + exitCode + " at: " + named(call) + ". It said: " + said.strip());
      }
      return printed;
    } catch (IOException e) {
      throw new Failure(Failure.Kind.LOCAL, "az can't be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Failure.Kind.LOCAL, "interrupted while az was at: " + named(call));
    }
  }

  private static byte[] read(InputStream stream) {
    try (stream) {
      return stream.readAllBytes();
    } catch (IOException e) {
      return new byte[0];
    }
  }

  private Path program() throws Failure {
    return surroundings.variable("PATH").stream()
        .flatMap(path -> Stream.of(path.split(File.pathSeparator, -1)))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder).resolve("az"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new Failure(
                    Failure.Kind.LOCAL,
                    "There is no az on the PATH. Install Azure's command line, and sign in: az"
                        + " login"));
  }

  private static String named(AzCall call) {
    return "az " + String.join(" ", call.words());
  }
}
