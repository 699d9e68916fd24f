package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = {
      "Prints a script that has bash or zsh complete commands and options.",
      "",
      "Have the shell read it as it starts, by a line as in the examples in ~/.bashrc or ~/.zshrc."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  source <(ephemeris completion)",
      "  ephemeris completion > ~/.local/share/bash-completion/completions/ephemeris"
    })
final class Completion implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    CommandLine whole = spec.root().commandLine();
    spec.commandLine().getOut().println(AutoComplete.bash(spec.root().name(), whole));
    return 0;
  }
}
