package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code docs/cli.md} is what the commands say of themselves.
 *
 * <p>With {@code -Dcli.md=write} the test writes it.
 */
class CliReferenceTest {

  private static final Path FILE = Path.of("..", "docs", "cli.md");

  private static final String AGAIN =
      "mvn -B -pl proxy -am -Dtest=CliReferenceTest -Dcli.md=write"
          + " -Dsurefire.failIfNoSpecifiedTests=false test";

  private static final int WIDTH = 100;

  /** Wide enough for any line, so that nothing is wrapped. */
  private static final int UNWRAPPED = 10_000;

  @Test
  void theReferenceIsWhatTheCommandsSay() throws IOException {
    String reference = reference();
    if (Objects.equals(System.getProperty("cli.md"), "write")) {
      Files.writeString(FILE, reference);
    }
    assertThat(Files.readString(FILE))
        .as("docs/cli.md isn't what the commands say of themselves; make it anew: %s", AGAIN)
        .isEqualTo(reference);
  }

  @Test
  void everyCommandHasAnExample() {
    assertThat(reference())
        .doesNotContain("```sh\n```")
        .contains("\n## ephemeris exec\n", "\n### ephemeris policy who-can\n");
  }

  private static CommandLine commandLine() {
    return Ephemeris.in(
        new Surroundings(Map.of(), InstantSource.system(), (Duration wait) -> {}, page -> {}));
  }

  private static String reference() {
    CommandLine root = commandLine();
    StringBuilder text =
        new StringBuilder(
            """
            # The command line

            %s

            What a command was asked for is on stdout, a failure is one line on stderr. Every command has `--help`.
            Exit codes, of all commands that don't say otherwise:

            ```text
            %s
            ```

            `ephemeris demo`, which a checkout has besides, explains itself: `./ephemeris demo --help`. This page is made of
            what the commands say of themselves; `%s` makes it anew.
            """
                .formatted(unwrapped(root).description().strip(), exitCodes(root), AGAIN));
    commands(text, root, "##", exitCodes(root));
    return text.toString();
  }

  private static void commands(
      StringBuilder text, CommandLine parent, String heading, String usualExitCodes) {
    for (CommandLine command : parent.getSubcommands().values()) {
      CommandSpec spec = command.getCommandSpec();
      if (spec.name().equals("help")) {
        continue;
      }
      text.append("\n%s %s\n\n".formatted(heading, spec.qualifiedName()))
          .append(unwrapped(command).description().strip())
          .append("\n");
      if (!command.getSubcommands().isEmpty()) {
        commands(text, command, heading + "#", usualExitCodes);
        continue;
      }
      command.setUsageHelpWidth(WIDTH);
      Help help = new Help(spec, plain());
      block(
          text,
          "text",
          "Usage: "
              + help.synopsis("Usage: ".length())
              + "\n"
              + help.parameterList()
              + help.optionList());
      String exitCodes = exitCodes(command);
      if (!exitCodes.equals(usualExitCodes)) {
        text.append("\nExit codes:\n");
        block(text, "text", exitCodes);
      }
      text.append("\n").append(unwrapped(command).footerHeading().strip()).append("\n");
      block(text, "sh", unwrapped(command).footer().stripTrailing().stripIndent());
    }
  }

  private static void block(StringBuilder text, String language, String lines) {
    text.append("\n```")
        .append(language)
        .append("\n")
        .append(lines.stripTrailing())
        .append("\n```\n");
  }

  private static String exitCodes(CommandLine command) {
    command.setUsageHelpWidth(WIDTH);
    return new Help(command.getCommandSpec(), plain()).exitCodeList().stripTrailing();
  }

  private static Help unwrapped(CommandLine command) {
    command.setUsageHelpWidth(UNWRAPPED);
    return new Help(command.getCommandSpec(), plain());
  }

  private static Help.ColorScheme plain() {
    return Help.defaultColorScheme(Ansi.OFF);
  }
}
