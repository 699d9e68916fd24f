package dev.ephemeris.simulator.issuer;

import static dev.ephemeris.simulator.issuer.RunningIssuer.ALICE;
import static dev.ephemeris.simulator.issuer.RunningIssuer.encode;
import static dev.ephemeris.simulator.issuer.RunningIssuer.formToken;
import static dev.ephemeris.simulator.issuer.RunningIssuer.request;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DoorkeeperTest {
  @RegisterExtension static final RunningIssuer ISSUER = new RunningIssuer();

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.test", "http://127.0.0.1:1", "null"})
  void turnsAwayAFormThatAnotherSiteSends(String origin) throws Exception {
    // Given
    var form =
        Map.of("form", formToken(ISSUER.visit("/authorize", request())), "person", ALICE.subject());
    // When
    var response = ISSUER.send(ISSUER.posting("/authorize", encode(form)).header("Origin", origin));
    // Then
    assertThat(response.statusCode()).isEqualTo(403);
  }

  @Test
  void letsInAFormThatItsOwnPageSends() throws Exception {
    // Given
    var form =
        Map.of("form", formToken(ISSUER.visit("/authorize", request())), "person", ALICE.subject());
    // When
    var response =
        ISSUER.send(ISSUER.posting("/authorize", encode(form)).header("Origin", ISSUER.issuer()));
    // Then
    assertThat(response.statusCode()).isEqualTo(303);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.test", "localhost", "127.0.0.1"})
  void answersToNoOtherName(String host) throws Exception {
    assertThat(statusOf("GET /jwks HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421");
  }

  @Test
  void letsNoPageBeFramedOrScripted() throws Exception {
    // When
    var headers = ISSUER.visit("/authorize", request()).headers();
    // Then
    assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'")
        .endsWith("form-action 'self' https://console.example.test")
        .doesNotContain("unsafe");
    assertThat(headers.firstValue("X-Frame-Options")).contains("DENY");
    assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(headers.firstValue("Cache-Control")).contains("no-store");
  }

  // java.net.http sets the Host header itself.
  private static String statusOf(String request) throws Exception {
    var issuer = ISSUER.get().issuer();
    try (var socket = new Socket(issuer.getHost(), issuer.getPort())) {
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }
}
