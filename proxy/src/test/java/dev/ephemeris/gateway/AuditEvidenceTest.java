package dev.ephemeris.gateway;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.BOB;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The journal of real traffic, as Opal asks for it. */
class AuditEvidenceTest {

  private final GatewayFixture fixture;
  private final String alice;
  private final String bob;
  private final String opal;
  private final String lease;
  private final Instant start;

  /** Alice reads, and is denied; Bob gets nothing; Opal ends Alice's access; somebody forges. */
  AuditEvidenceTest() throws Exception {
    fixture = new GatewayFixture();
    start = fixture.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    alice = fixture.token(ALICE);
    bob = fixture.token(BOB);
    opal = fixture.token(OPAL);
    JsonNode issued = fixture.lease();
    lease = issued.at("/lease/id").textValue();
    String token = issued.path("token").textValue();
    for (int i = 0; i < 3; i++) {
      assertThat(fixture.readOrder(token).status()).isEqualTo(200);
    }
    assertThat(
            fixture
                .api(
                    "POST",
                    "/v1/leases",
                    bob,
                    "{\"scope\":\"" + ORDERS + "\",\"role\":\"data-reader\"}")
                .status())
        .isEqualTo(403);
    assertThat(fixture.api("GET", "/v1/me", "nonsense", "").status()).isEqualTo(401);
    fixture.clock().advance(Duration.ofMinutes(5));
    assertThat(fixture.api("DELETE", "/v1/any/leases/" + lease, opal, "").status()).isEqualTo(204);
    fixture.awaitSearchable();
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private Reply ask(String path) throws Exception {
    return fixture.api("GET", path, opal, "");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Their sequences, page by page. */
  private List<Integer> search(String query) throws Exception {
    List<Integer> sequences = new ArrayList<>();
    String next = "";
    do {
      Reply reply =
          ask("/v1/audit/entries?limit=2&" + query + (next.isEmpty() ? "" : "&cursor=" + next));
      assertThat(reply.status()).as("%s: %s", query, reply.body()).isEqualTo(200);
      JsonNode page = reply.json();
      page.path("entries").forEach(entry -> sequences.add(entry.path("sequence").intValue()));
      next = page.path("next").asText();
    } while (!next.isEmpty());
    return sequences;
  }

  private List<Integer> recorded(Predicate<JsonNode> wanted) throws Exception {
    return fixture.journal().stream()
        .filter(wanted)
        .map(record -> record.path("sequence").intValue())
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "type=leaseIssued, leaseIssued",
    "type=authenticationFailed, authenticationFailed",
    "type=requestOutcome&principal=corp:sub-alice, requestOutcome",
  })
  void findsByType(String query, String type) throws Exception {
    assertThat(search(query)).isEqualTo(recorded(r -> r.path("type").asText().equals(type)));
    assertThat(search(query)).isNotEmpty();
  }

  @Test
  void findsByPersonGroupAccountScopeLeaseAndSession() throws Exception {
    List<Integer> ofLease =
        recorded(
            r ->
                r.path("leaseId").asText().equals(lease)
                    || r.path("type").asText().equals("requestOutcome"));
    String session = fixture.journal("leaseIssued").getFirst().path("sessionId").asText();

    assertThat(search("lease=" + lease)).isEqualTo(ofLease);
    assertThat(search("scope=" + encoded("orders-prod:/dbs/shop")))
        .isEqualTo(search("account=orders-prod"))
        .containsAll(ofLease.subList(0, ofLease.size() - 1));
    assertThat(search("session=" + session)).containsAll(ofLease);
    assertThat(search("user=" + encoded("user:default/alice")))
        .isEqualTo(search("principal=corp:sub-alice"))
        .isEqualTo(search("group=" + encoded("group:default/team")))
        .containsAll(ofLease);
    assertThat(search("principal=corp:sub-alice&decision=deny")).isEmpty();
    assertThat(search("principal=corp:sub-bob&decision=deny")).hasSize(1);
    assertThat(search("action=items/read&decision=allow&type=requestIntent")).hasSize(3);
    assertThat(search("since=" + start.plus(Duration.ofMinutes(5)) + "&type=leaseRevoked"))
        .hasSize(1);
    assertThat(search("until=" + start.plus(Duration.ofMinutes(5)) + "&type=leaseRevoked"))
        .isEmpty();
    JsonNode intent = fixture.journal("requestIntent").getFirst();
    assertThat(search("activity=" + intent.path("activityId").asText())).hasSize(2);
    assertThat(search("request=" + intent.path("requestId").asText())).hasSize(2);
    // Opal's are hers, and what she did to Alice's.
    assertThat(search("principal=corp:sub-opal")).contains(search("type=leaseRevoked").getFirst());
  }

  @Test
  void saysWhoItLookedForAndHowFarItIs() throws Exception {
    JsonNode page =
        ask("/v1/audit/entries?group=" + encoded("group:default/team") + "&order=newest").json();

    assertThat(page.path("principals").toString())
        .isEqualTo("[\"corp:sub-alice\",\"group:default/team\"]");
    assertThat(page.at("/journal/indexed").asLong())
        .isPositive()
        .isLessThanOrEqualTo(page.at("/journal/size").asLong());
    assertThat(page.at("/journal/first").asInt()).isZero();
    List<Integer> newestFirst = new ArrayList<>();
    page.path("entries").forEach(entry -> newestFirst.add(entry.path("sequence").intValue()));
    assertThat(newestFirst.reversed()).isSorted();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "entries?principle=corp:sub-alice",
        "entries?principal=corp:sub-alice&principal=corp:sub-bob",
        "entries?principal=corp:sub-alice&user=user:default/alice",
        "entries?user=user:default/nobody",
        "entries?group=group:default/nobody",
        "entries?user=",
        "entries?group=team",
        "entries?scope=nonsense",
        "entries?since=yesterday",
        "entries?cursor=-1",
        "entries?cursor=1;DROP",
        "entries?limit=0",
        "entries?limit=1001",
        "entries?order=sideways",
        "entries?decision=perhaps",
        "access?user=user:default/nobody",
        "access?since=2026-11-24T09:00:00Z",
        "report?framework=soc2&from=2026-11-24T09:00:00Z",
        "report?framework=pci&from=2026-11-24T09:00:00Z&to=2026-11-25T09:00:00Z",
        "report?framework=soc2&from=2026-11-25T09:00:00Z&to=2026-11-24T09:00:00Z",
        "sessions/none",
      })
  void refusesWhatIsNoQuestion(String question) throws Exception {
    Reply reply = ask("/v1/audit/" + question.replace(" ", "%20"));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.detail()).isNotEmpty();
  }

  /** What somebody types is compared, and nothing else. */
  @Test
  void whatIsAskedIsNoSql() throws Exception {
    for (String text : List.of("' OR 1=1 --", "_", "x' UNION SELECT 1 --")) {
      assertThat(search("session=" + encoded(text))).isEmpty();
      assertThat(search("action=" + encoded(text))).isEmpty();
      assertThat(search("principal=" + encoded("corp:" + text))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "entries",
        "sessions/s-1",
        "access",
        "report?framework=soc2&from=2026-11-24T09:00:00Z&to=2026-11-25T09:00:00Z"
      })
  void isForThoseOnlyWhoMayReadTheJournal(String question) throws Exception {
    for (String who : List.of(alice, bob)) {
      Reply reply = fixture.api("GET", "/v1/audit/" + question, who, "");

      assertThat(reply.status()).isEqualTo(403);
      assertThat(reply.json().path("action").asText()).isEqualTo("ephemeris/audit/read");
      assertThat(reply.body()).doesNotContain("leaseIssued", lease);
    }
    JsonNode denied = fixture.journal("operationDecided").getLast();
    assertThat(denied.path("target").asText()).startsWith("/v1/audit/");
    assertThat(denied.path("decision").asText()).isEqualTo("deny");
  }

  /** Whoever looks is seen. */
  @Test
  void isItselfOnRecord() throws Exception {
    ask("/v1/audit/access");
    fixture.awaitSearchable();

    JsonNode decided =
        fixture.journal("operationDecided").stream()
            .filter(record -> record.path("operation").asText().equals("reviewAccess"))
            .findFirst()
            .orElseThrow();
    assertThat(decided.path("principal").asText()).isEqualTo("corp:sub-opal");
    assertThat(search("principal=corp:sub-opal&action=" + encoded("ephemeris/audit/read")))
        .contains(decided.path("sequence").intValue());
  }

  @Test
  void showsASessionFromItsStart() throws Exception {
    String session = fixture.journal("leaseIssued").getFirst().path("sessionId").asText();

    JsonNode timeline = ask("/v1/audit/sessions/" + session).json();

    List<String> types = new ArrayList<>();
    timeline.path("events").forEach(event -> types.add(event.at("/entry/type").asText()));
    assertThat(types)
        .containsExactly(
            "sessionStarted",
            "leaseIssued",
            "requestIntent",
            "requestIntent",
            "requestIntent",
            "leaseRevoked");
    assertThat(timeline.at("/events/2/outcome/statusCode").asInt()).isEqualTo(200);
    assertThat(ask("/v1/audit/sessions/s-0").status()).isEqualTo(404);
  }

  @Test
  void reviewsWhoHasWhat() throws Exception {
    fixture.lease();
    fixture.awaitSearchable();

    JsonNode review = ask("/v1/audit/access").json();

    Map<String, JsonNode> grants = new TreeMap<>();
    review.path("grants").forEach(grant -> grants.put(grant.path("who").asText(), grant));
    assertThat(grants.keySet()).containsExactly("group:default/team", "user:default/alice");
    JsonNode alices = Objects.requireNonNull(grants.get("user:default/alice"));
    assertThat(alices.path("scope").asText()).isEqualTo(ORDERS);
    assertThat(alices.path("environment").asText()).isEqualTo("prod");
    assertThat(alices.path("role").asText()).isEqualTo("data-reader");
    assertThat(alices.path("rule").asText()).isEqualTo("the team reads orders");
    assertThat(alices.at("/lastRequest/times").asInt()).isEqualTo(3);
    assertThat(alices.at("/lastRequest/sequence").asInt())
        .isEqualTo(fixture.journal("requestIntent").getLast().path("sequence").intValue());
    assertThat(alices.at("/lastLease/times").asInt()).isEqualTo(2);
    assertThat(review.path("leases").findValuesAsText("principal"))
        .containsExactly("corp:sub-alice");
    assertThat(review.path("sessions").findValuesAsText("principal"))
        .containsOnly("corp:sub-alice", "corp:sub-bob", "corp:sub-opal");
    List<String> own = review.path("ownActions").findValuesAsText("who");
    assertThat(own).containsExactlyInAnyOrder("group:default/platform", "user:default/opal");

    JsonNode opals = ask("/v1/audit/access?user=" + encoded("user:default/opal")).json();
    assertThat(opals.path("grants")).isEmpty();
    assertThat(opals.path("leases")).isEmpty();
    assertThat(opals.path("sessions").findValuesAsText("principal")).containsOnly("corp:sub-opal");
    assertThat(ask("/v1/audit/access?account=orders-prod").json().path("grants")).hasSize(2);
    assertThat(
            ask("/v1/audit/access?scope=" + encoded("orders-prod:/dbs/other"))
                .json()
                .path("grants"))
        .isEmpty();
  }

  /** Counted again from the journal's lines. */
  @Test
  void makesReports() throws Exception {
    Instant to = fixture.clock().instant().plus(Duration.ofDays(1));
    Map<String, Integer> counted = new TreeMap<>();
    fixture.journal().forEach(r -> counted.merge(r.path("type").asText(), 1, Integer::sum));
    int before = counted.getOrDefault("operationDecided", 0);
    fixture.awaitSearchable();

    JsonNode report =
        ask("/v1/audit/report?framework=iso27001&from="
                + start.minus(Duration.ofDays(1))
                + "&to="
                + to)
            .json();

    Map<String, Integer> records = new TreeMap<>();
    report.path("records").properties().forEach(e -> records.put(e.getKey(), e.getValue().asInt()));
    // Questions are on record too, and who asks them.
    assertThat(records.remove("operationDecided")).isGreaterThanOrEqualTo(before);
    counted.remove("operationDecided");
    assertThat(records.remove("sessionStarted")).isGreaterThanOrEqualTo(3);
    counted.remove("sessionStarted");
    assertThat(records).isEqualTo(counted);
    for (JsonNode evidence : report.path("evidence")) {
      if (evidence.path("id").asText().equals("access-granted")) {
        assertThat(evidence.path("sequences"))
            .extracting(JsonNode::intValue)
            .isEqualTo(recorded(r -> r.path("type").asText().equals("leaseIssued")));
      }
    }
    assertThat(report.at("/requests/statusCodes/200").asInt()).isEqualTo(3);
    assertThat(report.at("/requests/unanswered").asInt()).isZero();
    assertThat(report.at("/files/0/text").asText()).startsWith("<!doctype html>").contains(lease);
  }

  /** The index isn't needed to start, nor kept. */
  @Test
  void findsTheSameAfterARestartWithoutTheIndex() throws Exception {
    List<Integer> before = search("principal=corp:sub-alice");
    fixture.stopGateway();
    try (Stream<Path> files = Files.walk(fixture.folder())) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().contains("index.db")).toList()) {
        Files.delete(file);
      }
    }
    fixture.restart();

    assertThat(search("principal=corp:sub-alice")).isEqualTo(before).isNotEmpty();
  }
}
