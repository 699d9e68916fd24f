package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.azure.NativeRoles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** What the commands that bring policies to and from Azure have in common. */
final class AzureFiles {

  private AzureFiles() {}

  /** What is in all of these files of JSON, each an array as {@code az} lists, or one resource. */
  static NativeRoles roles(List<Path> files) throws Failure {
    List<Object> resources = new ArrayList<>();
    for (Path file : files) {
      Object document =
          Json.plain(bytes(file))
              .orElseThrow(
                  () ->
                      new Failure(Failure.Kind.LOCAL, file + ": this isn't JSON as az prints it"));
      if (document instanceof List<?> list) {
        resources.addAll(list);
      } else {
        resources.add(document);
      }
    }
    return NativeRoles.read(resources);
  }

  private static byte[] bytes(Path file) throws Failure {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new Failure(Failure.Kind.LOCAL, file + ": there is no such file");
    } catch (IOException e) {
      throw new Failure(Failure.Kind.LOCAL, file + ": it can't be read");
    }
  }

  /**
   * Prints a file as it is, names what isn't in it, one a line on stderr, and says so by the exit
   * code.
   */
  static int print(String file, List<?> leftOut, CommandSpec command) {
    PrintWriter out = command.commandLine().getOut();
    out.print(file);
    out.flush();
    PrintWriter err = command.commandLine().getErr();
    leftOut.forEach(each -> err.println("ephemeris: left out: " + Text.line(each.toString())));
    return leftOut.isEmpty() ? 0 : Failure.Kind.REFUSED.exitCode;
  }
}
