package dev.ephemeris.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changing policy and catalog under a gateway that runs. */
class ReloadTest {

  private GatewayFixture fixture;
  private String policy = "";
  private String catalog = "";
  private String lease = "";

  @BeforeEach
  void start() throws Exception {
    fixture = new GatewayFixture();
    policy = Files.readString(fixture.folder().resolve("policy.yaml"));
    catalog = Files.readString(fixture.folder().resolve("org.yaml"));
    lease = fixture.lease().path("token").textValue();
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void aLeaseDoesNoMoreThanTheRulesOfTheMoment() throws Exception {
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);

    fixture.write(
        "policy.yaml",
        policy
            + """
              - name: nobody reads orders
                effect: deny
                for: { groups: [group:default/team] }
                actions: [reads]
            """);
    until(() -> fixture.readOrder(lease).status() == 403);

    assertThat(fixture.readOrder(lease).body()).contains("rule “nobody reads orders” denies it");

    fixture.write("policy.yaml", policy);
    until(() -> fixture.readOrder(lease).status() == 200);
  }

  @Test
  void whoLeavesAGroupLosesWhatItGives() throws Exception {
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);

    fixture.write("org.yaml", catalog.replace("memberOf: [team]", "memberOf: []"));
    until(() -> fixture.readOrder(lease).status() == 403);

