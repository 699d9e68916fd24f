package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole gateway behind a proxy: here the test's own machine, or none of them. */
class ProxiedTest {

  private final GatewayFixture fixture;

  ProxiedTest() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private void behind(String network, String listeners) throws Exception {
    fixture.configure(
        text ->
            text.replace("{ port: 0 }\napi: { port: 0 }", listeners)
                + "trustedProxies: { networks: ["
                + network
                + "] }\n");
    fixture.restart();
  }

  private static final String PLAIN = "{ port: 0 }\napi: { port: 0 }";

  private String recordedAddress() throws IOException {
    JsonNode failed = fixture.journal("authenticationFailed").getLast();
    return failed.path("address").asText();
  }

  private int ask(URI gateway, String path, String forwarded) throws Exception {
    return fixture
        .send(
            HttpRequest.newBuilder(gateway.resolve(path))
                .header("x-ms-version", "2020-07-15")
                .header("x-ms-documentdb-partitionkey", "[\"c1\"]")
                .header("x-forwarded-for", forwarded))
        .status();
  }

  private static final String ORDER = "/dbs/shop/colls/orders/docs/o1";

  @Test
  void takesTheProxysWordAtBothListeners() throws Exception {
    behind("127.0.0.0/8", PLAIN);

    assertThat(ask(fixture.gateway().api(), "/v1/me", "192.0.2.1, 203.0.113.9")).isEqualTo(401);
    assertThat(recordedAddress()).isEqualTo("203.0.113.9");
    assertThat(ask(fixture.gateway().dataPlane(), ORDER, "203.0.113.8")).isEqualTo(401);
    assertThat(recordedAddress()).isEqualTo("203.0.113.8");
    assertThat(ask(fixture.gateway().api(), "/v1/me", "nonsense")).isEqualTo(400);
    assertThat(ask(fixture.gateway().dataPlane(), ORDER, "nonsense")).isEqualTo(400);
  }

  @Test
  void takesNobodyElses() throws Exception {
    behind("10.0.0.0/8", PLAIN);

    assertThat(ask(fixture.gateway().api(), "/v1/me", "192.0.2.1")).isEqualTo(401);
    assertThat(recordedAddress()).isEqualTo("127.0.0.1");
    assertThat(ask(fixture.gateway().dataPlane(), ORDER, "192.0.2.1")).isEqualTo(401);
    assertThat(recordedAddress()).isEqualTo("127.0.0.1");
  }

  /**
   * The address decides: what a rule gives to one network, nobody gets by a header of their own.
   */
  @Test
  void decidesByIt() throws Exception {
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: the team reads orders in the office
            for: { groups: [group:default/team] }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            when: { network: ["203.0.113.0/24"] }
            ttl: { default: 1h, max: 4h }
        """);
    behind("127.0.0.0/8", PLAIN);

    assertThat(lease("203.0.113.9")).isEqualTo(201);
    assertThat(lease("203.0.113.9, 192.0.2.1")).isEqualTo(403);
  }

  private int lease(String forwarded) throws Exception {
    return fixture
        .send(
            HttpRequest.newBuilder(fixture.gateway().api().resolve("/v1/leases"))
                .header("authorization", "Bearer " + fixture.token(GatewayFixture.ALICE))
                .header("content-type", "application/json")
                .header("x-forwarded-for", forwarded)
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"scope\":\"%s\",\"role\":\"data-reader\"}"
                            .formatted(GatewayFixture.ORDERS))))
        .status();
  }

  @ParameterizedTest
  @ValueSource(strings = {"api", "dataPlane"})
  void readsTheProxyProtocol(String listener) throws Exception {
    behind(
        "127.0.0.0/8", "{ port: 0, proxyProtocol: true }\napi: { port: 0, proxyProtocol: true }");

    assertThat(overProxyProtocol(listener)).contains(" 401 ");
    assertThat(recordedAddress()).isEqualTo("203.0.113.77");
  }

  /** Whoever reaches the listener past the proxy can write such a word too. */
  @ParameterizedTest
  @ValueSource(strings = {"api", "dataPlane"})
  void believesNoStrangersProxyProtocol(String listener) throws Exception {
    behind("10.0.0.0/8", "{ port: 0, proxyProtocol: true }\napi: { port: 0, proxyProtocol: true }");

    assertThat(overProxyProtocol(listener)).contains(" 401 ");
    assertThat(recordedAddress()).isEqualTo("127.0.0.1");
  }

  /** The first line of the answer to a request for nobody in particular. */
  private String overProxyProtocol(String listener) throws Exception {
    boolean api = listener.equals("api");
    URI gateway = api ? fixture.gateway().api() : fixture.gateway().dataPlane();
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), gateway.getPort())) {
      OutputStream plain = socket.getOutputStream();
      plain.write(versionTwo("203.0.113.77"));
      plain.flush();
      SSLSocketFactory factory = fixture.certificate().clientTls().getSocketFactory();
      try (SSLSocket tls =
          (SSLSocket) factory.createSocket(socket, "localhost", gateway.getPort(), true)) {
        tls.getOutputStream()
            .write(
                """
                GET %s HTTP/1.1\r
                Host: localhost\r
                x-ms-version: 2020-07-15\r
                x-ms-documentdb-partitionkey: ["c1"]\r
                Connection: close\r
                \r
                """
                    .formatted(api ? "/v1/me" : ORDER)
                    .getBytes(StandardCharsets.US_ASCII));
        return new String(tls.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .findFirst()
            .orElse("");
      }
    }
  }

  /** proxy-protocol.txt §2.2: TCP over IPv4, from this address. */
  private static byte[] versionTwo(String from) throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.write(
        new byte[] {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A});
    header.write(new byte[] {0x21, 0x11, 0x00, 0x0C});
    header.write(InetAddress.ofLiteral(from).getAddress());
    header.write(InetAddress.ofLiteral("192.0.2.200").getAddress());
    header.write(new byte[] {0x30, 0x39, 0x01, (byte) 0xBB});
    return header.toByteArray();
  }
}
