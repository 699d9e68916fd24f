package dev.ephemeris.gateway.api;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.BOB;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.OrgYaml;
import dev.ephemeris.simulator.issuer.Person;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read again, and what is decided on, by what it is known again by. */
class ETagsTest {

  private static GatewayFixture fixture;

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
    fixture.append(
        "policy.yaml",
        """
          - name: the team changes orders after two have agreed
            for: { groups: [group:default/team] }
            role: data-contributor
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            approval: { from: [group:default/platform], count: 2, expires: 1h }
        """);
    fixture.append("org.yaml", "---\n" + OrgYaml.user(GatewayFixture.BOB, "platform"));
    fixture.restart();
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  @BeforeEach
  void begin() throws Exception {
    fixture.sql("DELETE FROM access_request");
  }

  private static Reply get(String path, Person who, Map<String, String> headers) throws Exception {
    return fixture.api("GET", path, fixture.token(who), "", headers);
  }

  private static String tag(String path, Person who) throws Exception {
    Reply reply = get(path, who, Map.of());
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(reply.header("etag")).matches("\"[A-Za-z0-9_-]{43}\"");
    assertThat(reply.header("cache-control")).isEqualTo("private, no-cache");
    return reply.header("etag");
  }

  /** Of a read by one and the same token: another one is another session. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/openapi.yaml",
        "/v1/sign-in",
        "/v1/me",
        "/v1/policy",
        "/v1/leases",
        "/v1/sessions",
        "/v1/access-requests",
        "/v1/blocks",
        "/v1/any/leases",
        "/v1/any/sessions",
        "/v1/any/blocks",
        "/v1/accounts",
        "/v1/accounts/orders-prod",
      })
  void whatSomebodyHasIsNotSentAgain(String path) throws Exception {
    String token = fixture.token(OPAL);
    Reply first = fixture.api("GET", path, token, "");
    String tag = first.header("etag");
    assertThat(first.status()).isEqualTo(200);

    for (String header : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
      Reply again = fixture.api("GET", path, token, "", Map.of("if-none-match", header));

      assertThat(again.status()).as(header).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(again.header("etag")).isEqualTo(tag);
    }
    Reply other = fixture.api("GET", path, token, "", Map.of("if-none-match", "\"x\""));
    assertThat(other.status()).isEqualTo(200);
    assertThat(other.body()).isEqualTo(first.body());
  }

  @Test
  void aLeaseHasAnotherWheneverItIsShownDifferently() throws Exception {
    String path = "/v1/leases/" + fixture.lease().at("/lease/id").asText();
    String first = tag(path, ALICE);
    assertThat(tag(path, ALICE)).isEqualTo(first);

    fixture.clock().advance(Duration.ofMinutes(10));
    assertThat(fixture.api("POST", path + "/renewals", fixture.token(ALICE), "{}").status())
        .isEqualTo(200);
    String renewed = tag(path, ALICE);
    assertThat(fixture.api("DELETE", path, fixture.token(ALICE), "").status()).isEqualTo(204);
    String revoked = tag(path, ALICE);

    assertThat(List.of(first, renewed, revoked)).doesNotHaveDuplicates();
  }

  /** Nothing is written then, and it is another thing all the same. */
  @Test
  void aLeaseHasAnotherOnceItHasExpired() throws Exception {
    String path = "/v1/leases/" + fixture.lease().at("/lease/id").asText();
    String active = tag(path, ALICE);

    fixture.clock().advance(Duration.ofHours(2));

    Reply expired = get(path, ALICE, Map.of("if-none-match", active));
    assertThat(expired.status()).isEqualTo(200);
    assertThat(expired.json().path("state").asText()).isEqualTo("expired");
  }

  // --- what is decided on ------------------------------------------------------------------------

  private static String asked() throws Exception {
    Reply asked =
        fixture.api(
            "POST",
            "/v1/access-requests",
            fixture.token(ALICE),
            "{\"scope\":\""
                + ORDERS
                + "\",\"role\":\"data-contributor\",\"reason\":\"a refund is stuck\"}");
    assertThat(asked.status()).as(asked.body()).isEqualTo(201);
    return "/v1/access-requests/" + asked.json().at("/accessRequest/id").asText();
  }

