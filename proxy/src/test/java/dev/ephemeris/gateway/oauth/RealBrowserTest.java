package dev.ephemeris.gateway.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.ephemeris.gateway.GatewayFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What only a real browser does: it keeps cookies and policies to what they say. */
class RealBrowserTest {

  private final GatewayFixture fixture = new GatewayFixture();

  /** What a command line listens with. */
  private final HttpServer client =
      HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

  RealBrowserTest() throws Exception {
    client.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.close();
        });
    client.start();
  }

  @AfterEach
  void stop() throws IOException {
    client.stop(0);
    fixture.close();
  }

  @Test
  void signsInAndLetsAClientActAndSignsOut() throws Exception {
    String back = "http://127.0.0.1:" + client.getAddress().getPort() + "/callback";
    URI authorize =
        fixture
            .gateway()
            .api()
            .resolve(
                "/oauth/authorize?response_type=code&client_id=ephemeris-cli&state=s"
                    + "&redirect_uri="
                    + back
                    + "&code_challenge_method=S256"
                    + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");

    JsonNode saw = browse(authorize, GatewayFixture.ALICE.subject());

    assertThat(saw.path("answer").asText())
        .startsWith(back + "?")
        .contains("code=")
        .contains("state=s");
    assertThat(saw.path("consent").asText())
        .contains("ephemeris, the command line")
        .contains("Alice Ito (user:default/alice)");
    assertThat(saw.path("account").asText()).contains("You are signed in").contains("A browser");
    assertThat(saw.path("out").asText()).contains("You are signed out");
    assertThat(saw.path("scriptsSee").asText()).isEmpty();
    assertThat(saw.path("refused")).isEmpty();
  }

  private static JsonNode browse(URI uri, String person) throws Exception {
    Process node =
        new ProcessBuilder(
                "node",
                "sign-in.mjs",
                System.getenv().getOrDefault("CHROMIUM", "/usr/bin/chromium"),
                uri.toString(),
                person,
                System.getenv().getOrDefault("PICTURES", ""))
            .directory(Path.of("src", "test", "js").toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(node.exitValue()).as(said).isZero();
    return GatewayFixture.json(said);
  }
}
