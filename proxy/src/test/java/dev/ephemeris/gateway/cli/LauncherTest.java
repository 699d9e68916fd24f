package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ./ephemeris} and {@code scripts/find-jdk.sh} on a machine whose JDKs are made up. */
class LauncherTest {

  private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path machine = Path.of("");
  private Path tools = Path.of("");

  /** All that is on the path: what the scripts need, and no java. */
  @BeforeEach
  void installTools() throws IOException {
    tools = Files.createDirectory(machine.resolve("bin"));
    for (String tool : List.of("bash", "dirname", "readlink")) {
      Path installed =
          Stream.of("/usr/bin", "/bin")
              .map(folder -> Path.of(folder, tool))
              .filter(Files::isExecutable)
              .findFirst()
              .orElseThrow();
      Files.createSymbolicLink(tools.resolve(tool), installed);
    }
  }

  /** What a script left behind. */
  private record Ended(int exitCode, String out, String err) {}

  @Test
  void aMissingJdkIsOneLineAndAnExitCode() throws Exception {
    Ended ended = run(CHECKOUT.resolve("ephemeris"), machine, Map.of());

    assertMissing(ended, 5);
  }

  @Test
  void theLauncherFindsItsCheckoutFromElsewhereAndThroughLinks() throws Exception {
    Path link = Files.createSymbolicLink(machine.resolve("first"), CHECKOUT.resolve("ephemeris"));
    Path relative = Files.createSymbolicLink(tools.resolve("second"), Path.of("../first"));

    // It is the checkout's script that says what is missing.
    assertMissing(run(link, tools, Map.of()), 5);
    assertMissing(run(relative, Path.of("/"), Map.of()), 5);
  }

  @ParameterizedTest
  @CsvSource({
    "25.0.1, true",
    "26, true",
    "25-ea, true",
    "24.0.2, false",
    "17.0.15, false",
    "1.8.0_402, false"
  })
  void aJdkIsNewEnoughByItsRelease(String version, boolean newEnough) throws Exception {
    Path jdk = jdk(machine.resolve("jdks/one"), version);

    Ended ended =
        run(
            CHECKOUT.resolve("scripts/find-jdk.sh"),
            machine,
            Map.of("EPHEMERIS_JDK_FOLDERS", machine.resolve("jdks").toString()));

    if (newEnough) {
      assertThat(ended).isEqualTo(new Ended(0, jdk + "\n", ""));
    } else {
      assertMissing(ended, 1);
    }
  }

  @Test
  void theJdkThatIsNamedComesBeforeThoseThatAreFound() throws Exception {
    Path named = jdk(machine.resolve("named"), "25.0.1");
    Path home = jdk(machine.resolve("home"), "25.0.1");
    Path found = jdk(machine.resolve("jdks/mac/Contents/Home"), "25.0.1");
    String folders = machine.resolve("nowhere") + ":" + machine.resolve("jdks");

    assertThat(
            found(
                Map.of(
                    "EPHEMERIS_JAVA_HOME",
                    named.toString(),
                    "JAVA_HOME",
                    home.toString(),
                    "EPHEMERIS_JDK_FOLDERS",
                    folders)))
        .isEqualTo(named + "\n");
    assertThat(found(Map.of("JAVA_HOME", home.toString(), "EPHEMERIS_JDK_FOLDERS", folders)))
        .isEqualTo(home + "\n");
    assertThat(found(Map.of("JAVA_HOME", "/nowhere", "EPHEMERIS_JDK_FOLDERS", folders)))
        .isEqualTo(found + "\n");
  }

  @Test
  void aRuntimeWithoutACompilerIsNoJdk() throws Exception {
    Path jdk = jdk(machine.resolve("jdks/jre"), "25.0.1");
    Files.delete(jdk.resolve("bin/javac"));

    assertMissing(
        run(
            CHECKOUT.resolve("scripts/find-jdk.sh"),
            machine,
            Map.of("EPHEMERIS_JDK_FOLDERS", machine.resolve("jdks").toString())),
        1);
  }

  private String found(Map<String, String> environment) throws Exception {
    return run(CHECKOUT.resolve("scripts/find-jdk.sh"), machine, environment).out();
  }

  private static void assertMissing(Ended ended, int exitCode) {
    assertThat(ended.exitCode()).as(ended.err()).isEqualTo(exitCode);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err())
        .startsWith("ephemeris: no JDK 25 or newer found in EPHEMERIS_JAVA_HOME, JAVA_HOME,")
        .contains("Install one")
        .hasLineCount(1);
  }

  private static Path jdk(Path home, String version) throws IOException {
    Path bin = Files.createDirectories(home.resolve("bin"));
    for (String name : List.of("java", "javac")) {
      Files.createFile(
          bin.resolve(name),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  /** Runs a script on this machine, whose usual folders have no JDK unless said otherwise. */
  private Ended run(Path script, Path directory, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path out = machine.resolve("out");
    Path err = machine.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(script.toString(), "--version")
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", tools.toString());
    builder.environment().put("HOME", machine.toString());
    builder.environment().put("EPHEMERIS_JDK_FOLDERS", machine.resolve("none").toString());
    builder.environment().putAll(environment);
    int exitCode = builder.start().waitFor();
    return new Ended(
        exitCode,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
