package dev.ephemeris.gateway.journal.sink;

import dev.ephemeris.simulator.tls.LoopbackCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Azure Blob Storage on this machine, by Microsoft's own emulator, over TLS and on a disk. */
public final class RunningAzurite implements AutoCloseable {

  private static final Path MAIN =
      Path.of("src/test/azurite/node_modules/azurite/dist/src/blob/main.js");

  /** Published by Microsoft: every Azurite has it. */
  public static final String ACCOUNT = "devstoreaccount1";

  public static final String KEY =
      "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

  private final Path folder;
  private final LoopbackCertificate certificate;
  private final int port;
  private Process process;

  public RunningAzurite(Path folder, LoopbackCertificate certificate) throws Exception {
    this.folder = folder;
    this.certificate = certificate;
    try (ServerSocket free = new ServerSocket(0)) {
      this.port = free.getLocalPort();
    }
    this.process = start();
  }

  /** The URL of a container. */
  public String container(String name) {
    return "https://127.0.0.1:" + port + "/" + ACCOUNT + "/" + name;
  }

  /** The same on the same disk, after {@link #stop}. */
  void startAgain() throws Exception {
    process = start();
  }

  private Process start() throws Exception {
    Process started =
        new ProcessBuilder(
                "node",
                MAIN.toAbsolutePath().toString(),
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
                Integer.toString(port),
                "--location",
                Files.createDirectories(folder).toString(),
                "--cert",
                certificate.certificate().toString(),
                "--key",
                certificate.privateKey().toString(),
                "--oauth",
                "basic",
                "--silent",
                "--disableTelemetry",
                "--skipApiVersionCheck")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("azurite.log").toFile())
            .start();
    for (int i = 0; i < 600; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return started;
      } catch (IOException notYet) {
        if (!started.isAlive()) {
          break;
        }
        Thread.sleep(100);
      }
    }
    started.destroyForcibly();
    throw new IllegalStateException(
        "Azurite doesn't run: " + Files.readString(folder.resolve("azurite.log")));
  }

  void stop() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
