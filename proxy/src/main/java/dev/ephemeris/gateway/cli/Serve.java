package dev.ephemeris.gateway.cli;

import dev.ephemeris.config.ConfigurationException;
import dev.ephemeris.gateway.Gateway;
import dev.ephemeris.gateway.Gateway.StartException;
import dev.ephemeris.gateway.Production;
import dev.ephemeris.gateway.account.ConfigurationFile;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ephemeris serve}: runs the gateway until it is told to stop. */
@Command(
    name = "serve",
    description = {
      "Runs the gateway until SIGTERM or Ctrl-C.",
      "",
      "Listens where the configuration says: by default the data plane on 8081, the API on 8080,"
          + " management on 9090, all on 127.0.0.1. Refuses development issuers, the emulator's"
          + " key and root keys made for development.",
      "",
      "Reads the configuration again when it changes: what it says of accounts takes effect at"
          + " once, anything else at the next start."
    },
    footerHeading = "%nExample:%n",
    footer = "  ephemeris serve --config /etc/ephemeris/ephemeris.yaml")
final class Serve implements Callable<Integer> {

  private static final int LOCAL_FAULT = 5;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The configuration, see config/reference/ephemeris.yaml.")
  private Path config = Path.of("ephemeris.yaml");

  @Override
  public Integer call() throws InterruptedException {
    Gateway gateway;
    try {
      gateway =
          Gateway.start(new ConfigurationFile(config, Production::refusal), InstantSource.system());
    } catch (ConfigurationException | StartException e) {
      spec.commandLine().getErr().println("ephemeris serve: " + e.getMessage());
      return LOCAL_FAULT;
    }
    var out = spec.commandLine().getOut();
    out.println("data plane " + gateway.dataPlane());
    out.println("api        " + gateway.api());
    out.println("management " + gateway.management());
    out.println("ready");
    out.flush();
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  gateway.close();
                  stopped.countDown();
                },
                "serve-end"));
    stopped.await();
    return 0;
  }
}
