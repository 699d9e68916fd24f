package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code --help} says, on a terminal or not. */
class HelpTest {

  private final Terminal terminal = new Terminal(() -> Instant.EPOCH, Path.of("never-written"));

  /** As picocli takes it for a terminal with colours, which tests don't have. */
  @BeforeEach
  void colour() {
    System.setProperty("picocli.ansi", "true");
  }

  @AfterEach
  void noColour() {
    System.clearProperty("picocli.ansi");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "login --help",
        "whoami --help",
        "lease --help",
        "leases --help",
        "renew --help",
        "logout --help",
        "sessions --help",
        "request --help",
        "requests --help",
        "pick-up --help",
        "withdraw --help",
        "approve --help",
        "deny --help",
        "review --help",
        "blocks --help",
        "unblock --help",
        "kill --help",
        "suspend --help",
        "revoke --help",
        "exec --help",
        "tunnel --help",
        "explain --help",
        "scan --help",
        "account --help",
        "account list --help",
        "account add --help",
        "account remove --help",
        "account check --help",
        "account keys --help",
        "account rotate --help",
        "account panic --help",
        "root-key --help",
        "root-key list --help",
        "root-key rotate --help",
        "root-key revoke --help",
        "audit --help",
        "audit tail --help",
        "audit search --help",
        "audit key --help",
        "audit verify --help",
        "audit prove --help",
        "audit verify-proof --help",
        "audit schema --help",
        "audit session --help",
        "audit access --help",
        "audit report --help",
        "policy --help",
        "policy import --help",
        "policy export --help",
        "policy drift --help",
        "policy apply --help",
        "policy check --help",
        "policy test --help",
        "policy coverage --help",
        "policy lint --help",
        "policy diff --help",
        "policy who-can --help",
        "policy explain --help",
        "serve --help",
        "completion --help",
        "help",
        "help lease"
      })
  void everyCommandHasHelpInPlainTextThatFitsATerminal(String arguments) {
    Screen help = terminal.run(arguments.split(" ", -1));

    assertThat(help.exitCode()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).contains("Usage: ephemeris").doesNotContain("\u001b");
    assertThat(help.out().lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void theListOfCommandsIsMadeOfWholeSentences() {
    for (String command : new String[] {"", "account", "audit", "policy"}) {
      String help = terminal.run((command + " --help").strip().split(" ", -1)).out();
      List<String> entries = commands(help);

      assertThat(entries).isNotEmpty();
      assertThat(entries).allSatisfy(entry -> assertThat(entry).matches("[a-z-]+ +[A-Z][^.]*\\."));
    }
  }

  @Test
  void theExitCodesInTheHelpAreThoseThatThereAre() {
    String help = terminal.run("--help").out();

    for (Failure.Kind kind : Failure.Kind.values()) {
      assertThat(help).containsPattern("\n  " + kind.exitCode + "   [a-z]");
    }
  }

  @Test
  void exitCodesOfACommandsOwnAreInItsHelp() {
    assertThat(terminal.run("audit", "verify", "--help").out())
        .contains("\n  3   internally consistent;")
        .doesNotContain("not signed in");
  }

  @Test
  void theVersionIsALineOfItsOwn() {
    assertThat(terminal.run("--version").out()).startsWith("ephemeris ").hasLineCount(2);
  }

  /** The entries of the list, each on one line. */
  private static List<String> commands(String help) {
    String list = help.replaceAll("(?s).*\nCommands:\n(.*?)\n\n.*", "$1");
    return list.replaceAll("\n {5,}", " ").lines().map(String::strip).toList();
  }
}
