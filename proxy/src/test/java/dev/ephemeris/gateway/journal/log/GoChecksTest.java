package dev.ephemeris.gateway.journal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written here, as Go's golang.org/x/mod/sumdb reads it; by Debian's packages. */
class GoChecksTest {

  @TempDir private static Path tools = Path.of("");

  @BeforeAll
  static void build() throws Exception {
    Result built = run("go", "build", "-o", program(), "src/test/go/checklog.go");
    assertThat(built.exitCode()).as(built.output()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 2", "100, 256", "255, 257", "256, 700", "300, 70000"})
  void everyEntryIsInTheTreeAndTheTreeGrows(long then, long now) throws Exception {
    Path folder = Logs.sealed(then);
    Path older = tools.resolve("older-" + then + "-" + now);
    Files.copy(folder.resolve("checkpoint"), older);
    grow(folder, now);

    Result result = check(folder, Logs.KEY.verifierKey(), older);

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output())
        .isEqualTo(Logs.NAME + ": " + now + " entries, consistent with " + then + "\n");
  }

  /** So that the ones above are known to look. */
  @Test
  void whatWasChangedIsRefused() throws Exception {
    Path folder = Logs.sealed(300);
    Path older = folder.resolve("checkpoint");
    Path bundle = folder.resolve("tile/entries/001.p/44");
    byte[] content = Files.readAllBytes(bundle);
    content[20] ^= 1;
    Files.write(bundle, content);

    Result changed = check(folder, Logs.KEY.verifierKey(), older);
    Result others = check(folder, Logs.key(Logs.NAME, 2).verifierKey(), older);

    assertThat(changed.exitCode()).isEqualTo(1);
    assertThat(changed.output()).startsWith("entry 256: ");
    assertThat(others.exitCode()).isEqualTo(1);
    assertThat(others.output()).contains("no verifiable signatures");
  }

  private static void grow(Path folder, long size) throws Exception {
    try (TiledLog log = TiledLog.open(folder, Logs.KEY)) {
      log.seal(Logs.entries(log.size(), size));
    }
  }

  private static Result check(Path folder, VerifierKey key, Path older) throws Exception {
    return run(program(), folder.toString(), key.toString(), older.toString());
  }

  private static String program() {
    return tools.resolve("checklog").toString();
  }

  private record Result(int exitCode, String output) {}

  private static Result run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("GO111MODULE", "off");
    builder.environment().put("GOPATH", "/usr/share/gocode");
    builder.environment().put("GOCACHE", tools.resolve("cache").toAbsolutePath().toString());
    Process process = builder.start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
      return new Result(process.exitValue(), output);
    } finally {
      process.destroyForcibly();
    }
  }
}
