package dev.ephemeris.gateway.cli;

import dev.ephemeris.gateway.identity.CatalogFiles;
import dev.ephemeris.gateway.identity.CatalogFiles.CatalogException;
import dev.ephemeris.policy.Catalog;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicyException;
import dev.ephemeris.policy.PolicySource;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import picocli.CommandLine.Parameters;

/** The files that a command works on: of a policy, and of tests of it. */
final class PolicyFiles {

  private static final String TESTS = ".test.yaml";

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "The policy's files, which are read as one; those that end in .test.yaml are tests.")
  private List<Path> files = List.of();

  /** The policy's files. */
  List<PolicySource> policy() throws Failure {
    List<Path> policy = files.stream().filter(file -> !isOfTests(file)).toList();
    if (policy.isEmpty()) {
      throw new Failure(
          Failure.Kind.USAGE, "These files are all of tests; name the policy's files too.");
    }
    return read(policy);
  }

  /** The files of tests that were named. */
  List<PolicySource> namedTests() throws Failure {
    return read(files.stream().filter(PolicyFiles::isOfTests).toList());
  }

  /** The files of tests that were named, or all beside the policy's files if none was. */
  List<PolicySource> tests() throws Failure {
    List<PolicySource> named = namedTests();
    if (!named.isEmpty()) {
      return named;
    }
    List<Path> beside = beside();
    if (beside.isEmpty()) {
      throw new Failure(
          Failure.Kind.LOCAL,
          "There are no tests beside %s: write them into a file that ends in %s."
              .formatted(files.getFirst(), TESTS));
    }
    return read(beside);
  }

  private List<Path> beside() throws Failure {
    Set<Path> found = new HashSet<>();
    for (Path file : files) {
      Path folder = Objects.requireNonNullElse(file.getParent(), Path.of(""));
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*" + TESTS)) {
        entries.forEach(found::add);
      } catch (IOException e) {
        throw new Failure(Failure.Kind.LOCAL, "The folder of " + file + " can't be read.");
      }
    }
    return found.stream().sorted().toList();
  }

  /** The people and groups in these files, read as one. */
  static Catalog catalog(List<Path> files) throws Failure {
    try {
      return CatalogFiles.read(files, Map.of()).catalog();
    } catch (CatalogException e) {
      throw new Failure(Failure.Kind.LOCAL, String.valueOf(e.getMessage()));
    }
  }

  /** The policy of these files together, for commands that answer by it and not about it. */
  static Policy parse(List<Path> files) throws Failure {
    try {
      return Policy.parse(read(files));
    } catch (PolicyException e) {
      int others = e.problems().size() - 1;
      throw new Failure(
          Failure.Kind.LOCAL,
          e.problems().getFirst() + (others == 0 ? "" : " (and " + others + " more)"));
    }
  }

  private static boolean isOfTests(Path file) {
    return file.toString().endsWith(TESTS);
  }

  private static List<PolicySource> read(List<Path> files) throws Failure {
    List<PolicySource> sources = new ArrayList<>();
    for (Path file : files) {
      try {
        sources.add(new PolicySource(file.toString(), Files.readString(file)));
      } catch (NoSuchFileException e) {
        throw new Failure(Failure.Kind.LOCAL, file + ": there is no such file.");
      } catch (CharacterCodingException e) {
        throw new Failure(Failure.Kind.LOCAL, file + ": not UTF-8.");
      } catch (IOException e) {
        throw new Failure(Failure.Kind.LOCAL, file + ": can't be read.");
      }
    }
    return sources;
  }
}
