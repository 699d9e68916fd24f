package dev.ephemeris.gateway.api;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.BOB;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.identity.Digest;
import dev.ephemeris.gateway.lease.LeaseSecrets;
import dev.ephemeris.gateway.lease.RootKey;
import dev.ephemeris.gateway.repetition.Asked;
import dev.ephemeris.gateway.repetition.Repetitions;
import dev.ephemeris.gateway.repetition.Repetitions.IfInterrupted;
import dev.ephemeris.gateway.repetition.Turn;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.simulator.issuer.Person;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked for again with the same key is done once. */
class RepeatedRequestsTest {

  private static final String LEASE = "{\"scope\":\"" + ORDERS + "\",\"role\":\"data-reader\"}";
  private static final String ACCESS =
      "{\"scope\":\"" + ORDERS + "\",\"role\":\"data-contributor\",\"reason\":\"a look\"}";

  private static final String APPROVED =
      """
        - name: the team changes orders after approval
          for: { groups: [group:default/team] }
          role: data-contributor
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
          approval: { from: [group:default/platform], expires: 1h, breakGlass: 5m }
      """;

  private static final String TTL_AND_KEYS =
      """
      ttl: { default: 1h, max: 4h }
          credentials: [lease-token, lease-key]
          deliver: [token, connectionString]\
      """;

  private static GatewayFixture fixture;

  private final String key = UUID.randomUUID().toString();

  /** What was on record before the test. */
  private int before;

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
    fixture.write(
        "policy.yaml",
        Files.readString(fixture.folder().resolve("policy.yaml"))
                .replace("ttl: { default: 1h, max: 4h }", TTL_AND_KEYS)
            + APPROVED);
    fixture.restart();
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  @BeforeEach
  void begin() throws Exception {
    fixture.sql("DELETE FROM access_request");
    before = fixture.journal().size();
  }

  private List<JsonNode> journal(String type) throws Exception {
    return fixture.journal().stream()
        .skip(before)
        .filter(entry -> entry.path("type").asText().equals(type))
        .toList();
  }

  private Reply post(Person who, String path, String body) throws Exception {
    return post(who, path, body, key);
  }

  private static Reply post(Person who, String path, String body, String key) throws Exception {
    return fixture.api(
        "POST", path, fixture.token(who), body, Map.of("idempotency-key", '"' + key + '"'));
  }

  @Test
  void givesOneLeaseAndTheSameCredentialAgain() throws Exception {
    Reply first = post(ALICE, "/v1/leases", LEASE);
    Reply again = post(ALICE, "/v1/leases", LEASE);

    assertThat(first.status()).as(first.body()).isEqualTo(201);
    assertThat(first.header("idempotency-replayed")).isEmpty();
    assertThat(again.status()).as(again.body()).isEqualTo(201);
    assertThat(again.header("idempotency-replayed")).isEqualTo("true");
    assertThat(again.header("location")).isEqualTo(first.header("location"));
    assertThat(again.header("cache-control")).isEqualTo("no-store");
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(fixture.readOrder(again.json().path("token").textValue()).status()).isEqualTo(200);
    assertThat(journal("leaseIssued")).hasSize(1);
  }

  @Test
  void givesAKeyAgain() throws Exception {
    String body = LEASE.replace("}", ",\"credential\":\"lease-key\"}");

    Reply first = post(ALICE, "/v1/leases", body);
    Reply again = post(ALICE, "/v1/leases", body);

    assertThat(first.status()).as(first.body()).isEqualTo(201);
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(again.json().path("key").asText()).hasSizeGreaterThan(60);
  }

  @Test
  void keepsNoCredential() throws Exception {
    String token = post(ALICE, "/v1/leases", LEASE).json().path("token").textValue();

    assertThat(kept()).contains(token.substring(26, 50).split("\\.", 2)[0]);
    assertThat(kept()).doesNotContain(token.substring(token.indexOf('.', 26) + 1));
  }

