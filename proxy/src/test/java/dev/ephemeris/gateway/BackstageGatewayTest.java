package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.metrics.Scrape;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole gateway whose groups are Backstage's, and what becomes of it as that answers or not. */
class BackstageGatewayTest {

  private static final String OURS = "url:https://git.test/acme/org.yaml";
  private static final Duration FRESHNESS = Duration.ofMinutes(5);

  private GatewayFixture fixture;
  private StandInBackstage backstage;
  private String lease = "";

  @BeforeEach
  void start() throws Exception {
    backstage = new StandInBackstage();
    backstage.has(people("team"));
    fixture = new GatewayFixture();
    token(StandInBackstage.TOKEN);
    configure("1s");
    fixture.restart();
    lease = fixture.lease().path("token").textValue();
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    backstage.close();
  }

  private void token(String text) throws Exception {
    fixture.write("backstage.token", text);
    Files.setPosixFilePermissions(
        fixture.folder().resolve("backstage.token"), PosixFilePermissions.fromString("rw-------"));
  }

  private void configure(String refresh) throws Exception {
    fixture.configure(
        text ->
            text.replaceFirst(
                "(?m)^catalog: .*$",
                "catalog: { backstage: { baseUrl: '%s', tokenFile: backstage.token, origins: ['%s'], refresh: %s } }"
                    .formatted(backstage.baseUrl(), OURS, refresh)));
  }

  private static JsonObject user(String name, String... groups) {
    return StandInBackstage.entity(
        "User",
        name,
        OURS,
        new JsonObject().put("example.com/subject", "sub-" + name),
        new JsonObject().put("memberOf", new JsonArray(List.of(groups))));
  }

  private static JsonObject group(String name) {
    return StandInBackstage.entity("Group", name, OURS, new JsonObject(), new JsonObject());
  }

  private static List<JsonObject> people(String groupOfAlice, JsonObject... others) {
    List<JsonObject> all =
        new ArrayList<>(
            List.of(
                user("alice", groupOfAlice),
                group("team"),
                user("opal", "platform"),
                group("platform")));
    all.addAll(List.of(others));
    return all;
  }

  private Reply ready() throws Exception {
    return fixture.send(HttpRequest.newBuilder(fixture.managementHealth()));
  }

  private Reply refresh() throws Exception {
    return fixture.api("POST", "/v1/catalog/refresh", fixture.token(GatewayFixture.OPAL), "");
  }

  private double metric(String name) throws Exception {
    return Scrape.of(fixture).series().getOrDefault(name, Double.NaN);
  }

  private static void until(Callable<Boolean> condition) throws Exception {
    for (int i = 0; i < 600 && !condition.call(); i++) {
      Thread.sleep(50);
    }
    assertThat(condition.call()).isTrue();
  }

  @Test
  void whoLeavesAGroupThereLosesWhatItGives() throws Exception {
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);
    JsonNode before = fixture.journal("policyChanged").getLast();

    backstage.has(people("platform"));
    until(() -> fixture.readOrder(lease).status() == 403);

