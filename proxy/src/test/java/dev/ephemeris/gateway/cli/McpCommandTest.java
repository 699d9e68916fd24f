package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tools for a local program, by {@code ephemeris mcp}. */
@Timeout(120)
class McpCommandTest {

  private static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
      {"jsonrpc":"2.0","method":"notifications/initialized"}
      """;

  @TempDir private Path folder = Path.of("");
  private final GatewayFixture fixture;
  private final InputStream before = System.in;

  McpCommandTest() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterEach
  void stop() throws Exception {
    System.setIn(before);
    fixture.close();
  }

  private Terminal terminal(String token) {
    return Terminal.at(fixture, folder).with("EPHEMERIS_TOKEN", token);
  }

  private static void type(String lines) {
    System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
  }

  private static Map<String, JsonNode> byId(String out) {
    Map<String, JsonNode> answers = new HashMap<>();
    out.lines()
        .map(line -> Json.parse(line.getBytes(StandardCharsets.UTF_8)))
        .forEach(answer -> answers.put(answer.path("id").asText(), answer));
    return answers;
  }

  private static JsonNode answer(Map<String, JsonNode> answers, String id) {
    return Objects.requireNonNull(answers.get(id), id);
  }

  @Test
  void answersEachLineWithOne() throws Exception {
    type(
        INITIALIZE
            + """
            {"jsonrpc":"2.0","id":"who","method":"tools/call","params":{"name":"whoami","arguments":{}}}
            {"jsonrpc":"2.0","id":"all","method":"tools/list"}
            not json
            """);
    Terminal terminal = terminal(fixture.token(GatewayFixture.ALICE));

    Terminal.Screen screen = terminal.run("mcp");

    assertThat(screen.exitCode()).as(screen.err()).isZero();
    Map<String, JsonNode> answers = byId(screen.out());
    assertThat(answer(answers, "0").at("/result/serverInfo/name").asText()).isEqualTo("ephemeris");
    assertThat(answer(answers, "who").at("/result/structuredContent/actsFor/principal").asText())
        .isEqualTo("corp:sub-alice");
    assertThat(answer(answers, "all").at("/result/tools")).isNotEmpty();
    assertThat(answer(answers, "null").at("/error/code").asInt()).isEqualTo(-32700);
    // It has given its token back.
    assertThat(fixture.journal("sessionEnded"))
        .extracting(record -> record.path("principal").asText())
        .containsExactly("ephemeris:ephemeris-mcp");
  }

  /** Nobody waits for an answer that is told to nobody. */
  @Test
  void answersWhatIsRefusedByItsId() throws Exception {
    type("{\"jsonrpc\":\"2.0\",\"id\":\"early\",\"method\":\"tools/list\"}\n");

    Terminal.Screen screen = terminal(fixture.token(GatewayFixture.ALICE)).run("mcp");

    assertThat(answer(byId(screen.out()), "early").at("/error/message").asText())
        .contains("initialize");
  }

  /** A client that was quiet for long knows of no session that has ended. */
  @Test
  void goesOnAfterTheGatewayHasEndedItsSession() throws Exception {
    System.setIn(
        new SequenceInputStream(
            new ByteArrayInputStream(INITIALIZE.getBytes(StandardCharsets.UTF_8)),
            new ByteArrayInputStream(
                "{\"jsonrpc\":\"2.0\",\"id\":\"later\",\"method\":\"tools/list\"}\n"
                    .getBytes(StandardCharsets.UTF_8)) {
              @Override
              public synchronized int read(byte[] bytes, int from, int length) {
                fixture.clock().advance(Duration.ofMinutes(31));
                return super.read(bytes, from, length);
              }
            }));

    Terminal.Screen screen = terminal(fixture.token(GatewayFixture.ALICE)).run("mcp");

    assertThat(answer(byId(screen.out()), "later").at("/result/tools"))
        .as(screen.out() + screen.err())
        .isNotEmpty();
  }

  @Test
  void beginsWithNoTokenThatIsNotGood() throws Exception {
    type(INITIALIZE);
    Terminal terminal = terminal("x");

    Terminal.Screen screen = terminal.run("mcp");

    assertThat(screen.exitCode()).isEqualTo(3);
    assertThat(screen.out()).isEmpty();
    assertThat(screen.err()).contains("ephemeris login");
  }
}
