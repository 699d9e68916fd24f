package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.oauth.TestBrowser;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
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

  /** Who stops it has their own sign-in still; by a new one the same process goes on. */
  @Test
  void saysThatItWasStoppedAndGoesOnOnceThePersonHasSignedInAnew() throws Exception {
    Terminal alice = Terminal.at(fixture, folder);
    signIn(alice);
    Terminal agents = Terminal.at(fixture, folder);
    Thread running;
    try (PipedOutputStream typed = new PipedOutputStream()) {
      System.setIn(new PipedInputStream(typed));
      running = Thread.startVirtualThread(() -> agents.run("mcp"));
      JsonNode first = ask(agents, typed, INITIALIZE + call("first"), "first");
      assertThat(first.at("/result/isError").asBoolean(true)).as(first.toString()).isFalse();

      fixture.clock().advance(Duration.ofSeconds(2));
      assertThat(alice.run("agents", "stop", "ephemeris:ephemeris-mcp").exitCode()).isZero();

      JsonNode stopped = ask(agents, typed, call("stopped"), "stopped");
      assertThat(stopped.at("/result/isError").asBoolean()).as(stopped.toString()).isTrue();
      assertThat(stopped.at("/result/content/0/text").asText())
          .contains("this agent was stopped at")
          .contains("once you have signed in anew")
          .contains("ephemeris login");
      assertThat(
              ask(
                      agents,
                      typed,
                      "{\"jsonrpc\":\"2.0\",\"id\":\"all\",\"method\":\"tools/list\"}\n",
                      "all")
                  .at("/error/message")
                  .asText())
          .contains("this agent was stopped at");
      assertThat(alice.run("whoami").exitCode()).isZero();
      Terminal.Screen another = Terminal.at(fixture, folder).run("mcp");
      assertThat(another.exitCode()).isEqualTo(3);
      assertThat(another.err()).contains("this agent was stopped at");
      assertThat(fixture.journal("authenticationFailed"))
          .extracting(record -> record.path("reason").asText())
          .noneMatch(reason -> reason.contains("is lifted"));

      fixture.clock().advance(Duration.ofSeconds(2));
      signIn(alice);

      JsonNode again = ask(agents, typed, call("again"), "again");
      assertThat(again.at("/result/structuredContent/actsFor/principal").asText())
          .as(again.toString())
          .isEqualTo("corp:sub-alice");
    }
    running.join();
  }

  /** By a browser in which nobody is signed in yet. */
  private void signIn(Terminal terminal) {
    try (TestBrowser browser = new TestBrowser(fixture.certificate())) {
      assertThat(
              terminal
                  .browsing(page -> browser.allow(page, GatewayFixture.ALICE.subject()))
                  .run("login")
                  .exitCode())
          .isZero();
    }
  }

  private static String call(String id) {
    return "{\"jsonrpc\":\"2.0\",\"id\":\""
        + id
        + "\",\"method\":\"tools/call\",\"params\":{\"name\":\"whoami\",\"arguments\":{}}}\n";
  }

  /** The answer to one of these lines. */
  private static JsonNode ask(Terminal running, OutputStream typed, String lines, String id)
      throws Exception {
    typed.write(lines.getBytes(StandardCharsets.UTF_8));
    typed.flush();
    while (!running.answered().contains("\"id\":\"" + id + "\"")) {
      Thread.sleep(20);
    }
    return answer(byId(running.answered()), id);
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
