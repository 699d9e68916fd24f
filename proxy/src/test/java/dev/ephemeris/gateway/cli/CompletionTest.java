package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ephemeris completion}, read by a bash. */
class CompletionTest {

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void print() throws Exception {
    Screen screen = new Terminal(() -> Instant.EPOCH, folder).run("completion");
    assertThat(screen.exitCode()).isZero();
    assertThat(screen.err()).isEmpty();
    Files.writeString(folder.resolve("completion"), screen.out());
  }

  @ParameterizedTest
  @CsvSource({
    "'ephemeris lea', 'lease leases'",
    "'ephemeris lease --lan', --lane",
    "'ephemeris lease --lane ', 'proxy token rbac'",
    "'ephemeris policy who', who-can",
    "'ephemeris whoami --output ', 'table json yaml'",
    "'ephemeris tunnel --pl', --plain"
  })
  void bashCompletes(String typed, String completed) throws Exception {
    assertThat(
            bash(
                """
                source completion
                compopt() { :; } # is for where somebody types
                COMP_WORDS=(%s)
                [[ "%s" == *' ' ]] && COMP_WORDS+=('')
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _complete_ephemeris
                echo "${COMPREPLY[@]}"
                """
                    .formatted(typed, typed)))
        .isEqualTo(completed + "\n");
  }

  @Test
  void bashKnowsWhatItIsFor() throws Exception {
    assertThat(bash("source completion; complete -p ephemeris"))
        .contains("-F _complete_ephemeris ephemeris");
  }

  private String bash(String script) throws Exception {
    Process bash =
        new ProcessBuilder("bash", "-c", script)
            .directory(folder.toFile())
            .redirectError(folder.resolve("said").toFile())
            .start();
    String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(Files.readString(folder.resolve("said"))).isZero();
    return out;
  }
}
