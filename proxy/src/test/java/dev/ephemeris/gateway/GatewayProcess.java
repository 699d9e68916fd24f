package dev.ephemeris.gateway;

import dev.ephemeris.config.Configuration;
import dev.ephemeris.gateway.journal.folder.FolderJournal;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A whole gateway in a process of its own, to be killed. */
final class GatewayProcess {

  private GatewayProcess() {}

  /**
   * Runs until it is killed. Prints where its data plane is.
   *
   * @param args the configuration
   */
  public static void main(String[] args) throws Exception {
    Gateway gateway =
        Gateway.start(
            Configuration.read(Path.of(args[0])),
            Optional.empty(),
            InstantSource.system(),
            (settings, key, clock) ->
                FolderJournal.open(settings.folder(), key, TestJournals.SETTINGS, clock));
    System.out.println(gateway.dataPlane());
    new CountDownLatch(1).await();
  }
}
