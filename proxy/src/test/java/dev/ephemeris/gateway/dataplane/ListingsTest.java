package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.simulator.cosmos.ReceivedRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a lease sees of an account: its databases, containers and their throughput. */
class ListingsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static DataPlaneFixture fixture;
  private static RawHttp http;

  @BeforeAll
  static void start() throws Exception {
    fixture = new DataPlaneFixture("team-policy.yaml");
    http = new RawHttp(fixture.certificate().clientTls(), fixture.gateway());
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  @BeforeEach
  void fill() throws Exception {
    fixture.simulator().reset();
    for (String database : List.of("shop", "secret", "other")) {
      fixture.simulator().createDatabase(database);
      for (String container : List.of("orders", "carts", "payroll")) {
        fixture.simulator().createContainer(database, container, "/pk");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "orders-prod:/ | shop other | orders carts",
        "orders-prod:/dbs/shop | shop | orders carts",
        "orders-prod:/dbs/shop/colls/carts | shop | carts",
      })
  void showsWhatTheLeaseCoversAndNoRuleHides(String scope, String databases, String containers)
      throws Exception {
    String token = token(scope, "clerk");

    RawHttp.Answer ofDatabases = get(token, "/dbs");
    RawHttp.Answer ofContainers = get(token, "/dbs/shop/colls");

    assertThat(ids(ofDatabases, "Databases")).containsExactlyInAnyOrder(databases.split(" "));
    assertThat(ids(ofContainers, "DocumentCollections"))
        .containsExactlyInAnyOrder(containers.split(" "));
    int left = containers.split(" ").length;
    assertThat(JSON.readTree(ofContainers.body()).path("_count").intValue()).isEqualTo(left);
    assertThat(ofContainers.header("x-ms-item-count")).contains(Integer.toString(left));
    assertThat(ofContainers.body()).doesNotContain("payroll");
  }

  @Test
  void queriesShowNoMore() throws Exception {
    String token = token("orders-prod:/", "clerk");

    RawHttp.Answer databases = query(token, "/dbs", "SELECT * FROM d WHERE d.id != 'other'");
    RawHttp.Answer containers = query(token, "/dbs/shop/colls", "SELECT * FROM c");

    assertThat(ids(databases, "Databases")).containsExactly("shop");
    assertThat(ids(containers, "DocumentCollections")).containsExactlyInAnyOrder("orders", "carts");
  }

  /** A page that is full, or a count of rows, would tell of those that were left out. */
  @Test
  void queriesAreNotCutWhereHiddenRowsWouldCount() throws Exception {
    List<String> headers = new ArrayList<>(headers(token("orders-prod:/", "clerk")));
    headers.addAll(
        List.of(
            "content-type: application/query+json",
            "x-ms-documentdb-isquery: true",
            "x-ms-max-item-count: 1",
            "x-ms-documentdb-populatequerymetrics: True"));
    String query = "{\"query\":\"SELECT * FROM c WHERE c.id IN ('orders', 'payroll')\"}";

    RawHttp.Answer answer =
        http.send("POST", "/dbs/shop/colls", headers, query.getBytes(StandardCharsets.US_ASCII));

    assertThat(ids(answer, "DocumentCollections")).containsExactly("orders");
    ReceivedRequest sent = fixture.simulator().received().getLast();
    assertThat(sent.headers("x-ms-max-item-count")).containsExactly("-1");
    assertThat(sent.headers("x-ms-documentdb-populatequerymetrics")).containsExactly("False");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT c.id FROM c",
        "SELECT VALUE c.id FROM c",
        "SELECT VALUE c FROM c",
        "SELECT VALUE COUNT(1) FROM c",
        "SELECT DISTINCT * FROM c",
        "SELECT TOP 1 * FROM c ORDER BY c.id DESC",
        "SELECT * FROM c WHERE c.id >= 'orders' ORDER BY c.id DESC OFFSET 0 LIMIT 1",
        "SELECT * FROM c.indexingPolicy",
        "SELECT * FROM p IN c.partitionKey.paths",
        "SELECT * FROM (SELECT VALUE c.id FROM c)",
        "SELECT nonsense"
      })
  void queriesThatGiveAnythingButTheResourcesAreRefused(String query) throws Exception {
    int before = fixture.simulator().received().size();

    RawHttp.Answer answer = query(token("orders-prod:/", "clerk"), "/dbs/shop/colls", query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(fixture.simulator().received()).hasSize(before);
  }

  @ParameterizedTest
  @CsvSource({
    "orders-prod:/dbs/other, clerk",
    "orders-prod:/dbs/other/colls/carts, clerk",
  })
  void aLeaseOnAnotherDatabaseListsNothing(String scope, String role) throws Exception {
    RawHttp.Answer answer = get(token(scope, role), "/dbs/shop/colls");

    assertThat(answer.status() + "/" + answer.subStatus()).isEqualTo("403/5301");
  }

  @Test
  void aDatabaseThatARuleHidesListsNothing() throws Exception {
    RawHttp.Answer answer = get(token("orders-prod:/", "clerk"), "/dbs/secret/colls");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(ids(answer, "DocumentCollections")).isEmpty();
  }

  @Test
  void throughputIsListedOfWhatTheLeaseCovers() throws Exception {
    String planner = token("orders-prod:/dbs/shop/colls/orders", "capacity-planner");

    JsonNode offers = JSON.readTree(get(planner, "/offers").body()).path("Offers");

    assertThat(offers).hasSize(1);
    assertThat(offers.get(0).path("resource").textValue()).isEqualTo(self("orders"));
  }

  @Test
  void throughputIsReadAndReplacedOfWhatTheLeaseCovers() throws Exception {
    String planner = token("orders-prod:/dbs/shop/colls/orders", "capacity-planner");
    JsonNode own = offer("orders");
    JsonNode other = offer("carts");

    assertThat(get(planner, "/offers/" + own.path("id").textValue()).status()).isEqualTo(200);
    RawHttp.Answer denied = get(planner, "/offers/" + other.path("id").textValue());
    assertThat(denied.status() + "/" + denied.subStatus()).isEqualTo("403/5301");
    assertThat(put(planner, own, own.toString()).status()).isEqualTo(200);
    assertThat(put(planner, other, other.toString()).status()).isEqualTo(403);
  }

  @Test
  void anOfferIsNotReplacedByAnother() throws Exception {
    String planner = token("orders-prod:/dbs/shop/colls/orders", "capacity-planner");
    JsonNode own = offer("orders");
    JsonNode other = offer("carts");
    int before = fixture.simulator().received().size();

    for (String field : List.of("_rid", "id", "resource", "offerResourceId")) {
      String mixed =
          own.toString().replace(own.path(field).toString(), other.path(field).toString());
      assertThat(put(planner, own, mixed).status()).as(field).isEqualTo(400);
    }
    String twice =
        own.toString().replaceFirst("\\{", "{\"resource\":" + other.path("resource") + ",");
    assertThat(put(planner, own, twice).status()).isEqualTo(400);
    assertThat(fixture.simulator().received().stream().skip(before))
        .noneMatch(request -> request.method().equals("PUT"));
  }

  @Test
  void anOfferThatIsMissingLooksLikeOneThatIsHidden() throws Exception {
    String planner = token("orders-prod:/dbs/shop/colls/orders", "capacity-planner");

    assertNothingThere(get(planner, "/offers/zzzz"));
    assertThat(message(get(planner, "/offers/zzzz")))
        .isEqualTo(message(get(planner, "/offers/" + offer("carts").path("id").textValue())));
  }

  /** What a RID stands for is told to those who may read it, with the reason of the refusal. */
  @Test
  void aRidThatIsOfNothingLooksLikeOneThatIsHidden() throws Exception {
    String clerk = token("orders-prod:/dbs/shop/colls/orders", "clerk");
    String all = token("orders-prod:/", "clerk");
    String shop = "/dbs/" + fixture.simulator().rid("shop");
    String other = "/dbs/" + fixture.simulator().rid("other");
    String payroll = shop + "/colls/" + fixture.simulator().rid("shop", "payroll");
    String orders = shop + "/colls/" + fixture.simulator().rid("shop", "orders");

    for (String hidden : List.of("/dbs/AAAAAA==", other, payroll)) {
      assertNothingThere(get(clerk, hidden));
    }
    assertNothingThere(get(all, payroll));
    assertThat(message(send(clerk, "PUT", orders, "application/json", "{\"id\":\"orders\"}")))
        .contains("orders-prod:/dbs/shop/colls/orders");
  }

  /** Each unknown RID is a read of the account; whoever makes them up is slowed down. */
  @Test
  void madeUpRidsAreLookedUpForAWhileOnly() throws Exception {
    DataPlaneFixture own = new DataPlaneFixture("team-policy.yaml");
    try {
      RawHttp gateway = new RawHttp(own.certificate().clientTls(), own.gateway());
      own.simulator().createDatabase("shop");
      List<String> headers = headers(own.lease("orders-prod:/", "clerk").token().reveal());
      String shop = "/dbs/" + own.simulator().rid("shop");
      assertThat(gateway.send("GET", shop, headers, new byte[0]).status()).isEqualTo(200);
      int before = own.simulator().received().size();
      RawHttp.Answer last = gateway.send("GET", "/dbs/AAAAAA==", headers, new byte[0]);
      int sent = 1;
      for (; last.status() == 403 && sent < 1_000; sent++) {
        String rid = "%c%cAAAA==".formatted('A' + sent % 26, 'A' + sent / 26);
        last = gateway.send("GET", "/dbs/" + rid, headers, new byte[0]);
      }

      assertThat(last.status()).as(last.body()).isEqualTo(429);
      assertThat(last.header("x-ms-retry-after-ms").map(Long::parseLong).orElseThrow())
          .isPositive();
      assertThat(own.simulator().received().size() - before).isEqualTo(sent - 1);
    } finally {
      own.close();
    }
  }

  /** Many have the same agent: what it makes up for one slows it for nobody else. */
  @Test
  void whatAnAgentMakesUpIsCountedForWhomItActs() throws Exception {
    DataPlaneFixture own =
        new DataPlaneFixture(
            new PolicySource(
                "policy.yaml",
                """
                apiVersion: ephemeris.dev/v1
                rules:
                  - name: everybody
                    for: { groups: [group:default/team, group:default/copilots] }
                    role: data-reader
                    scopes: ["orders-prod:/"]
                """));
    try {
      RawHttp gateway = new RawHttp(own.certificate().clientTls(), own.gateway());
      List<String> forAlice =
          headers(
              own.agentsLease("orders-prod:/", Optional.empty(), "data-reader").token().reveal());
      List<String> forAnother =
          headers(
              own.agentsLease("orders-prod:/", Optional.empty(), "data-reader", "team")
                  .token()
                  .reveal());
      // Each event loop counts by itself.
      int slowed = 0;
      for (int sent = 0; slowed < 20 && sent < 600; sent++) {
        String rid = "%c%cAAAA==".formatted('A' + sent % 26, 'A' + sent / 26);
        if (gateway.send("GET", "/dbs/" + rid, forAlice, new byte[0]).status() == 429) {
          slowed++;
        }
      }

      assertThat(slowed).isEqualTo(20);
      for (char each = 'a'; each < 'k'; each++) {
        String rid = each + "zAAAA==";
        assertThat(gateway.send("GET", "/dbs/" + rid, forAnother, new byte[0]).status())
            .isEqualTo(403);
      }
    } finally {
      own.close();
    }
  }

  private static void assertNothingThere(RawHttp.Answer answer) throws Exception {
    assertThat(answer.status() + "/" + answer.subStatus()).isEqualTo("403/5301");
    assertThat(message(answer)).contains("nothing that you may read has this RID");
  }

  /** Without the activity id, which is another one each time. */
  private static String message(RawHttp.Answer answer) throws Exception {
    return JSON.readTree(answer.body()).path("message").textValue().split("\r\n", 2)[0];
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"id\": 1}",
        "{\"id\": \"Sl8fAA==\"}",
        "{\"id\":\"a\",\"id\":\"b\"}",
        "[]"
      })
  void aDatabaseIsNotMadeUnderANameThatIsNoName(String body) throws Exception {
    int before = fixture.simulator().received().size();

    RawHttp.Answer answer =
        send(token("orders-prod:/", "owner"), "POST", "/dbs", "application/json", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(fixture.simulator().received()).hasSize(before);
  }

  @Test
  void aDatabaseIsMadeByWhoMayManage() throws Exception {
    String body = "{\"id\": \"new\"}";

    RawHttp.Answer made =
        send(token("orders-prod:/", "owner"), "POST", "/dbs", "application/json", body);
    RawHttp.Answer denied =
        send(token("orders-prod:/", "clerk"), "POST", "/dbs", "application/json", body);

    assertThat(made.status()).isEqualTo(201);
    assertThat(denied.status() + "/" + denied.subStatus()).isEqualTo("403/5301");
    assertThat(JSON.readTree(denied.body()).path("message").textValue())
        .contains("may not take sqlDatabases/write on orders-prod:/");
  }

  /** The offer of one of the shop's containers, as the account itself gives it. */
  private static JsonNode offer(String container) throws Exception {
    JsonNode all =
        JSON.readTree(get(token("orders-prod:/", "owner"), "/offers").body()).path("Offers");
    String self = self(container);
    return StreamSupport.stream(all.spliterator(), false)
        .filter(offer -> offer.path("resource").textValue().equals(self))
        .findFirst()
        .orElseThrow();
  }

  private static String self(String container) throws Exception {
    return JSON.readTree(
            get(token("orders-prod:/", "owner"), "/dbs/shop/colls/" + container).body())
        .path("_self")
        .textValue();
  }

  private static String token(String scope, String role) {
    return fixture.lease(scope, role).token().reveal();
  }

  private static List<String> ids(RawHttp.Answer answer, String property) throws Exception {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return StreamSupport.stream(JSON.readTree(answer.body()).path(property).spliterator(), false)
        .map(entry -> entry.path("id").textValue())
        .toList();
  }

  private static RawHttp.Answer get(String token, String target) throws Exception {
    return http.send("GET", target, headers(token), new byte[0]);
  }

  private static RawHttp.Answer put(String token, JsonNode offer, String body) throws Exception {
    return send(token, "PUT", "/offers/" + offer.path("id").textValue(), "application/json", body);
  }

  private static RawHttp.Answer query(String token, String target, String query) throws Exception {
    return send(
        token,
        "POST",
        target,
        "application/query+json",
        JSON.createObjectNode().put("query", query).toString());
  }

  private static RawHttp.Answer send(
      String token, String method, String target, String type, String body) throws Exception {
    List<String> headers =
        Stream.concat(
                headers(token).stream(),
                type.contains("query")
                    ? Stream.of("content-type: " + type, "x-ms-documentdb-isquery: true")
                    : Stream.of("content-type: " + type))
            .toList();
    return http.send(method, target, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> headers(String token) {
    return List.of(
        "authorization: " + URLEncoder.encode(token, StandardCharsets.UTF_8),
        "x-ms-version: 2020-07-15");
  }
}
