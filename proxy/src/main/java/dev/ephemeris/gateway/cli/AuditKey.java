package dev.ephemeris.gateway.cli;

import dev.ephemeris.config.Configuration;
import dev.ephemeris.config.ConfigurationException;
import dev.ephemeris.gateway.Gateway;
import dev.ephemeris.gateway.Gateway.StartException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "key",
    description = {
      "Prints the verifier key of a gateway's journal.",
      "",
      "It is public. Auditors get it when the gateway is set up, and keep it: whoever could change"
          + " the journal could change a key beside it. Reads the signing key, where the"
          + " configuration says it is."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris audit key --config /etc/ephemeris/ephemeris.yaml > log.vkey"})
final class AuditKey implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The gateway's configuration.")
  private Path config = Path.of("");

  @Override
  public Integer call() throws Failure {
    try {
      spec.commandLine().getOut().println(Gateway.verifierKey(Configuration.read(config)));
      return 0;
    } catch (ConfigurationException | StartException e) {
      throw new Failure(Failure.Kind.LOCAL, String.valueOf(e.getMessage()));
    }
  }
}
