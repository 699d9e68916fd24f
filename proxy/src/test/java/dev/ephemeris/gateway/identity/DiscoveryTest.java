package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An issuer that answers with whatever comes to its mind. */
class DiscoveryTest {

  private static final String KEYS = "{\"keys\":[]}";

  private final Vertx vertx = Vertx.vertx();
  private volatile Consumer<HttpServerResponse> keys = response -> response.end(KEYS);
  private volatile Consumer<HttpServerResponse> document =
      response -> response.end(document("/keys"));
  private final AtomicInteger elsewhere = new AtomicInteger();
  private final HttpServer server =
      vertx
          .createHttpServer()
          .requestHandler(
              request -> {
                switch (request.path()) {
                  case "/.well-known/openid-configuration" -> document.accept(request.response());
                  case "/keys" -> keys.accept(request.response());
                  default -> {
                    elsewhere.incrementAndGet();
                    request.response().end(KEYS);
                  }
                }
              })
          .listen(0, "127.0.0.1")
          .await();

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private String issuer() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  private String document(String keysPath) {
    return "{\"issuer\":\"" + issuer() + "\",\"jwks_uri\":\"" + issuer() + keysPath + "\"}";
  }

  private String read() {
    return new Discovery(vertx, Duration.ofSeconds(2)).keys(issuer()).await();
  }

  @Test
  void readsTheKeys() {
    assertThat(read()).isEqualTo(KEYS);
  }

  /** Who can make a server send people elsewhere could send the gateway for keys elsewhere. */
  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void followsNobody(int status) {
    Consumer<HttpServerResponse> away =
        response ->
            response.setStatusCode(status).putHeader("location", issuer() + "/elsewhere").end();
    keys = away;
    assertThatThrownBy(this::read).hasMessageContaining("its keys answered " + status);
    document = away;
    assertThatThrownBy(this::read).hasMessageContaining("its discovery answered " + status);
    assertThat(elsewhere).hasValue(0);
  }

  @Test
  void readsNoMoreThanAnIssuerHasToSay() {
    String much = " ".repeat(600_000) + KEYS;
    keys = response -> response.end(much);
    assertThatThrownBy(this::read).hasMessageContaining("more than 524288 bytes");
    // Without a length, as long as it is read.
    keys =
        response -> {
          response.setChunked(true);
          vertx.setPeriodic(
              1,
              timer -> {
                if (response.closed()) {
                  vertx.cancelTimer(timer);
                } else {
                  response.write(" ".repeat(50_000));
                }
              });
        };
    assertThatThrownBy(this::read).hasMessageContaining("more than 524288 bytes");
  }

  @Test
  void waitsForNobodyWhoDrips() {
    keys =
        response -> {
          response.setChunked(true);
          vertx.setPeriodic(
              200,
              timer -> {
                if (response.closed()) {
                  vertx.cancelTimer(timer);
                } else {
                  response.write(" ");
                }
              });
        };

    assertThatThrownBy(this::read).hasMessageContaining("imeout");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"issuer\":\"ISSUER\",\"issuer\":\"ISSUER\",\"jwks_uri\":\"ISSUER/keys\"}",
        "{\"issuer\":\"ISSUER/\",\"jwks_uri\":\"ISSUER/keys\"}",
        "{\"issuer\":[\"ISSUER\"],\"jwks_uri\":\"ISSUER/keys\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":7}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"file:///etc/passwd\"}",
        "{\"issuer\":\"ISSUER\",\"jwks_uri\":\"https://127.0.0.1:1/keys\"}"
      })
  void takesNoOtherDocument(String text) {
    document = response -> response.end(text.replace("ISSUER", issuer()));

    assertThatThrownBy(this::read).isInstanceOf(Exception.class);
  }
}