    assertThat(fixture.api("GET", "/v1/me", alice(), "").json().path("groups")).isEmpty();
  }

  @Test
  void theJournalHasEachChange() throws Exception {
    JsonNode before = inForce();
    fixture.write("policy.yaml", policy + "# changed\n");
    until(() -> !inForce().path("policy").equals(before.path("policy")));
    JsonNode after = inForce();

    List<JsonNode> changes = fixture.journal("policyChanged");

    assertThat(changes).hasSize(2);
    assertThat(changes.getFirst().has("policyBefore")).isFalse();
    assertThat(changes.getFirst().path("policy")).isEqualTo(before.path("policy"));
    assertThat(changes.getFirst().path("catalog")).isEqualTo(before.path("catalog"));
    assertThat(changes.getLast().path("policyBefore")).isEqualTo(before.path("policy"));
    assertThat(changes.getLast().path("policy")).isEqualTo(after.path("policy"));
    assertThat(changes.getLast().path("catalogBefore")).isEqualTo(before.path("catalog"));
    assertThat(changes.getLast().path("catalog")).isEqualTo(before.path("catalog"));
    assertThat(after.path("since")).isNotEqualTo(before.path("since"));
  }

  @Test
  void brokenFilesKeepTheOldPolicyAndAreTold() throws Exception {
    JsonNode before = inForce();

    fixture.write("policy.yaml", policy.replace("data-reader", "data-raeder"));
    fixture.write("org.yaml", catalog.replace("memberOf: [team]", "memberOf: [taem]"));
    until(() -> inForce().at("/refusal/problems").size() == 2);

    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);
    assertThat(inForce().path("policy")).isEqualTo(before.path("policy"));
    assertThat(inForce().path("since")).isEqualTo(before.path("since"));
    assertThat(inForce().at("/refusal/policy")).isNotEqualTo(before.path("policy"));
    assertThat(problems()).first().asString().contains("policy.yaml:5:11: unknown role");
    assertThat(problems()).last().asString().contains("group:default/taem, which isn't there");
    assertThat(metric("ephemeris_policy_refused")).isEqualTo(1);
    assertThat(ready().status()).isEqualTo(200);
    assertThat(ready().json().at("/parts/policy/ready").booleanValue()).isTrue();
    assertThat(ready().json().at("/parts/policy/notice").textValue())
        .contains("are refused since", "GET /v1/policy")
        .doesNotContain("taem", "raeder");
    assertThat(fixture.journal("policyChanged")).hasSize(1);

    fixture.write("policy.yaml", policy);
    fixture.write("org.yaml", catalog);
    until(() -> !inForce().has("refusal"));

    assertThat(metric("ephemeris_policy_refused")).isZero();
    assertThat(ready().json().at("/parts/policy").has("notice")).isFalse();
    assertThat(fixture.journal("policyChanged")).hasSize(1);
  }

  @Test
  void aFileThatIsGoneIsARefusalToo() throws Exception {
    Files.delete(fixture.folder().resolve("policy.yaml"));
    until(() -> inForce().has("refusal"));

    assertThat(problems())
        .singleElement()
        .asString()
        .contains("policy.yaml can't be read: there is no such file.");
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);
  }

  @Test
  void theMetricTellsSinceWhenAPolicyIsInForce() throws Exception {
    Instant since = Instant.parse(inForce().path("since").textValue());
    assertThat(metric("ephemeris_policy_in_force_since_seconds")).isEqualTo(since.getEpochSecond());

    fixture.clock().advance(Duration.ofMinutes(5));
    fixture.write("policy.yaml", policy + "# changed\n");

    until(() -> metric("ephemeris_policy_in_force_since_seconds") >= since.getEpochSecond() + 300);
  }

  /** A ConfigMap: each file is a link into a folder behind a link, which is put elsewhere. */
  @Test
  void followsLinksThatAreSwapped() throws Exception {
    Path first = Files.createDirectory(fixture.folder().resolve("first"));
    Path second = Files.createDirectory(fixture.folder().resolve("second"));
    Files.writeString(first.resolve("policy.yaml"), policy);
    Files.writeString(second.resolve("policy.yaml"), policy.replace("data-reader", "data-raeder"));
    Path data = fixture.folder().resolve("..data");
    Files.createSymbolicLink(data, Path.of("first"));
    Path swapped = fixture.folder().resolve("policy.yaml");
    Files.delete(swapped);
    Files.createSymbolicLink(swapped, Path.of("..data", "policy.yaml"));
    assertThat(inForce().has("refusal")).isFalse();

    Path next = fixture.folder().resolve("..data_tmp");
    Files.createSymbolicLink(next, Path.of("second"));
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);

    until(() -> inForce().has("refusal"));
  }

  @Test
  void nothingChangesWithoutARecord() throws Exception {
    String alice = alice();
    fixture.api("GET", "/v1/me", alice, "");

    fixture.loseJournal();
    fixture.write("org.yaml", catalog.replace("memberOf: [team]", "memberOf: []"));
    until(() -> metric("ephemeris_policy_refused") == 1);
    Reply me = fixture.api("GET", "/v1/me", alice, "");
    fixture.findJournal();

    assertThat(me.json().path("groups")).hasSize(1);

    until(() -> fixture.readOrder(lease).status() == 403);
    assertThat(metric("ephemeris_policy_refused")).isZero();
    assertThat(fixture.journal("policyChanged")).hasSize(2);
  }

  private String alice() {
    return fixture.token(GatewayFixture.ALICE);
  }

  private JsonNode inForce() throws Exception {
    return fixture.api("GET", "/v1/policy", fixture.token(GatewayFixture.OPAL), "").json();
  }

  private List<String> problems() throws Exception {
    return StreamSupport.stream(inForce().at("/refusal/problems").spliterator(), false)
        .map(JsonNode::textValue)
        .toList();
  }

  private Reply ready() throws Exception {
    return fixture.send(HttpRequest.newBuilder(fixture.managementHealth()));
  }

  private long metric(String name) throws Exception {
    String metrics =
        fixture
            .send(HttpRequest.newBuilder(fixture.gateway().management().resolve("/metrics")))
            .body();
    return Pattern.compile("^" + name + " (.*)$", Pattern.MULTILINE)
        .matcher(metrics)
        .results()
        .map(match -> Math.round(Double.parseDouble(match.group(1))))
        .findFirst()
        .orElseThrow();
  }

  private static void until(Callable<Boolean> condition) throws Exception {
    for (int i = 0; i < 600 && !condition.call(); i++) {
      Thread.sleep(50);
    }
    assertThat(condition.call()).isTrue();
  }
}
