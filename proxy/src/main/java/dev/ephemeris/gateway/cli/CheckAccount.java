package dev.ephemeris.gateway.cli;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.gateway.doctor.Finding.State;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "check",
    description = {
      "Says what of an account's settings in Azure doesn't fit its lanes, and how to put it right.",
      "",
      "The gateway reads local authentication, network, keys' age, role assignments and diagnostic",
      "settings, and judges them by the lanes that the account permits. It changes nothing: lines",
      "to copy are for az, Bicep and Terraform. docs/posture.md has all that it looks for. Takes",
      "the action ephemeris/accounts/check.",
      "",
      "Exits with 1 if there is a problem, or something can't be read, and with 0 if there are only"
          + " warnings."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris account check orders-prod",
      "  ephemeris account check orders-prod --fix bicep",
      "  ephemeris account check orders-prod -o json | jq -r '.findings[].code'"
    })
final class CheckAccount implements Callable<Integer> {

  /** In which language lines are shown. */
  enum Language {
    AZ,
    BICEP,
    TERRAFORM,
    ALL
  }

  private static final String INDENT = " ".repeat(9);

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "ACCOUNT", description = "As 'ephemeris account list' shows it.")
  private AccountName account = AccountName.NONE;

  @Option(
      names = "--fix",
      paramLabel = "LANGUAGE",
      description = "Which lines to show: az (the default), bicep, terraform or all.")
  private Language language = Language.AZ;

  CheckAccount(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    Reply<Api.Posture> posture = connection.signedIn().posture(account);
    output.print(posture, this::text);
    return count(posture.value(), State.PROBLEM) == 0 ? 0 : Failure.Kind.REFUSED.exitCode;
  }

  private String text(Api.Posture posture) {
    return posture.findings().stream().map(this::text).collect(joining())
        + summary(posture)
        + posture.notRead().stream().map(each -> "\nNot read: " + each).collect(joining());
  }

  private String text(Api.Weakness finding) {
    StringBuilder text = new StringBuilder();
    text.append(finding.state())
        .repeat(' ', Math.max(1, INDENT.length() - finding.state().length()))
        .append(finding.code());
    for (String sentence : List.of(finding.what(), finding.why())) {
      text.append('\n').append(INDENT).append(sentence);
    }
    for (Api.Fix fix : finding.fixes()) {
      if (isShown(fix)) {
        text.append(language == Language.ALL ? "\n" + INDENT + "  (" + fix.kind() + ")" : "");
        fix.text()
            .lines()
            .forEach(line -> text.append('\n').append(INDENT).append("  ").append(line));
      }
    }
    return text.append("\n\n").toString();
  }

  /** The gateway's own command stands where there is nothing to be done in Azure. */
  private boolean isShown(Api.Fix fix) {
    return language == Language.ALL
        || Set.of("ephemeris", language.name().toLowerCase(Locale.ROOT)).contains(fix.kind());
  }

  private static String summary(Api.Posture posture) {
    return posture.findings().isEmpty()
        ? "Nothing is wrong with “" + posture.account() + "”."
        : Text.count(count(posture, State.PROBLEM), "problem")
            + ", "
            + Text.count(count(posture, State.WARNING), "warning")
            + ".";
  }

  private static int count(Api.Posture posture, State state) {
    return (int)
        posture.findings().stream()
            .filter(finding -> finding.state().equals(state.toString()))
            .count();
  }
}
