package dev.ephemeris.gateway.mcp.transport;

import static dev.ephemeris.gateway.mcp.transport.RunningTransport.call;
import static dev.ephemeris.gateway.mcp.transport.RunningTransport.in;
import static dev.ephemeris.gateway.mcp.transport.RunningTransport.initialization;
import static dev.ephemeris.gateway.mcp.transport.RunningTransport.text;
import static dev.ephemeris.gateway.mcp.transport.RunningTransport.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ephemeris.gateway.mcp.transport.Wire.Event;
import dev.ephemeris.gateway.mcp.transport.Wire.Reply;
import io.vertx.core.json.JsonObject;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the transport lets through, and what it doesn't, over plain connections. */
class McpTransportTest {

  private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}";

  private static final Limits LIMITS = new Limits(20_000, 5, 3, 3, 60_000, Duration.ofMinutes(30));

  /** An answer that waits is on a stream at once; nobody is given up who doesn't want to be. */
  private static final Timing TIMING =
      new Timing(
          Duration.ofMillis(50),
          Duration.ofMillis(200),
          Duration.ofSeconds(60),
          Duration.ofMillis(50));

  private RunningTransport running = start(LIMITS, TIMING);

  private static RunningTransport start(Limits limits, Timing timing) {
    try {
      return new RunningTransport(limits, timing);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void startAgain(Limits limits, Timing timing) throws Exception {
    running.close();
    running = start(limits, timing);
  }

  @AfterEach
  void stop() throws Exception {
    running.close();
  }

  private static void eventually(BooleanSupplier holds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it doesn't come to that").isLessThan(end);
      Thread.sleep(10);
    }
  }

  private static Event next(Wire wire) throws IOException {
    return Objects.requireNonNull(wire.event(), "the stream has ended");
  }

  // --- whose a session is ------------------------------------------------------------------------

  @Test
  void sessionIdsAre256BitsThatNobodyGuesses() throws Exception {
    String one = running.initialize("ada", "2025-11-25").session();
    String other = running.initialize("ada", "2025-11-25").session();

    assertThat(one).matches("[A-Za-z0-9_-]{43}").isNotEqualTo(other);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "GET", "DELETE"})
  void somebodyElsesSessionIsAsOneThatNeverWas(String method) throws Exception {
    Map<String, String> adas = running.session("ada");
    String body = method.equals("POST") ? PING : "";

    Reply foreign = running.send(method, with(adas, "X-Caller", "bob"), body);
    Reply never = running.send(method, in("bob", "A".repeat(43)), body);

    assertThat(foreign).isEqualTo(never);
    assertThat(foreign.status()).isEqualTo(404);
    assertThat(foreign.code()).isEqualTo(-32001);
    assertThat(running.post(adas, PING).status()).as("and it is hers still").isEqualTo(200);
  }

  @Test
  void nobodyGoesOnWithSomebodyElsesStream() throws Exception {
    Map<String, String> adas = running.session("ada");
    try (Wire asked = running.open("POST", adas, call(1, "wait"))) {
      String id = next(asked.head()).id();

      Map<String, String> bobs =
          with(with(adas, "X-Caller", "bob"), "Last-Event-ID", String.valueOf(id));
      assertThat(running.send("GET", bobs, "").status()).isEqualTo(404);
      Map<String, String> own = with(running.session("bob"), "Last-Event-ID", String.valueOf(id));
      assertThat(running.send("GET", own, "").status()).isEqualTo(400);

      running.gate.complete("for ada");
      assertThat(text(next(asked).json())).isEqualTo("for ada");
    }
  }

  /** Ids of requests are a session's own: by another's nobody is cancelled, nor answered for. */
  @ParameterizedTest
  @ValueSource(strings = {"ada", "ada/2", "bob"})
  void nobodyMeddlesWithAnothersRequest(String other) throws Exception {
    Map<String, String> adas = running.session("ada");
    Map<String, String> others = running.session(other);
    try (Wire waiting = running.open("POST", adas, call(1, "wait"));
        Wire asking = running.open("POST", adas, call(2, "ask"))) {
      next(waiting.head());
      next(asking.head());
      Object question = next(asking).json().getValue("id");

      int cancelled =
          running
              .post(
                  others,
                  "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}")
              .status();
      int answered =
          running
              .post(
                  others,
                  new JsonObject()
                      .put("jsonrpc", "2.0")
                      .put("id", question)
                      .put("result", new JsonObject().put("action", "accept"))
                      .encode())
              .status();

      assertThat(cancelled).isEqualTo(202);
      assertThat(answered).isEqualTo(400);
      assertThat(running.cancelled).isNotDone();
      // The same id is another request there.
      assertThat(text(running.post(others, call(1, "who")).json())).isEqualTo(other);
      running.gate.complete("for ada");
      assertThat(text(next(waiting).json())).isEqualTo("for ada");
    }
  }

  @Test
  void handlersLearnWhoCallsWithEachRequest() throws Exception {
    Reply reply = running.post(running.session("ada"), call(1, "who"));

    assertThat(text(reply.json())).isEqualTo("ada");
  }

  @Test
  void aDeletedSessionIsNoMore() throws Exception {
    Map<String, String> adas = running.session("ada");

    assertThat(running.send("DELETE", adas, "").status()).isEqualTo(204);
    assertThat(running.post(adas, PING).status()).isEqualTo(404);
  }

  @Test
  void withoutASessionThereIsOnlyInitialization() throws Exception {
    assertThat(running.post(Map.of(), PING).status()).isEqualTo(400);
    assertThat(running.send("GET", Map.of(), "").status()).isEqualTo(400);
    assertThat(running.send("DELETE", Map.of(), "").status()).isEqualTo(400);
    assertThat(running.post(running.session("ada"), initialization("2025-11-25")).status())
        .isEqualTo(400);
  }

  @Test
  void allSessionsOfACallerEndTogether() throws Exception {
    Map<String, String> one = running.session("ada");
    Map<String, String> other = running.session("ada");
    Map<String, String> bobs = running.session("bob");
    try (Wire listening = running.open("GET", one, "");
        Wire asked = running.open("POST", other, call(1, "wait"))) {
      next(listening.head());
      next(asked.head());

      running.transport.endSessionsOf("ada");

      assertThat(listening.event()).isNull();
      assertThat(asked.event()).isNull();
      assertThat(running.cancelled.get(20, TimeUnit.SECONDS)).isTrue();
      assertThat(running.post(one, PING).status()).isEqualTo(404);
      assertThat(running.post(other, PING).status()).isEqualTo(404);
      assertThat(running.post(bobs, PING).status()).isEqualTo(200);
    }
  }

  @Test
  void whenItIsClosedAllSessionsEndAndNoneBegins() throws Exception {
    Map<String, String> adas = running.session("ada");
    try (Wire listening = running.open("GET", adas, "")) {
      next(listening.head());

      running.transport.close();

      assertThat(listening.event()).isNull();
      assertThat(running.post(adas, PING).status()).isEqualTo(503);
      assertThat(running.initialize("ada", "2025-11-25").status()).isEqualTo(503);
    }
  }

  // --- where requests come from ------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "https://console.example, 200",
    "https://evil.example, 403",
    "http://console.example, 403",
    "https://console.example:8443, 403",
    "https://console.example.evil, 403",
    "null, 403",
  })
  void onlyPagesThatAreNamedMayUseIt(String origin, int status) throws Exception {
    assertThat(running.post(Map.of("Origin", origin), initialization("2025-11-25")).status())
        .isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "localhost:8080, 200",
    "LOCALHOST, 200",
    "[::1]:8080, 200",
    "::1, 400",
    "evil.example, 403",
    "localhost.evil.example, 403",
    "127.0.0.1, 403",
  })
  void onlyHostsThatAreNamedAreServed(String host, int status) throws Exception {
    assertThat(running.post(Map.of("Host", host), initialization("2025-11-25")).status())
        .isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: https://console.example",
        "Mcp-Session-Id: one",
        "MCP-Protocol-Version: 2025-06-18",
        "Content-Type: application/json"
      })
  void whatStandsThereTwiceHasTwoReadings(String header) throws Exception {
    byte[] body = initialization("2025-11-25").getBytes(StandardCharsets.UTF_8);
    String head = RunningTransport.head("POST", Map.of("Content-Type", ""), body.length);
    String twice = header + "\r\n" + header + "\r\n\r\n";

    try (Wire wire = Wire.open(running.port, head.substring(0, head.length() - 2) + twice, body)) {
      assertThat(wire.reply().status()).isEqualTo(400);
    }
  }

  // --- what requests say of themselves -----------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"2025-03-26", "2025-06-18", "2025-11-25"})
  void knownRevisionsAreSpoken(String revision) throws Exception {
    Reply reply = running.initialize("ada", revision);

    assertThat(reply.json().getJsonObject("result").getString("protocolVersion"))
        .isEqualTo(revision);
    Map<String, String> session = in("ada", reply.session());
    assertThat(running.post(with(session, "MCP-Protocol-Version", revision), PING).status())
        .isEqualTo(200);
    assertThat(running.post(session, PING).status()).as("without").isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2024-11-05", "2099-01-01", "latest", "2025-11-25, 2025-11-25"})
  void anUnknownRevisionIsRefused(String revision) throws Exception {
    Map<String, String> session = running.session("ada");

    Reply reply = running.post(with(session, "MCP-Protocol-Version", revision), PING);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).doesNotContain(revision + "\"");
  }

  @Test
  void whoWantsARevisionThatIsNotSpokenIsToldTheNewest() throws Exception {
    assertThat(
            running
                .initialize("ada", "2099-01-01")
                .json()
                .getJsonObject("result")
                .getString("protocolVersion"))
        .isEqualTo("2025-11-25");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json, text/event-stream | 200",
        "Text/Event-Stream;q=0.5,Application/JSON;charset=utf-8 | 200",
        "application/json | 406",
        "text/event-stream | 406",
        "*/* | 406",
        "application/json, text/event-stream;q=0 | 406",
        "application/jsonx, text/event-stream | 406",
        "'' | 406",
      })
  void bothFormsOfAnswersHaveToBeAccepted(String accept, int status) throws Exception {
    assertThat(running.post(Map.of("Accept", accept), initialization("2025-11-25")).status())
        .isEqualTo(status);
  }

  @Test
  void aStreamHasToBeAccepted() throws Exception {
    Map<String, String> session = running.session("ada");

    assertThat(running.send("GET", with(session, "Accept", "application/json"), "").status())
        .isEqualTo(406);
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, 200",
    "Application/JSON; charset=UTF-8, 200",
    "text/plain, 415",
    "application/x-www-form-urlencoded, 415",
    "application/json; charset=utf-16, 415",
    "application/jsonp, 415",
    "'', 415",
  })
  void bodiesAreJson(String type, int status) throws Exception {
    assertThat(running.post(Map.of("Content-Type", type), initialization("2025-11-25")).status())
        .isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "PATCH", "OPTIONS", "HEAD"})
  void thereAreThreeMethods(String method) throws Exception {
    try (Wire wire = running.open(method, running.session("ada"), "")) {
      assertThat(wire.head().status()).isEqualTo(405);
    }
  }

  // --- bodies ------------------------------------------------------------------------------------

  @Test
  void aBodyIsNoLongerThanItMayBe() throws Exception {
    Map<String, String> session = running.session("ada");
    String fits = PING + " ".repeat(LIMITS.bodyBytes() - PING.length());

    assertThat(running.post(session, fits).status()).isEqualTo(200);
    assertThat(running.post(session, fits + " ").status()).isEqualTo(413);
    Map<String, String> announced =
        with(session, "Content-Length", Integer.toString(LIMITS.bodyBytes() + 1));
    assertThat(running.post(announced, "").status()).as("before it is sent").isEqualTo(413);
  }

  @ParameterizedTest
  @CsvSource({"/mcp, ''", "/later, ''", "/read, '0\r\n\r\n'"})
  void aBodyThatDoesNotSayHowLongItIsIsNoLongerEither(String path, String end) throws Exception {
    Map<String, String> session =
        with(with(running.session("ada"), "Content-Length", ""), "Transfer-Encoding", "chunked");
    String chunk = Integer.toHexString(10_000) + "\r\n" + " ".repeat(10_000) + "\r\n";

    try (Wire wire =
        Wire.open(
            running.port,
            RunningTransport.head("POST", session, 0).replace("/mcp", path),
            (chunk + chunk + chunk + end).getBytes(StandardCharsets.UTF_8))) {
      assertThat(wire.reply().status())
          .as("where the transport reads itself, before it ends")
          .isEqualTo(413);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/read", "/later"})
  void bodiesArriveWhateverStandsBefore(String path) throws Exception {
    String fits = PING + " ".repeat(LIMITS.bodyBytes() - PING.length());
    Map<String, String> session = running.session("ada");
    for (String body : List.of(PING, fits, fits + " ")) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      String head = RunningTransport.head("POST", session, bytes.length).replace("/mcp", path);
      try (Wire wire = Wire.open(running.port, head, bytes)) {
        assertThat(wire.reply().status()).isEqualTo(bytes.length > LIMITS.bodyBytes() ? 413 : 200);
      }
    }
  }

  @Test
  void whoeverAsksWhetherToSendABodyIsTold() throws Exception {
    String head =
        RunningTransport.head(
            "POST", with(running.session("ada"), "Expect", "100-continue"), PING.length());

    try (Wire wire = Wire.open(running.port, head, new byte[0])) {
      assertThat(wire.head().status()).isEqualTo(100);
      wire.write(PING);
      assertThat(wire.reply().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'jsonrpc':'2.0','id':1,'method':'ping','method':'tools/list'} | -32700",
        "{'jsonrpc':'2.0','id':1,'method':'ping','params':{'a':{'b':1,'b':2}}} | -32700",
        "{'jsonrpc':'2.0','id':1,'method':'ping'} {} | -32700",
        "{'jsonrpc':'2.0','id':1,'method':'ping',} | -32700",
        "{'jsonrpc':'2.0','id':NaN,'method':'ping'} | -32700",
        "'' | -32700",
        "'null' | -32600",
        "7 | -32600",
        "[{'jsonrpc':'2.0','id':1,'method':'ping'}] | -32600",
        "[] | -32600",
        "{} | -32600",
        "{'id':1,'method':'ping'} | -32600",
        "{'jsonrpc':'1.0','id':1,'method':'ping'} | -32600",
        "{'jsonrpc':'2.0','id':null,'method':'ping'} | -32600",
        "{'jsonrpc':'2.0','id':1.5,'method':'ping'} | -32600",
        "{'jsonrpc':'2.0','id':{},'method':'ping'} | -32600",
        "{'jsonrpc':'2.0','id':'','method':'ping'} | -32600",
        "{'jsonrpc':'2.0','id':99999999999999999999,'method':'ping'} | -32600",
        "{'jsonrpc':'2.0','id':1,'method':7} | -32600",
        "{'jsonrpc':'2.0','id':1,'method':'ping\\n'} | -32600",
        "{'jsonrpc':'2.0','id':'a\\u0000','method':'ping'} | -32600",
        "{'jsonrpc':'2.0','id':1,'method':'ping','params':[1]} | -32600",
        "{'jsonrpc':'2.0','id':1,'method':'ping','result':{}} | -32600",
        "{'jsonrpc':'2.0','id':1} | -32600",
        "{'jsonrpc':'2.0','result':{}} | -32600",
        "{'jsonrpc':'2.0','id':1,'result':{},'error':{'code':1,'message':'m'}} | -32600",
        "{'jsonrpc':'2.0','id':1,'error':{'code':'1'}} | -32600",
        "{'jsonrpc':'2.0','id':'never asked','result':{}} | -32600",
      })
  void aBodyIsOneMessageWithOneReading(String body, int code) throws Exception {
    Reply reply = running.post(running.session("ada"), body.replace('\'', '"'));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.code()).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-03-26", "2025-06-18", "2025-11-25"})
  void batchesAreRefusedWithAReason(String revision) throws Exception {
    Map<String, String> session = in("ada", running.initialize("ada", revision).session());

    Reply reply = running.post(session, "[" + PING + "]");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).contains("Batches aren't taken");
  }

  @ParameterizedTest
  @CsvSource({"60, 200", "70, 400"})
  void aMessageIsOnlySoDeep(int depth, int status) throws Exception {
    String params = "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);

    assertThat(
            running
                .post(
                    running.session("ada"),
                    PING.substring(0, PING.length() - 1) + ",\"params\":" + params + "}")
                .status())
        .isEqualTo(status);
  }

  @Test
  void textThatIsNotUtf8IsNone() throws Exception {
    byte[] latin = PING.replace("ping", "p\u00efng").getBytes(StandardCharsets.ISO_8859_1);
    byte[] wide = PING.getBytes(StandardCharsets.UTF_16BE);
    for (byte[] body : List.of(latin, wide)) {
      String head = RunningTransport.head("POST", running.session("ada"), body.length);
      try (Wire wire = Wire.open(running.port, head, body)) {
        assertThat(wire.reply().code()).isEqualTo(-32700);
      }
    }
  }

  // --- what errors say ---------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tools/call | {'name':'hunter2'} | -32602",
        "tools/call | {'name':{'hunter2':1}} | -32602",
        "tools/call | {'name':'fail'} | -32603",
        "tools/call | {'name':'throw'} | -32603",
        "hunter2/list | {} | -32601",
        "prompts/get | {'name':'hunter2'} | -32601",
      })
  void errorsSayNothingThatWasAskedOrThatFailed(String method, String params, int code)
      throws Exception {
    Reply reply =
        running.post(
            running.session("ada"),
            ("{'jsonrpc':'2.0','id':1,'method':'" + method + "','params':" + params + "}")
                .replace('\'', '"'));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().getInteger("id")).isEqualTo(1);
    assertThat(reply.code()).isEqualTo(code);
    assertThat(reply.body())
        .doesNotContain(RunningTransport.SECRET)
        .doesNotContain("Exception")
        .doesNotContain("\"data\"");
  }

  @Test
  void aWrongInitializationBeginsNoSession() throws Exception {
    Reply reply =
        running.post(
            Map.of(),
            """
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"capabilities":"hunter2"}}\
            """);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.session()).isEmpty();
    assertThat(reply.body()).doesNotContain(RunningTransport.SECRET);
  }

  // --- answers -----------------------------------------------------------------------------------

  @Test
  void anAnswerThatComesAtOnceComesAlone() throws Exception {
    Reply reply = running.post(running.session("ada"), PING);

    assertThat(reply.headers()).containsEntry("content-type", "application/json");
    assertThat(reply.json().getInteger("id")).isEqualTo(7);
  }

  @Test
  void anAnswerThatTakesItsTimeComesOnAStreamThatEndsWithIt() throws Exception {
    try (Wire asked = running.open("POST", running.session("ada"), call("a", "wait"))) {
      assertThat(asked.head().isStream()).isTrue();
      Event prime = next(asked);
      assertThat(prime.id()).isEqualTo("1-0");
      assertThat(prime.data()).isEmpty();
      assertThat(prime.hasRetry()).isTrue();

      running.gate.complete("at last");

      Event answer = next(asked);
      assertThat(answer.id()).isEqualTo("1-1");
      assertThat(text(answer.json())).isEqualTo("at last");
      assertThat(asked.event()).isNull();
    }
  }

  @Test
  void clientsOfBeforeAreSentNoEventWithoutAMessageAndNotSentAway() throws Exception {
    Map<String, String> session = in("ada", running.initialize("ada", "2025-06-18").session());
    try (Wire asked = running.open("POST", session, call(1, "away"))) {
      running.vertx.setTimer(300, later -> running.gate.complete("here"));

      assertThat(text(next(asked.head()).json())).isEqualTo("here");
    }
  }

  @Test
  void aHandlerGoesOnInTheContextOfItsRequest() throws Exception {
    Map<String, String> session = running.session("ada");
    try (Wire asked = running.open("POST", session, call(1, "ask"))) {
      next(asked.head());
      JsonObject question = next(asked).json();
      assertThat(question.getString("method")).isEqualTo("elicitation/create");
      String answer =
          new JsonObject()
              .put("jsonrpc", "2.0")
              .put("id", question.getValue("id"))
              .put(
                  "result",
                  new JsonObject().put("action", "accept").put("content", new JsonObject()))
              .encode();

      assertThat(running.post(running.session("bob"), answer).status())
          .as("from somebody who wasn't asked")
          .isEqualTo(400);
      assertThat(running.post(session, answer).status()).isEqualTo(202);
      assertThat(running.post(session, answer).status()).as("twice").isEqualTo(400);

      assertThat(text(next(asked).json())).isEqualTo("ACCEPT true");
    }
  }

  @Test
  void twoRequestsInFlightHaveTwoIds() throws Exception {
    Map<String, String> session = running.session("ada");
    try (Wire asked = running.open("POST", session, call(1, "wait"))) {
      next(asked.head());

      assertThat(running.post(session, call(1, "who")).status()).isEqualTo(400);
      assertThat(running.post(session, call("1", "who")).status()).isEqualTo(200);
    }
  }

  @Test
  void whatIsCancelledIsNotAnswered() throws Exception {
    Map<String, String> session = running.session("ada");
    try (Wire asked = running.open("POST", session, call(1, "wait"))) {
      next(asked.head());

      assertThat(
              running
                  .post(
                      session,
                      """
                      {"jsonrpc":"2.0","method":"notifications/cancelled",\
                      "params":{"requestId":1}}\
                      """)
                  .status())
          .isEqualTo(202);

      assertThat(running.cancelled.get(20, TimeUnit.SECONDS)).isTrue();
      assertThat(asked.event()).isNull();
    }
  }

  @Test
  void anAnswerThatIsTooLongIsToldAsThat() throws Exception {
    Reply reply = running.post(running.session("ada"), call(1, "long", "size", 70_000));

    assertThat(reply.code()).isEqualTo(-32000);
    assertThat(reply.body()).contains("60000 bytes");
  }

  @Test
  void anOpenStreamSaysNowAndThenThatItIs() throws Exception {
    try (Wire listening = running.open("GET", running.session("ada"), "")) {
      next(listening.head());
      running.vertx.setTimer(
          1000, later -> running.transport.notifyClients("notifications/x", null).subscribe());

      assertThat(next(listening).json().getString("method")).isEqualTo("notifications/x");
      assertThat(listening.comments()).isPositive();
    }
  }

  // --- streams -----------------------------------------------------------------------------------

  @Test
  void aClientThatComesBackGoesOnWithItsStreamAndNoOther() throws Exception {
    Map<String, String> session = running.session("ada");
    String seen;
    try (Wire listening = running.open("GET", session, "");
        Wire asked = running.open("POST", session, call(1, "wait"))) {
      next(listening.head());
      seen = String.valueOf(next(asked.head()).id());
      asked.hangUp();
      running.transport.notifyClients("notifications/x", null).block(Duration.ofSeconds(20));
      assertThat(next(listening).json().getString("method")).isEqualTo("notifications/x");
      running.gate.complete("in its absence");

      try (Wire back = running.open("GET", with(session, "Last-Event-ID", seen), "")) {
        assertThat(next(back.head()).id()).as("primed where it was").isEqualTo(seen);
        Event answer = next(back);
        assertThat(text(answer.json())).isEqualTo("in its absence");
        assertThat(back.event()).isNull();

        try (Wire again =
            running.open("GET", with(session, "Last-Event-ID", String.valueOf(answer.id())), "")) {
          next(again.head());
          assertThat(again.event()).as("it has seen all").isNull();
        }
      }
    }
  }

  @Test
  void aClientThatIsSentAwayFindsTheAnswerWhenItComesBack() throws Exception {
    Map<String, String> session = running.session("ada");
    try (Wire asked = running.open("POST", session, call(1, "away"))) {
      String seen = String.valueOf(next(asked.head()).id());
      assertThat(next(asked).hasRetry()).isTrue();
      assertThat(asked.event()).as("its end").isNull();

      try (Wire back = running.open("GET", with(session, "Last-Event-ID", seen), "")) {
        next(back.head());
        running.gate.complete("here");
        assertThat(text(next(back).json())).isEqualTo("here");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1-1",
        "2-0",
        "0-0",
        "-1-0",
        "1-0x",
        "1",
        "1-",
        "99999999999-0",
        "1-999999999999999999"
      })
  void onlyIdsThatWereGivenOutAreGoneOnFrom(String id) throws Exception {
    Map<String, String> session = running.session("ada");
    try (Wire listening = running.open("GET", session, "")) {
      assertThat(next(listening.head()).id()).isEqualTo("1-0");

      assertThat(running.send("GET", with(session, "Last-Event-ID", id), "").status())
          .isEqualTo(400);
    }
  }

  @Test
  void anotherListeningStreamTakesThePlaceOfTheFirst() throws Exception {
    Map<String, String> session = running.session("ada");
    try (Wire first = running.open("GET", session, "")) {
      next(first.head());
      try (Wire second = running.open("GET", session, "")) {
        next(second.head());
        assertThat(first.event()).isNull();
        running.transport.notifyClients("notifications/x", null).block(Duration.ofSeconds(20));
        assertThat(next(second).json().getString("method")).isEqualTo("notifications/x");
      }
    }
  }

  @Test
  void onlySoMuchIsKeptForThoseWhoComeBack() throws Exception {
    Map<String, String> session = running.session("ada");
    try (Wire asked =
        running.open("POST", session, call(1, "chatter", "size", 1000, "count", 200))) {
      next(asked.head());
      asked.hangUp();
    }
    eventually(() -> running.sent.get() == 200);

    Set<Integer> kept = new HashSet<>();
    try (Wire back = running.open("GET", with(session, "Last-Event-ID", "1-140"), "")) {
      back.head();
      Event event = next(back);
      while (event != null) {
        if (!String.valueOf(event.data()).isEmpty()) {
          kept.add(Integer.parseInt(String.valueOf(event.id()).split("-", -1)[1]));
        }
        event = back.event();
      }
    } catch (EOFException brokenOff) {
      // What comes next after 140 may be gone by now.
    }
    assertThat(running.send("GET", with(session, "Last-Event-ID", "1-202"), "").status())
        .as("never sent")
        .isEqualTo(400);
    try (Wire gone = running.open("GET", with(session, "Last-Event-ID", "1-1"), "")) {
      gone.head();
      next(gone);
      assertThatExceptionOfType(EOFException.class)
          .as("without an end, as it isn't all")
          .isThrownBy(gone::event);
    }
    assertThat(kept).hasSizeLessThan(60);
  }

  @Test
  void whoeverWritesToASlowReaderWaitsForIt() throws Exception {
    Map<String, String> session = running.session("ada");
    byte[] body =
        call(1, "chatter", "size", 10_000, "count", 2000).getBytes(StandardCharsets.UTF_8);
    try (Wire slow =
        Wire.open(running.port, 4096, RunningTransport.head("POST", session, body.length), body)) {
      next(slow.head());
      int before = -1;
      while (running.sent.get() != before) {
        before = running.sent.get();
        Thread.sleep(500);
      }
      assertThat(before).as("it stands still long before the end").isLessThan(1500);

      List<String> ids = new ArrayList<>();
      for (Event event = slow.event(); event != null; event = slow.event()) {
        ids.add(String.valueOf(event.id()));
      }
      assertThat(ids).as("and nothing was lost").hasSize(2001).doesNotHaveDuplicates();
      assertThat(ids.getLast()).isEqualTo("1-2001");
    }
  }

  @Test
  void whoeverDoesNotReadAtAllLosesTheConnectionAndNobodyWaits() throws Exception {
    startAgain(
        LIMITS,
        new Timing(
            Duration.ofMillis(50),
            Duration.ofMillis(200),
            Duration.ofMillis(500),
            Duration.ofMillis(50)));
    Map<String, String> session = running.session("ada");
    byte[] body =
        call(1, "chatter", "size", 10_000, "count", 2000).getBytes(StandardCharsets.UTF_8);
    try (Wire stuck =
        Wire.open(running.port, 4096, RunningTransport.head("POST", session, body.length), body)) {
      next(stuck.head());
      eventually(() -> running.sent.get() == 2000);

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(
              () -> {
                while (stuck.event() != null) {
                  // What had been on its way.
                }
              });
    }
  }

  // --- limits ------------------------------------------------------------------------------------

  @Test
  void aSessionThatNobodyUsesEnds() throws Exception {
    Map<String, String> session = running.session("ada");
    running.clock.advance(Duration.ofMinutes(29));
    assertThat(running.post(session, PING).status()).isEqualTo(200);
    running.clock.advance(Duration.ofMinutes(29));
    assertThat(running.post(session, PING).status()).as("it was used").isEqualTo(200);

    running.clock.advance(Duration.ofMinutes(30));

    assertThat(running.post(session, PING).status()).isEqualTo(404);
  }

  @Test
  void aSessionThatNobodyUsesMakesRoomWithoutBeingAskedFor() throws Exception {
    startAgain(new Limits(20_000, 1, 1, 3, 60_000, Duration.ofSeconds(1)), TIMING);
    running.session("ada");
    assertThat(running.initialize("bob", "2025-11-25").status()).isEqualTo(503);

    running.clock.advance(Duration.ofSeconds(1));

    eventually(
        () -> {
          try {
            return running.initialize("bob", "2025-11-25").status() == 200;
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void aSessionWithAnOpenStreamIsUsed() throws Exception {
    Map<String, String> session = running.session("ada");
    try (Wire listening = running.open("GET", session, "")) {
      next(listening.head());

      running.clock.advance(Duration.ofHours(9));

      assertThat(running.post(session, PING).status()).isEqualTo(200);
    }
  }

  @Test
  void aSessionGoesOnNoLongerThanItsCallerMayCall() throws Exception {
    startAgain(
        new Limits(20_000, 5, 3, 3, 60_000, Duration.ofSeconds(2)),
        new Timing(TIMING.alone(), TIMING.heartbeat(), TIMING.patience(), TIMING.retry()));
    Map<String, String> session = running.session("ada");
    try (Wire listening = running.open("GET", session, "")) {
      next(listening.head());

      running.clock.advance(Duration.ofDays(1));

      Event event = listening.event();
      while (event != null) {
        event = listening.event();
      }
      assertThat(running.post(session, PING).status()).isEqualTo(404);
    }
  }

  @Test
  void theSessionThatWasUnusedForLongestGivesWayToItsCallersNext() throws Exception {
    Map<String, String> first = running.session("ada");
    Map<String, String> second = running.session("ada");
    Map<String, String> third = running.session("ada");
    running.clock.advance(Duration.ofSeconds(1));
    assertThat(running.post(first, PING).status()).isEqualTo(200);
    assertThat(running.post(third, PING).status()).isEqualTo(200);

    running.session("ada");

    assertThat(running.post(second, PING).status()).isEqualTo(404);
    assertThat(running.post(first, PING).status()).isEqualTo(200);
    assertThat(running.post(third, PING).status()).isEqualTo(200);
  }

  @Test
  void whoUsesAllTheirSessionsGetsNoMore() throws Exception {
    List<Wire> listening = new ArrayList<>();
    for (int i = 0; i < LIMITS.sessionsPerPerson(); i++) {
      Wire wire = running.open("GET", running.session("ada"), "");
      next(wire.head());
      listening.add(wire);
    }

    assertThat(running.initialize("ada", "2025-11-25").status()).isEqualTo(429);
    assertThat(running.initialize("bob", "2025-11-25").status()).isEqualTo(200);
    for (Wire wire : listening) {
      wire.close();
    }
  }

  /** Whoever gets one token after the other has no more of the gateway by that. */
  @Test
  void callersOfOnePersonAreCountedTogether() throws Exception {
    List<Wire> listening = new ArrayList<>();
    for (int i = 0; i < LIMITS.sessionsPerPerson() - 1; i++) {
      Wire wire = running.open("GET", running.session("ada/" + i), "");
      next(wire.head());
      listening.add(wire);
    }
    Map<String, String> unused = running.session("ada");

    Map<String, String> another = running.session("ada/another");

    assertThat(running.post(unused, PING).status()).isEqualTo(404);
    try (Wire wire = running.open("GET", another, "")) {
      next(wire.head());
      assertThat(running.initialize("ada/yet-another", "2025-11-25").status()).isEqualTo(429);
      assertThat(running.initialize("bob", "2025-11-25").status()).isEqualTo(200);
    }
    for (Wire wire : listening) {
      wire.close();
    }
  }

  @Test
  void thereAreOnlySoManySessionsInAll() throws Exception {
    for (int i = 0; i < LIMITS.sessions(); i++) {
      running.session("caller " + i);
    }

    assertThat(running.initialize("one more", "2025-11-25").status()).isEqualTo(503);
  }

  @Test
  void aSessionHasOnlySoManyRequestsInFlight() throws Exception {
    Map<String, String> session = running.session("ada");
    for (int i = 0; i < LIMITS.streamsPerSession(); i++) {
      Wire wire = running.open("POST", session, call(i, "wait"));
      next(wire.head());
      // Without connections they are in flight all the same.
      wire.close();
    }

    assertThat(running.post(session, call(99, "who")).status()).isEqualTo(429);
    running.gate.complete("go");
    eventually(
        () -> {
          try {
            return running.post(session, call(99, "who")).status() == 200;
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void aSessionHasOnlySoManyStreams() throws Exception {
    Map<String, String> session = running.session("ada");
    List<Wire> open = new ArrayList<>();
    for (int i = 0; i < LIMITS.streamsPerSession(); i++) {
      Wire wire = running.open("POST", session, call(i, "wait"));
      next(wire.head());
      open.add(wire);
    }

    assertThat(running.send("GET", session, "").status()).isEqualTo(429);
    assertThat(running.send("GET", with(session, "Last-Event-ID", "1-0"), "").status())
        .isEqualTo(429);
    for (Wire wire : open) {
      wire.close();
    }
  }
}
