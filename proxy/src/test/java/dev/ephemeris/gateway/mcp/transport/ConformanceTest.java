package dev.ephemeris.gateway.mcp.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelcontextprotocol.server.McpSyncServer;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol's own suite for servers, against the transport and the SDK behind it. */
class ConformanceTest {

  private static final Path INSTALLED = Path.of("src/test/mcp/node_modules").toAbsolutePath();

  /** A scenario with what it has found; the suite ends with their sum. */
  private static final Pattern SCENARIO =
      Pattern.compile("^[✓✗] ([a-z0-9-]+): (\\d+) passed, (\\d+) failed(.*)$", Pattern.MULTILINE);

  @Test
  void everyScenarioPasses(@TempDir Path folder) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Router router = Router.router(vertx);
      HttpServer http =
          vertx
              .createHttpServer()
              .requestHandler(router)
              .listen(0, "127.0.0.1")
              .await(20, TimeUnit.SECONDS);
      String authority = "127.0.0.1:" + http.actualPort();
      McpTransport transport =
          new McpTransport(
              vertx,
              new McpTransport.Settings(
                  Set.of("127.0.0.1"),
                  Set.of("http://" + authority),
                  Limits.STANDARD,
                  Timing.STANDARD),
              routing -> new Caller("the suite", "the suite", Instant.MAX, Map.of()),
              InstantSource.system());
      McpSyncServer server = ConformanceServer.on(transport);
      router.route("/mcp").handler(transport);

      String said = suite(folder, "http://" + authority + "/mcp");

      // Every scenario that it has for servers, and none of them expected to fail.
      assertThat(SCENARIO.matcher(said).results())
          .as(said)
          .hasSize(32)
          .allSatisfy(
              (MatchResult scenario) -> {
                assertThat(scenario.group(2)).as(scenario.group()).isNotEqualTo("0");
                assertThat(scenario.group(3)).as(scenario.group()).isEqualTo("0");
                assertThat(scenario.group(4)).as(scenario.group()).isEmpty();
              });
      assertThat(findings(folder))
          .isNotEmpty()
          .allMatch(status -> status.equals("SUCCESS") || status.equals("INFO"));
      server.close();
    } finally {
      vertx.close().await(20, TimeUnit.SECONDS);
    }
  }

  /**
   * What each check of each scenario has come to: a recommendation that isn't followed is one too.
   */
  private static List<String> findings(Path folder) throws IOException {
    List<String> findings = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder.resolve("results"))) {
      for (Path file : files.filter(file -> file.endsWith("checks.json")).toList()) {
        for (JsonNode check : new ObjectMapper().readTree(file.toFile())) {
          findings.add(check.path("status").asText());
        }
      }
    }
    return findings;
  }

  private static String suite(Path folder, String url) throws Exception {
    Path said = folder.resolve("suite.log");
    Process suite =
        new ProcessBuilder(
                INSTALLED.resolve("node/bin/node").toString(),
                INSTALLED.resolve("@modelcontextprotocol/conformance/dist/index.js").toString(),
                "server",
                "--url",
                url,
                "--suite",
                "all",
                "--output-dir",
                folder.resolve("results").toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(suite.waitFor(5, TimeUnit.MINUTES)).as("the suite ends").isTrue();
      String text = Files.readString(said);
      assertThat(suite.exitValue()).as(text).isZero();
      return text;
    } finally {
      suite.destroyForcibly();
    }
  }
}
