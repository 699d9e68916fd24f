package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.credential.Planted;
import dev.ephemeris.policy.PolicySource;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of an account's answer to an agent, whatever that is; and to people. */
class WithholdTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String POLICY =
      """
      apiVersion: ephemeris.dev/v1
      roles:
        all: { actions: [reads, writes, code] }
      rules:
        - name: the team
          for: { groups: [group:default/team], principal: person }
          role: all
          scopes: ["orders-prod:/dbs/shop"]
          ttl: { default: 1h, max: 4h }
        - name: its copilots
          for: { groups: [group:default/copilots], principal: agent }
          role: all
          scopes: ["orders-prod:/dbs/shop"]
          ttl: { default: 1h, max: 4h }
      """;

  private static final String ITEM = "/dbs/shop/colls/orders/docs/a";
  private static final String ITEMS = "/dbs/shop/colls/orders/docs";
  private static final String SECRET = Planted.all(new Random(3)).getFirst().secret();
  private static final String WITHHELD = "[credential withheld: account key]";

  private static DataPlaneFixture fixture;
  private static OddAccount account;
  private static URI gateway;
  private static String person;
  private static String agent;

  @BeforeAll
  static void start() throws Exception {
    fixture = new DataPlaneFixture(new PolicySource("policy.yaml", POLICY));
    account = new OddAccount(fixture.certificate());
    gateway = fixture.gateway(steps -> steps, 2_200_000, account.endpoint());
    person = fixture.lease("orders-prod:/dbs/shop", "all").token().reveal();
    agent = fixture.agentsLease("orders-prod:/dbs/shop", Optional.empty(), "all").token().reveal();
  }

  @AfterAll
  static void stop() throws Exception {
    account.close();
    fixture.close();
  }

  @BeforeEach
  void begin() {
    account.answer(response -> response.end("{}"));
  }

  private static RawHttp.Answer send(
      String token, String method, String target, String body, String... headers) throws Exception {
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("authorization: " + URLEncoder.encode(token, StandardCharsets.UTF_8));
    all.add("x-ms-documentdb-partitionkey: [\"a\"]");
    return new RawHttp(fixture.certificate().clientTls(), gateway)
        .send(method, target, all, body.getBytes(StandardCharsets.UTF_8));
  }

  private static RawHttp.Answer read(String token) throws Exception {
    return send(token, "GET", ITEM, "");
  }

  private static Consumer<HttpServerResponse> json(int status, String body) {
    return response ->
        response
            .setStatusCode(status)
            .putHeader("content-type", "application/json")
            .putHeader("x-ms-request-charge", "2.5")
            .putHeader("etag", "\"e\"")
            .end(body);
  }

  /** Its outcome in the journal, which is written once the client has its answer. */
  private static JsonNode outcome(RawHttp.Answer answer) throws Exception {
    String activity = answer.header("x-ms-activity-id").orElse("");
    for (int i = 0; i < 100; i++) {
      for (String line : fixture.journal().lines().toList()) {
        JsonNode record = JSON.readTree(line);
        if (record.path("type").asText().equals("requestOutcome")
            && (activity.isEmpty() || record.path("activityId").asText().equals(activity))) {
          return record;
        }
      }
      Thread.sleep(20);
    }
    throw new IllegalStateException("no outcome of " + activity);
  }

  @Test
  void whatLooksLikeACredentialIsReplacedForAgentsAndNothingElse() throws Exception {
    String is =
        "{ \"id\":\"a\",\"n\" : 1e400, \"big\":12345678901234567890.10, \"k\":\""
            + SECRET
            + "\", \"more\":[\"\\u00e9\\/\", \"x "
            + SECRET
            + "\"]}\n";
    String activity = "11111111-2222-4333-8444-555555555501";
    account.answer(
        response -> {
          response.putHeader("x-ms-activity-id", activity);
          json(200, is).accept(response);
        });

    RawHttp.Answer shown = read(agent);
    RawHttp.Answer whole = read(person);

    assertThat(shown.status()).isEqualTo(200);
    assertThat(shown.body()).isEqualTo(is.replace(SECRET, WITHHELD));
    assertThat(shown.header("x-ephemeris-withheld")).contains("2");
    assertThat(shown.header("content-length"))
        .contains(Integer.toString(shown.body().getBytes(StandardCharsets.UTF_8).length));
    assertThat(shown.header("etag")).contains("\"e\"");
    assertThat(whole.body()).isEqualTo(is);
    assertThat(whole.header("x-ephemeris-withheld")).isEmpty();
  }

  @Test
  void howManyIsOnRecordAndCounted() throws Exception {
    account.answer(json(200, "[\"%s\",\"%s\",\"%s\"]".formatted(SECRET, SECRET, SECRET)));
    String activity = "11111111-2222-4333-8444-555555555502";
    String ofPerson = "11111111-2222-4333-8444-555555555503";

    send(agent, "GET", ITEM, "", "x-ms-activity-id: " + activity);
    send(person, "GET", ITEM, "", "x-ms-activity-id: " + ofPerson);

    JsonNode outcome =
        outcome(new RawHttp.Answer(200, List.of("x-ms-activity-id: " + activity), ""));
    assertThat(outcome.path("withheld").asInt()).isEqualTo(3);
    assertThat(
            outcome(new RawHttp.Answer(200, List.of("x-ms-activity-id: " + ofPerson), ""))
                .has("withheld"))
        .isFalse();
    assertThat(fixture.metrics().lines())
        .anyMatch(
            line ->
                line.startsWith("ephemeris_values_withheld_total{account=\"orders-prod\"}")
                    && Double.parseDouble(line.substring(line.indexOf(' '))) >= 3);
    assertThat(fixture.journal()).doesNotContain(SECRET);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 409, 412, 429, 449, 500, 503})
  void errorsAreLookedThroughToo(int status) throws Exception {
    account.answer(json(status, "{\"code\":\"x\",\"message\":\"no: " + SECRET + "\"}"));

    RawHttp.Answer shown = read(agent);

    assertThat(shown.status()).isEqualTo(status);
    assertThat(shown.body()).isEqualTo("{\"code\":\"x\",\"message\":\"no: " + WITHHELD + "\"}");
    assertThat(shown.header("content-length")).isPresent();
    assertThat(read(person).body()).contains(SECRET);
  }

  @Test
  void whatIsNoJsonIsRefused() throws Exception {
    byte[] binary = ("\u0080" + SECRET).getBytes(StandardCharsets.ISO_8859_1);
    List<Consumer<HttpServerResponse>> answers =
        List.of(
            response -> response.end(SECRET),
            response -> response.end("{\"k\":\"" + SECRET + "\""),
            response -> response.end(Buffer.buffer(binary)),
            response -> response.putHeader("content-encoding", "gzip").end(gzip(SECRET)),
            response -> response.putHeader("content-encoding", "br").end("{}"),
            response ->
                response.end(
                    Buffer.buffer(("\"" + SECRET + "\"").getBytes(StandardCharsets.UTF_16))));
    for (Consumer<HttpServerResponse> answer : answers) {
      account.answer(
          response ->
              answer.accept(
                  response.putHeader("x-ms-request-charge", "2.5").putHeader("etag", "\"e\"")));

      RawHttp.Answer refused = read(agent);

      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.subStatus()).isEqualTo(5300);
      assertThat(refused.body())
          .contains("\"code\":\"Forbidden\"", "looked through for credentials")
          .doesNotContain(SECRET);
      assertThat(refused.header("etag")).isEmpty();
      assertThat(refused.header("x-ms-request-charge")).contains("2.5");
      JsonNode outcome = outcome(refused);
      assertThat(outcome.path("statusCode").asInt()).isEqualTo(403);
      assertThat(outcome.path("requestCharge").asDouble()).isEqualTo(2.5);
      assertThat(read(person).status()).isEqualTo(200);
    }
    assertThat(fixture.metrics()).contains("reason=\"not-for-agents\"");
  }

  /** What is named a form and is none is looked through as it is. */
  @Test
  void whatIsEncodedInNoWayIsLookedThrough() throws Exception {
    account.answer(
        response -> {
          response.putHeader("content-encoding", "identity");
          json(200, "[\"" + SECRET + "\"]").accept(response);
        });

    assertThat(read(agent).body()).isEqualTo("[\"" + WITHHELD + "\"]");
  }

  private static Buffer gzip(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Buffer.buffer(out.toByteArray());
  }

  /** When to come again is said by the status; what isn't JSON isn't said. */
  @Test
  void ofAnErrorThatIsNoJsonTheStatusIsLeft() throws Exception {
    account.answer(
        response ->
            response
                .setStatusCode(429)
                .putHeader("x-ms-retry-after-ms", "7")
                .putHeader("x-ms-substatus", "3200")
                .end("<html>" + SECRET + "</html>"));

    RawHttp.Answer shown = read(agent);

    assertThat(shown.status()).isEqualTo(429);
    assertThat(shown.subStatus()).isEqualTo(3200);
    assertThat(shown.header("x-ms-retry-after-ms")).contains("7");
    assertThat(shown.body()).contains("\"code\":\"TooManyRequests\"").doesNotContain(SECRET);
  }

  @Test
  void whatIsTooLongIsRefusedWithWhatToDo() throws Exception {
    String much = "[\"" + "a".repeat(8 * 1024 * 1024) + "\"]";
    account.answer(json(200, much));

    RawHttp.Answer refused = read(agent);
    RawHttp.Answer ofWrite = send(agent, "PUT", ITEM, "{\"id\":\"a\"}");

    assertThat(refused.status()).isEqualTo(413);
    assertThat(refused.body())
        .contains("8388608 bytes", "Ask for fewer items at a time (x-ms-max-item-count)")
        .doesNotContain("has been done");
    assertThat(ofWrite.body()).contains("What was asked for has been done.");
    assertThat(read(person).body()).hasSize(much.length());
  }

  @Test
  void whatIsLongIsLookedThroughToItsEnd() throws Exception {
    String much = "[\"" + "a".repeat(7_000_000) + "\",\"" + SECRET + "\"]";
    account.answer(json(200, much));

    assertThat(read(agent).body()).isEqualTo(much.replace(SECRET, WITHHELD));
  }

  @Test
  void answersWithoutABodyStayAsTheyAre() throws Exception {
    account.answer(response -> response.setStatusCode(201).putHeader("etag", "\"e\"").end());
    RawHttp.Answer created = send(agent, "POST", ITEMS, "{\"id\":\"a\"}", "prefer: return=minimal");
    account.answer(response -> response.setStatusCode(204).end());
    RawHttp.Answer deleted = send(agent, "DELETE", ITEM, "");
    account.answer(response -> response.setStatusCode(304).putHeader("etag", "\"e\"").end());
    RawHttp.Answer unchanged = send(agent, "GET", ITEM, "", "if-none-match: \"e\"");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("etag")).contains("\"e\"");
    assertThat(created.body()).isEmpty();
    assertThat(deleted.status()).isEqualTo(204);
    assertThat(unchanged.status()).isEqualTo(304);
  }

  @Test
  void theEchoOfAWriteAndBatchesAreLookedThrough() throws Exception {
    account.answer(
        json(
            200,
            "[{\"statusCode\":200,\"eTag\":\"e\",\"resourceBody\":{\"id\":\"a\",\"k\":\""
                + SECRET
                + "\"}}]"));
    RawHttp.Answer batch =
        send(
            agent,
            "POST",
            ITEMS,
            "[{\"operationType\":\"Read\",\"id\":\"a\"}]",
            "x-ms-cosmos-is-batch-request: True",
            "x-ms-cosmos-batch-atomic: True");
    account.answer(json(201, "{\"id\":\"a\",\"k\":\"" + SECRET + "\"}"));
    RawHttp.Answer created = send(agent, "POST", ITEMS, "{\"id\":\"a\",\"k\":\"" + SECRET + "\"}");

    assertThat(batch.status()).isEqualTo(200);
    assertThat(batch.body()).contains(WITHHELD).doesNotContain(SECRET);
    assertThat(batch.header("x-ephemeris-withheld")).contains("1");
    assertThat(created.body()).isEqualTo("{\"id\":\"a\",\"k\":\"" + WITHHELD + "\"}");
  }

  /** What isn't shown to an agent isn't overwritten by the words in its place. */
  @Test
  void whatWasWithheldIsNotWrittenBack() throws Exception {
    String body = "{\"id\":\"a\",\"k\":\"" + WITHHELD + "\"}";

    RawHttp.Answer replaced = send(agent, "PUT", ITEM, body);
    RawHttp.Answer patched =
        send(
            agent,
            "PATCH",
            ITEM,
            "{\"operations\":[{\"op\":\"set\",\"path\":\"/k\",\"value\":\"" + WITHHELD + "\"}]}");

    assertThat(replaced.status()).isEqualTo(400);
    assertThat(replaced.body()).contains("isn't shown", "Patch other fields");
    for (String escaped :
        List.of(body.replace("[", "\\u005B"), body.replace("l w", "\\u006c\\u0020w"))) {
      assertThat(send(agent, "PUT", ITEM, escaped).status()).as(escaped).isEqualTo(400);
    }
    assertThat(patched.status()).isEqualTo(400);
    assertThat(send(agent, "PUT", ITEM, "{\"id\":\"a\"}").status()).isEqualTo(200);
    assertThat(send(person, "PUT", ITEM, body).status()).isEqualTo(200);
  }

  @Test
  void headersWithWhatScriptsSayAreNotForAgents() throws Exception {
    account.answer(
        response -> {
          response
              .putHeader(
                  "x-ms-documentdb-script-log-results",
                  URLEncoder.encode(SECRET, StandardCharsets.UTF_8))
              .putHeader("x-ms-cosmos-index-utilization", "e30=");
          json(200, "\"" + SECRET + "\"").accept(response);
        });
    String procedure = "/dbs/shop/colls/orders/sprocs/p";

    RawHttp.Answer shown = send(agent, "POST", procedure, "[]");
    RawHttp.Answer whole = send(person, "POST", procedure, "[]");

    assertThat(shown.body()).isEqualTo("\"" + WITHHELD + "\"");
    assertThat(shown.headers().toString())
        .doesNotContain("script-log", "index-utilization", SECRET);
    assertThat(whole.headers().toString()).contains("script-log", "index-utilization");
    assertThat(whole.body()).contains(SECRET);
  }

  /** Its own words run as they are. */
  @Test
  void thePlanOfAQueryStaysAsItIs() throws Exception {
    String plan =
        "{\"queryInfo\":{\"rewrittenQuery\":\"SELECT * FROM c WHERE c.k = '" + SECRET + "'\"}}";
    account.answer(json(200, plan));

    RawHttp.Answer shown =
        send(
            agent,
            "POST",
            ITEMS,
            "{\"query\":\"SELECT * FROM c\"}",
            "content-type: application/query+json",
            "x-ms-cosmos-is-query-plan-request: True");

    assertThat(shown.body()).isEqualTo(plan);
  }

  @Test
  void anAnswerThatBreaksOffIsNoAnswer() throws Exception {
    account.answerTo(
        request ->
            request
                .response()
                .putHeader("content-length", "1000")
                .write("{\"k\":\"" + SECRET)
                .onComplete(written -> request.connection().close()));

    RawHttp.Answer answer = read(agent);

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).doesNotContain(SECRET);
  }

  private static RawHttp.Answer query(String token, String... headers) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of("content-type: application/query+json", "x-ms-documentdb-isquery: True"));
    all.addAll(List.of(headers));
    return send(
        token,
        "POST",
        ITEMS,
        "{\"query\":\"SELECT * FROM c ORDER BY c.k\"}",
        all.toArray(String[]::new));
  }

  /** The account's says by what the last item of a page was sorted. */
  @Test
  void continuationsAreHiddenFromAgentsAndTheirOwn() throws Exception {
    String words = "-RID:~Sl8fALN4sw4CAAAAAAAAAA==#RT:1#TRC:1#RTD:" + SECRET;
    List<String> sent = new ArrayList<>();
    account.answerTo(
        request -> {
          sent.add(String.valueOf(request.getHeader("x-ms-continuation")));
          request.response().putHeader("x-ms-continuation", words);
          json(200, "{\"Documents\":[]}").accept(request.response());
        });

    String hidden = query(agent).header("x-ms-continuation").orElseThrow();
    String again = query(agent).header("x-ms-continuation").orElseThrow();
    RawHttp.Answer next = query(agent, "x-ms-continuation: " + hidden);

    assertThat(next.status()).as(next.body()).isEqualTo(200);
    assertThat(sent).last().isEqualTo(words);
    assertThat(hidden).isNotEqualTo(again).matches("[a-z2-7][A-Za-z0-9_-]+");
    assertThat(
            new String(
                Base64.getUrlDecoder().decode(hidden.substring(1)), StandardCharsets.ISO_8859_1))
        .doesNotContain(SECRET.substring(0, 8), "RID");
    for (String foreign :
        List.of(
            words,
            "a",
            "",
            hidden.substring(0, 20),
            hidden.substring(0, hidden.length() - 2) + "AA",
            hidden.substring(0, 30)
                + (hidden.charAt(30) == 'A' ? 'B' : 'A')
                + hidden.substring(31))) {
      if (!foreign.isEmpty()) {
        assertThat(query(agent, "x-ms-continuation: " + foreign).status())
            .as(foreign)
            .isEqualTo(400);
      }
    }
    assertThat(query(person).header("x-ms-continuation")).contains(words);
    String ofOther =
        fixture
            .agentsLease("orders-prod:/dbs/shop/colls/orders", Optional.empty(), "all")
            .token()
            .reveal();
    assertThat(query(ofOther, "x-ms-continuation: " + hidden).status())
        .as("another lease of the same principal goes on")
        .isEqualTo(200);
    String forAnother =
        fixture
            .agentsLease("orders-prod:/dbs/shop", Optional.empty(), "all", "team")
            .token()
            .reveal();
    assertThat(query(forAnother, "x-ms-continuation: " + hidden).status())
        .as("the same agent, acting for somebody else")
        .isEqualTo(400);
    assertThat(query(forAnother).status()).isEqualTo(200);
    assertThat(
            send(
                    agent,
                    "POST",
                    "/dbs/shop/colls/carts/docs",
                    "{\"query\":\"SELECT * FROM c ORDER BY c.k\"}",
                    "content-type: application/query+json",
                    "x-ms-documentdb-isquery: True",
                    "x-ms-continuation: " + hidden)
                .status())
        .as("in another container")
        .isEqualTo(400);
  }

  @Test
  void theyAreHiddenWithALeaseForOneKeyToo() throws Exception {
    String words = "-RID:~Sl8fALN4sw4CAAAAAAAAAA==#RT:1#TRC:1#RTD:" + SECRET;
    account.answer(
        response -> {
          response.putHeader("x-ms-continuation", words);
          json(200, "{\"Documents\":[]}").accept(response);
        });
    String ofKey =
        fixture
            .agentsLease("orders-prod:/dbs/shop/colls/orders", PartitionKey.parse("[\"a\"]"), "all")
            .token()
            .reveal();

    String hidden = query(ofKey).header("x-ms-continuation").orElseThrow();

    assertThat(
            new String(
                Base64.getUrlDecoder().decode(hidden.substring(1)), StandardCharsets.ISO_8859_1))
        .doesNotContain(SECRET.substring(0, 8), "RID");
    assertThat(query(ofKey, "x-ms-continuation: " + hidden).status()).isEqualTo(200);
    String forAnother =
        fixture
            .agentsLease(
                "orders-prod:/dbs/shop/colls/orders", PartitionKey.parse("[\"a\"]"), "all", "team")
            .token()
            .reveal();
    assertThat(query(forAnother, "x-ms-continuation: " + hidden).status()).isEqualTo(400);
    assertThat(query(forAnother).status()).isEqualTo(200);
    assertThat(query(agent, "x-ms-continuation: " + hidden).status()).isEqualTo(400);
  }

  /** Whoever is no agent is given an answer as it comes, however long it takes. */
  @Test
  void answersToPeopleAreNotWaitedFor() throws Exception {
    account.answer(
        response -> {
          response.setChunked(true).write("[\"" + SECRET + "\",");
        });
    try (var socket =
        fixture
            .certificate()
            .clientTls()
            .getSocketFactory()
            .createSocket(gateway.getHost(), gateway.getPort())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              ("GET "
                      + ITEM
                      + " HTTP/1.1\r\nHost: "
                      + gateway.getRawAuthority()
                      + "\r\nauthorization: "
                      + URLEncoder.encode(person, StandardCharsets.UTF_8)
                      + "\r\nx-ms-documentdb-partitionkey: [\"a\"]\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      ByteArrayOutputStream seen = new ByteArrayOutputStream();
      while (!seen.toString(StandardCharsets.US_ASCII).contains(SECRET)) {
        seen.write(socket.getInputStream().read());
      }
      assertThat(seen.toString(StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 200");
    }
  }
}
