package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a terminal shows while a request takes its time. */
@Timeout(60)
class ProgressTest {

  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private final Optional<PrintStream> terminal =
      Optional.of(new PrintStream(screen, true, StandardCharsets.UTF_8));

  @Test
  void aRequestThatTakesLongSaysForWhatAndTakesItBack() throws Exception {
    HttpServer slow =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    slow.createContext(
        "/",
        exchange -> {
          try {
            while (!shown().contains("…")) {
              Thread.sleep(10);
            }
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    slow.start();
    try {
      URI address = URI.create("http://127.0.0.1:" + slow.getAddress().getPort());
      Http http = Http.trusting(Optional.empty(), new Progress(terminal, Duration.ofMillis(1)));

      assertThat(http.send(HttpRequest.newBuilder(address.resolve("/v1/me"))).status())
          .isEqualTo(204);

      assertThat(shown()).isEqualTo("Waiting for " + address + " … \r\u001b[K");
    } finally {
      slow.stop(0);
    }
  }

  @Test
  void whatComesWithinAMomentIsNotWaitedFor() {
    try (Progress.Wait wait = new Progress(terminal, Duration.ofHours(1)).waitingFor("it")) {
      assertThat(wait).isNotNull();
    }
    assertThat(shown()).isEmpty();
  }

  /** Of tests, there is none; nor is there of a pipeline. */
  @Test
  void whereThereIsNoTerminalNothingIsShown() {
    assertThat(Progress.ofThisProcess()).isEqualTo(Progress.NONE);
    try (Progress.Wait wait = Progress.NONE.waitingFor("it")) {
      assertThat(wait).isNotNull();
    }
  }

  private String shown() {
    return screen.toString(StandardCharsets.UTF_8);
  }
}