  private static Reply answer(Person who, String path, String seen) throws Exception {
    return fixture.api("POST", path, fixture.token(who), "{}", Map.of("if-match", seen));
  }

  @Test
  void nobodyDecidesOnWhatTheyHaveNotSeen() throws Exception {
    String request = asked();
    String seen = tag(request, BOB);
    assertThat(tag(request, OPAL)).isEqualTo(seen);

    Reply first = answer(OPAL, request + "/approvals", seen);
    Reply second = answer(BOB, request + "/denials", seen);

    assertThat(first.status()).as(first.body()).isEqualTo(200);
    assertThat(second.status()).isEqualTo(412);
    assertThat(second.json().path("type").asText()).endsWith(":not-as-seen");
    assertThat(second.detail()).contains("Read it again");
    assertThat(get(request, BOB, Map.of()).json().path("state").asText()).isEqualTo("waiting");
    Reply again = answer(BOB, request + "/approvals", tag(request, BOB));
    assertThat(again.json().path("state").asText()).isEqualTo("approved");
  }

  @Test
  void oneOfTwoApproversAtOnceReadsAgain() throws Exception {
    for (int i = 0; i < 5; i++) {
      fixture.sql("DELETE FROM access_request");
      String request = asked();
      String seen = tag(request, OPAL);

      List<Future<Reply>> answers = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (Person approver : List.of(OPAL, BOB)) {
          answers.add(threads.submit(() -> answer(approver, request + "/approvals", seen)));
        }
      }

      List<Integer> statuses = new ArrayList<>();
      for (Future<Reply> answer : answers) {
        statuses.add(answer.get().status());
      }
      assertThat(statuses).containsExactlyInAnyOrder(200, 412);
      JsonNode after = get(request, ALICE, Map.of()).json();
      assertThat(after.path("answers")).hasSize(1);
      assertThat(after.path("state").asText()).isEqualTo("waiting");
    }
  }

  @Test
  void whoeverDoesNotSayDecidesOnWhatThereIs() throws Exception {
    String request = asked();
    assertThat(answer(OPAL, request + "/approvals", "*").status()).isEqualTo(200);
    assertThat(fixture.api("POST", request + "/approvals", fixture.token(BOB), "{}").status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"x\"", "W/SEEN", "nonsense", ""})
  void whatIsNoStrongTagOfItIsNotIt(String header) throws Exception {
    String request = asked();
    String seen = tag(request, OPAL);

    Reply reply = answer(OPAL, request + "/approvals", header.replace("SEEN", seen));

    assertThat(reply.status()).isEqualTo(412);
    assertThat(fixture.journal("accessAnswered").stream())
        .noneMatch(entry -> request.endsWith(entry.path("accessRequestId").asText()));
  }

  @Test
  void whoMayNotDecideIsToldThatAndNothingElse() throws Exception {
    String request = asked();

    assertThat(answer(ALICE, request + "/approvals", "\"x\"").status()).isEqualTo(403);
    assertThat(
            answer(OPAL, "/v1/access-requests/ar-aaaaaaaaaaaaaaaaaaaa/approvals", "\"x\"").status())
        .isEqualTo(404);
  }

  @Test
  void takesBackWhatIsAsItWasSeen() throws Exception {
    String request = asked();
    String seen = tag(request, ALICE);
    assertThat(answer(OPAL, request + "/approvals", seen).status()).isEqualTo(200);

    Reply stale =
        fixture.api("DELETE", request, fixture.token(ALICE), "", Map.of("if-match", seen));
    Reply fresh =
        fixture.api(
            "DELETE", request, fixture.token(ALICE), "", Map.of("if-match", tag(request, ALICE)));

    assertThat(stale.status()).isEqualTo(412);
    assertThat(fresh.status()).isEqualTo(200);
    assertThat(fresh.json().path("state").asText()).isEqualTo("withdrawn");
  }
}