  /** All that the store has of keys. */
  private static String kept() throws Exception {
    StringBuilder all = new StringBuilder();
    try (var store = fixture.store();
        var rows = store.createStatement().executeQuery("SELECT * FROM idempotency_key")) {
      while (rows.next()) {
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          all.append(rows.getString(i)).append('\n');
        }
      }
    }
    return all.toString();
  }

  @Test
  void doesOnceWhatIsAskedForManyTimesAtOnce() throws Exception {
    String token = fixture.token(ALICE);
    List<Future<Reply>> replies = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 16; i++) {
        replies.add(
            threads.submit(
                () ->
                    fixture.api(
                        "POST",
                        "/v1/leases",
                        token,
                        LEASE,
                        Map.of("idempotency-key", '"' + key + '"'))));
      }
    }

    for (Future<Reply> reply : replies) {
      assertThat(reply.get().status()).as(reply.get().body()).isIn(201, 409);
      if (reply.get().status() == 409) {
        assertThat(reply.get().json().path("type").asText()).endsWith(":key-under-way");
        assertThat(reply.get().header("retry-after")).isEqualTo("1");
      }
    }
    assertThat(journal("leaseIssued")).hasSize(1);
    assertThat(post(ALICE, "/v1/leases", LEASE).json().at("/lease/id").asText())
        .isEqualTo(journal("leaseIssued").getFirst().path("leaseId").asText());
  }

  @Test
  void refusesTheKeyOfSomethingElse() throws Exception {
    String lease = post(ALICE, "/v1/leases", LEASE).json().at("/lease/id").asText();
    String another = fixture.lease().at("/lease/id").asText();
    int issued = journal("leaseIssued").size();

    Reply otherBody = post(ALICE, "/v1/leases", LEASE.replace("data-reader", "data-contributor"));
    assertThat(otherBody.status()).isEqualTo(422);
    assertThat(otherBody.json().path("type").asText()).endsWith(":key-reused");
    assertThat(post(ALICE, "/v1/leases/" + lease + "/renewals", "{}").status()).isEqualTo(200);
    assertThat(post(ALICE, "/v1/leases/" + another + "/renewals", "{}").status()).isEqualTo(422);

    assertThat(journal("leaseIssued")).hasSize(issued);
    assertThat(post(ALICE, "/v1/leases", LEASE).json().at("/lease/id").asText()).isEqualTo(lease);
  }

  @Test
  void isNothingToAnybodyElse() throws Exception {
    String lease = post(ALICE, "/v1/leases", LEASE).json().at("/lease/id").asText();

    Reply bobs = post(BOB, "/v1/leases", LEASE);

    assertThat(bobs.status()).isEqualTo(403);
    assertThat(bobs.body()).doesNotContain(lease);
    assertThat(post(BOB, "/v1/leases", LEASE.replace("reader", "writer")).status()).isEqualTo(400);
    assertThat(post(ALICE, "/v1/leases", LEASE).json().at("/lease/id").asText()).isEqualTo(lease);
  }

  @Test
  void triesAgainWhatWasNotDone() throws Exception {
    fixture.loseJournal();
    Reply failed = post(ALICE, "/v1/leases", LEASE);
    fixture.findJournal();
    assertThat(failed.status()).isEqualTo(503);

    Reply again = post(ALICE, "/v1/leases", LEASE);

    assertThat(again.status()).as(again.body()).isEqualTo(201);
    assertThat(again.header("idempotency-replayed")).isEmpty();
    assertThat(journal("leaseIssued")).hasSize(1);
  }

  @Test
  void knowsItAfterARestart() throws Exception {
    Reply first = post(ALICE, "/v1/leases", LEASE);
    fixture.restart();

    JsonNode again = post(ALICE, "/v1/leases", LEASE).json();
    // It listens elsewhere.
    assertThat(again.path("lease")).isEqualTo(first.json().path("lease"));
    assertThat(again.path("token")).isEqualTo(first.json().path("token"));
    assertThat(again.path("endpoint").asText()).isEqualTo(fixture.gateway().dataPlane().toString());
    assertThat(journal("leaseIssued")).hasSize(1);
  }

  @Test
  void forgetsItAfterADay() throws Exception {
    String first = post(ALICE, "/v1/leases", LEASE).json().at("/lease/id").asText();
    fixture.clock().advance(Duration.ofHours(25));

    Reply next = post(ALICE, "/v1/leases", LEASE);

    assertThat(next.status()).as(next.body()).isEqualTo(201);
    assertThat(next.json().at("/lease/id").asText()).isNotEqualTo(first);
  }

  @Test
  void givesNoCredentialOfALeaseThatHasEnded() throws Exception {
    String lease = post(ALICE, "/v1/leases", LEASE).json().at("/lease/id").asText();
    fixture.api("DELETE", "/v1/leases/" + lease, fixture.token(ALICE), "");

    Reply again = post(ALICE, "/v1/leases", LEASE);

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.detail()).contains("Lease " + lease, "has ended", "another key");
    assertThat(again.body()).doesNotContain("sig=");
    assertThat(journal("leaseIssued")).hasSize(1);
  }

  @Test
  void renewsOnce() throws Exception {
    String lease =
        fixture
            .api(
                "POST",
                "/v1/leases",
                fixture.token(ALICE),
                LEASE.replace("}", ",\"ttlSeconds\":60}"))
            .json()
            .at("/lease/id")
            .asText();
    String path = "/v1/leases/" + lease + "/renewals";

    Reply first = post(ALICE, path, "{\"ttlSeconds\":600}");
    fixture.clock().advance(Duration.ofSeconds(30));
    Reply again = post(ALICE, path, "{\"ttlSeconds\":600}");

    assertThat(first.status()).as(first.body()).isEqualTo(200);
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(journal("leaseRenewed")).hasSize(1);
  }

  @Test
  void asksApprovesAndPicksUpOnce() throws Exception {
    Reply asked = post(ALICE, "/v1/access-requests", ACCESS);
    assertThat(post(ALICE, "/v1/access-requests", ACCESS).json()).isEqualTo(asked.json());
    String path = "/v1/access-requests/" + asked.json().at("/accessRequest/id").asText();

    Reply approved = post(OPAL, path + "/approvals", "{}");
    Reply approvedAgain = post(OPAL, path + "/approvals", "{}");
    Reply lease = post(ALICE, path + "/leases", "");
    Reply leaseAgain = post(ALICE, path + "/leases", "");

    assertThat(approved.status()).as(approved.body()).isEqualTo(200);
    assertThat(approvedAgain.json()).isEqualTo(approved.json());
    assertThat(lease.status()).as(lease.body()).isEqualTo(201);
    assertThat(leaseAgain.json()).isEqualTo(lease.json());
    assertThat(
            List.of(
                journal("accessRequested").size(),
                journal("accessAnswered").size(),
                journal("accessPickedUp").size(),
                journal("leaseIssued").size()))
        .containsExactly(1, 1, 1, 1);
    // Without a key it is what it always was.
    assertThat(fixture.api("POST", path + "/leases", fixture.token(ALICE), "").status())
        .isEqualTo(409);
  }

  @Test
  void breaksTheGlassOnce() throws Exception {
    String body = ACCESS.replace("}", ",\"breakGlass\":true}");

    Reply first = post(ALICE, "/v1/access-requests", body);
    Reply again = post(ALICE, "/v1/access-requests", body);

    assertThat(first.status()).as(first.body()).isEqualTo(201);
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(again.json().at("/issued/token").asText()).startsWith("type=resource&");
    assertThat(journal("leaseIssued")).hasSize(1);
  }

  @Test
  void endsAccessOnce() throws Exception {
    String body = "{\"principal\":\"corp:sub-nobody\",\"reason\":\"a look\"}";

    Reply first = post(OPAL, "/v1/any/kills", body);
    Reply again = post(OPAL, "/v1/any/kills", body);

    assertThat(first.status()).as(first.body()).isEqualTo(200);
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(journal("accessEnded")).hasSize(1);
    // Who asks is asked about each time.
    assertThat(journal("operationDecided")).hasSize(2);
  }

  @Test
  void answersNobodyAgainWhoMayNotAskAnyMore() throws Exception {
    String body = "{\"principal\":\"corp:sub-nobody\",\"reason\":\"a look\"}";
    assertThat(post(OPAL, "/v1/any/kills", body).status()).isEqualTo(200);
    String catalog = Files.readString(fixture.folder().resolve("org.yaml"));

    fixture.write("org.yaml", catalog.replace("memberOf: [platform]", "memberOf: [team]"));
    fixture.restart();
    Reply again = post(OPAL, "/v1/any/kills", body);
    fixture.write("org.yaml", catalog);
    fixture.restart();

    assertThat(again.status()).isEqualTo(403);
  }

  // --- a gateway that stopped in the middle ------------------------------------------------------

  private interface Interrupted {
    void by(Repetitions repetitions, Database database);
  }

  /** Does something beside the gateway, as another one would that shares its store. */
  private static void beside(Interrupted interrupted) {
    Repetitions repetitions;
    try (Database database = Database.open(fixture.folder().resolve("ephemeris.db"))) {
      repetitions =
          new Repetitions(
              database,
              new LeaseSecrets(List.of(RootKey.parse('a', GatewayFixture.ROOT_KEY))),
              fixture.clock());
      interrupted.by(repetitions, database);
    }
  }

  private Asked asked(Person who, String operation, String path, String body) {
    return new Asked(
        new PrincipalId("corp", who.subject()),
        Optional.empty(),
        operation,
        key,
        Digest.of(path, body));
  }

  @Test
  void givesTheLeaseOfAGatewayThatStoppedBeforeItAnswered() throws Exception {
    JsonNode lease = fixture.lease();
    String id = lease.at("/lease/id").asText();
    int issued = journal("leaseIssued").size();
    beside(
        (repetitions, database) -> {
          Turn turn =
              repetitions
                  .begin(asked(ALICE, "issueLease", "/v1/leases", LEASE), IfInterrupted.AGAIN)
                  .await();
          assertThat(
                  database
                      .transaction(
                          handle ->
                              ((Turn.First) turn)
                                  .attempt()
                                  .isFirst(handle, "{\"lease\":\"" + id + "\"}"))
                      .await())
              .isTrue();
        });

    Reply meanwhile = post(ALICE, "/v1/leases", LEASE);
    fixture.clock().advance(Duration.ofSeconds(61));
    Reply later = post(ALICE, "/v1/leases", LEASE);

    assertThat(meanwhile.status()).isEqualTo(409);
    assertThat(later.status()).as(later.body()).isEqualTo(201);
    assertThat(later.header("location")).isEqualTo("/v1/leases/" + id);
    assertThat(later.json().path("token")).isEqualTo(lease.path("token"));
    assertThat(later.json().path("lease")).isEqualTo(lease.path("lease"));
    assertThat(journal("leaseIssued")).hasSize(issued);
  }

  @Test
  void showsTheAccessRequestOfAGatewayThatStoppedBeforeItAnswered() throws Exception {
    JsonNode made = fixture.api("POST", "/v1/access-requests", fixture.token(ALICE), ACCESS).json();
    String id = made.at("/accessRequest/id").asText();
    beside(
        (repetitions, database) -> {
          Turn turn =
              repetitions
                  .begin(
                      asked(ALICE, "askForAccess", "/v1/access-requests", ACCESS),
                      IfInterrupted.AGAIN)
                  .await();
          boolean unused =
              database
                  .transaction(
                      handle ->
                          ((Turn.First) turn)
                              .attempt()
                              .isFirst(handle, "{\"accessRequest\":\"" + id + "\"}"))
                  .await();
        });
    fixture.clock().advance(Duration.ofSeconds(61));

    Reply later = post(ALICE, "/v1/access-requests", ACCESS);

    assertThat(later.status()).as(later.body()).isEqualTo(201);
    assertThat(later.json()).isEqualTo(made);
    assertThat(journal("accessRequested")).hasSize(1);
  }

  @Test
  void doesWhatAGatewayThatStoppedHasNotDone() throws Exception {
    beside(
        (repetitions, database) -> {
          Turn unused =
              repetitions
                  .begin(asked(ALICE, "issueLease", "/v1/leases", LEASE), IfInterrupted.AGAIN)
                  .await();
        });
    fixture.clock().advance(Duration.ofSeconds(61));

    assertThat(post(ALICE, "/v1/leases", LEASE).status()).isEqualTo(201);
    assertThat(journal("leaseIssued")).hasSize(1);
  }

  @Test
  void doesNotMakeARootKeyOfWhichNobodyKnowsWhetherItWasMade() throws Exception {
    beside(
        (repetitions, database) -> {
          Turn unused =
              repetitions
                  .begin(
                      asked(OPAL, "rotateRootKey", "/v1/root-keys", ""), IfInterrupted.NEVER_AGAIN)
                  .await();
        });
    fixture.clock().advance(Duration.ofSeconds(61));

    Reply reply = post(OPAL, "/v1/root-keys", "");

    assertThat(reply.status()).isEqualTo(409);
    assertThat(reply.json().path("type").asText()).endsWith(":outcome-unknown");
  }

  @Test
  void believesNothingThatSomebodyElseHasWritten() throws Exception {
    Reply first = post(ALICE, "/v1/leases", LEASE);
    fixture.sql("UPDATE idempotency_key SET outcome = replace(outcome, 'orders', 'others')");

    Reply again = post(ALICE, "/v1/leases", LEASE);

    assertThat(first.status()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.json().path("type").asText()).endsWith(":outcome-unknown");
    fixture.sql("DELETE FROM idempotency_key");
  }

  // --- keys --------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "\"a", "a b", "\"a\";b=c", "\"a\\\"b\"", "\"a\",\"b\"", "{}"})
  void refusesWhatIsNoKey(String header) throws Exception {
    Reply reply =
        fixture.api(
            "POST", "/v1/leases", fixture.token(ALICE), LEASE, Map.of("idempotency-key", header));

    assertThat(reply.status()).as(reply.body()).isEqualTo(400);
    assertThat(reply.detail()).contains("Idempotency-Key");
    assertThat(journal("leaseIssued")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"8e03978e-40d5-43e8-bc93-6894a57f9324", "12345", "true", "a:b/c="})
  void takesAKeyWithoutQuotesForTheSame(String text) throws Exception {
    Reply first = post(ALICE, "/v1/leases", LEASE, text);
    assertThat(first.status()).as(first.body()).isEqualTo(201);

    Reply again =
        fixture.api(
            "POST", "/v1/leases", fixture.token(ALICE), LEASE, Map.of("idempotency-key", text));

    assertThat(again.json()).isEqualTo(first.json());
  }
}