    assertThat(fixture.journal("policyChanged").getLast().path("catalogBefore"))
        .isEqualTo(before.path("catalog"));
    assertThat(fixture.journal("policyChanged").getLast().path("policy"))
        .isEqualTo(before.path("policy"));
  }

  /** Who has left can't wait until somebody has put the policy right. */
  @Test
  void whoLeavesAGroupLosesItAlsoWhileThePolicysFilesAreBroken() throws Exception {
    fixture.write("policy.yaml", "rules: [");
    until(() -> metric("ephemeris_policy_refused") == 1);
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);

    backstage.has(people("platform"));
    until(() -> fixture.readOrder(lease).status() == 403);

    assertThat(metric("ephemeris_policy_refused")).isEqualTo(1);
    assertThat(
            fixture
                .api("GET", "/v1/policy", fixture.token(GatewayFixture.OPAL), "")
                .json()
                .at("/refusal/problems"))
        .isNotEmpty();
  }

  @Test
  void nothingIsReplacedWhereNothingHasChanged() throws Exception {
    int asked = backstage.requests().size();
    int changes = fixture.journal("policyChanged").size();
    List<JsonObject> reversed = people("team").reversed();
    reversed
        .getFirst()
        .getJsonObject("metadata")
        .getJsonObject("annotations")
        .put("backstage.io/edit-url", "https://git.test/");
    backstage.has(reversed);

    until(() -> backstage.requests().size() > asked + 3);

    assertThat(fixture.journal("policyChanged")).hasSize(changes);
    assertThat(metric("ephemeris_catalog_refreshes_total{outcome=\"changed\"}")).isEqualTo(1);
    assertThat(metric("ephemeris_catalog_refreshes_total{outcome=\"unchanged\"}")).isPositive();
  }

  @Test
  void theLastAnswerHoldsWhileItIsFreshAndThenNobodyGetsThrough() throws Exception {
    backstage.does(request -> request.response().setStatusCode(500).end());
    until(() -> metric("ephemeris_catalog_refreshes_total{outcome=\"failed\"}") >= 2);

    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);
    assertThat(ready().status()).isEqualTo(200);
    assertThat(ready().json().at("/parts/catalog/notice").textValue())
        .startsWith("Backstage gives no answer since ")
        .contains(": it answers 500.");

    // Tokens of now: those of then would be of the future.
    String alice = fixture.token(GatewayFixture.ALICE);
    String opal = fixture.token(GatewayFixture.OPAL);
    String own =
        fixture
            .issuer()
            .accessToken(
                GatewayFixture.ALICE,
                GatewayFixture.CLIENT,
                claims -> claims.audience("api://ephemeris-data"));
    fixture.clock().advance(FRESHNESS);

    Reply read = fixture.readOrder(lease);
    assertThat(read.status()).isEqualTo(503);
    assertThat(read.body()).contains("Backstage's catalog", "hasn't answered since");
    assertThat(fixture.readOrder("type=aad&ver=1.0&sig=" + own).status()).isEqualTo(503);
    Reply me = fixture.api("GET", "/v1/me", alice, "");
    assertThat(me.status()).isEqualTo(503);
    assertThat(me.detail()).contains("Backstage's catalog");
    assertThat(fixture.api("POST", "/v1/catalog/refresh", opal, "").status()).isEqualTo(503);
    assertThat(ready().status()).isEqualTo(503);
    assertThat(ready().json().at("/parts/catalog/ready").booleanValue()).isFalse();
    assertThat(ready().json().at("/parts/catalog/why").textValue())
        .contains("hasn't answered since");
    assertThat(
            metric(
                "ephemeris_requests_total{decision=\"fail\",operation=\"READ_ITEM\",reason=\"catalog\"}"))
        .isEqualTo(2);

    backstage.works();
    until(() -> fixture.readOrder(lease).status() == 200);
    assertThat(ready().json().at("/parts/catalog").has("notice")).isFalse();
  }

  @Test
  void aTokenThatIsNoLongerGoodIsToldAndANewOneIsReadFromItsFile() throws Exception {
    token("canary-revoked");
    until(() -> ready().json().at("/parts/catalog").has("notice"));

    assertThat(ready().json().at("/parts/catalog/notice").textValue())
        .contains("it refuses the token (401)")
        .doesNotContain("canary");
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);

    token(StandInBackstage.TOKEN);
    until(() -> !ready().json().at("/parts/catalog").has("notice"));
  }

  @Test
  void startsClosedWhereBackstageIsNotThereAndOpensOnceItIs() throws Exception {
    backstage.does(request -> request.response().setStatusCode(503).end());
    fixture.restart();

    assertThat(fixture.readOrder(lease).status()).isEqualTo(503);
    assertThat(ready().json().at("/parts/catalog/why").textValue())
        .endsWith("hasn't answered yet.");

    backstage.works();
    until(() -> fixture.readOrder(lease).status() == 200);
  }

  @Test
  void doesNotStartWithoutASecretThatIsOne() throws Exception {
    fixture.stopGateway();
    token("two words");
    assertThatThrownBy(fixture::restart)
        .hasMessageContaining("backstage.token is of no use: it isn't a bearer token");
    token(StandInBackstage.TOKEN);
    Files.setPosixFilePermissions(
        fixture.folder().resolve("backstage.token"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(fixture::restart).hasMessageContaining("can be read or changed by others");
    token(StandInBackstage.TOKEN);
    fixture.restart();
  }

  @Test
  void whatDoesNotCountIsTold() throws Exception {
    backstage.has(
        people(
            "team",
            user("bob", "ghosts"),
            StandInBackstage.entity(
                "Group",
                "ghosts",
                "url:https://git.test/mallory",
                new JsonObject(),
                new JsonObject())));
    until(() -> metric("ephemeris_catalog_flaws") == 1);

    assertThat(metric("ephemeris_catalog_other_origins")).isEqualTo(1);
    String notice = OURS + ": user:default/bob refers to group:default/ghosts, which isn't there";
    assertThat(
            fixture
                .api("GET", "/v1/policy", fixture.token(GatewayFixture.OPAL), "")
                .json()
                .path("notices"))
        .singleElement()
        .extracting(JsonNode::textValue)
        .isEqualTo(notice);
    JsonNode record = fixture.journal("catalogFlawed").getLast();
    assertThat(record.path("notices").path(0).textValue()).isEqualTo(notice);
    assertThat(record.path("catalog"))
        .isEqualTo(fixture.journal("policyChanged").getLast().path("catalog"));
    assertThat(ready().status()).isEqualTo(200);
    assertThat(ready().json().at("/parts/catalog/notice").textValue())
        .contains("doesn't count")
        .doesNotContain("bob", "ghosts");
  }

  @Test
  void aHintHasItReadAtOnceAndNotTooOften() throws Exception {
    fixture.stopGateway();
    configure("4m");
    fixture.restart();
    int asked = backstage.requests().size();
    backstage.has(people("platform"));

    assertThat(refresh().status()).isEqualTo(202);
    Reply again = refresh();

    assertThat(again.status()).isEqualTo(429);
    assertThat(Integer.parseInt(again.header("retry-after"))).isBetween(1, 5);
    until(() -> fixture.readOrder(lease).status() == 403);
    assertThat(backstage.requests()).hasSize(asked + 1);

    fixture.clock().advance(Duration.ofSeconds(5));
    assertThat(refresh().status()).isEqualTo(202);
    assertThat(
            fixture
                .api("POST", "/v1/catalog/refresh", fixture.token(GatewayFixture.BOB), "")
                .status())
        .isEqualTo(403);
  }
}
