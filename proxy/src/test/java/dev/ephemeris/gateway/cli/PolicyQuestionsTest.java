package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ephemeris policy diff} and {@code who-can}, on files alone. */
class PolicyQuestionsTest {

  private static final String OLD =
      """
      apiVersion: ephemeris.dev/v1
      rules:
        - name: the team | reads <b>orders</b>
          for: { groups: [group:default/team] }
          role: data-reader
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
      """;

  private static final String NEW =
      OLD.replace("/colls/orders", "")
          + """
            - name: agents read nothing
              effect: deny
              for: { principal: agent }
              actions: [items/read]
          """;

  @TempDir private Path folder = Path.of("");
  private Terminal terminal = new Terminal(() -> Instant.EPOCH, Path.of(""));

  @BeforeEach
  void write() throws IOException {
    terminal = new Terminal(() -> Instant.EPOCH, folder);
    Files.writeString(folder.resolve("old.yaml"), OLD);
    Files.writeString(folder.resolve("new.yaml"), NEW);
    Files.writeString(
        folder.resolve("org.yaml"),
        """
        kind: Group
        metadata: { name: team }
        spec: { type: team, children: [] }
        ---
        kind: Group
        metadata: { name: crew }
        spec: { type: team, parent: team, children: [] }
        ---
        kind: User
        metadata: { name: alice }
        spec: { memberOf: [crew] }
        ---
        kind: User
        metadata: { name: bob }
        spec: { memberOf: [] }
        """);
  }

  private Screen diff(String... more) {
    return terminal.run(
        words("policy diff %s/old.yaml --to %s/new.yaml --catalog %s/org.yaml", more));
  }

  private String[] words(String command, String... more) {
    return Stream.concat(
            List.of(command.replace("%s", folder.toString()).split(" ", -1)).stream(),
            List.of(more).stream())
        .toArray(String[]::new);
  }

  @Test
  void tellsInMarkdownWhoGainsAndLoses() {
    Screen screen = diff("--account", "orders-prod=prod");

    assertThat(screen.err()).isEmpty();
    assertThat(screen.exitCode()).isZero();
    assertThat(screen.out())
        .isEqualTo(
            """
            **group:default/team as person or workload, group:default/crew as person or workload, \
            user:default/alice**

            | | actions | where | how | rule |
            | --- | --- | --- | --- | --- |
            | gains | readMetadata, items/read, executeQuery, readChangeFeed \
            | orders-prod:/dbs/shop, but not orders-prod:/dbs/shop/colls/orders \
            | lease-token, own-token: 1h, at most 8h | the team \\| reads &lt;b>orders&lt;/b> |

            **group:default/team as agent, group:default/crew as agent**

            | | actions | where | how | rule |
            | --- | --- | --- | --- | --- |
            | gains | readMetadata, executeQuery, readChangeFeed \
            | orders-prod:/dbs/shop, but not orders-prod:/dbs/shop/colls/orders \
            | lease-token, own-token: 1h, at most 8h | the team \\| reads &lt;b>orders&lt;/b> |
            | loses | items/read | orders-prod:/dbs/shop/colls/orders | lease-token, own-token \
            | agents read nothing |
            """);
  }

  @Test
  void tellsTheSameInJson() throws Exception {
    JsonNode people = diff("--account", "orders-prod=prod", "-o", "json").json().path("people");

    assertThat(people).hasSize(2);
    assertThat(people.at("/1/names/0").textValue()).isEqualTo("group:default/team as agent");
    JsonNode loses = people.at("/1/changes/1");
    assertThat(loses.path("kind").textValue()).isEqualTo("loses");
    assertThat(loses.path("actions")).isEqualTo(GatewayFixture.json("[\"items/read\"]"));
    assertThat(loses.path("before"))
        .isEqualTo(
            GatewayFixture.json(
                """
                {"defaultSeconds": 3600, "maxSeconds": 28800, "terms": [{"limits": {}, "obligations": []}], "unless": []}
                """));
    assertThat(loses.has("after")).isFalse();
    assertThat(loses.path("rule").textValue()).isEqualTo("agents read nothing");
  }

  @Test
  void saysSoIfNothingChanges() {
    Screen screen =
        terminal.run(
            words(
                "policy diff %s/old.yaml --to %s/old.yaml --catalog %s/org.yaml"
                    + " --account orders-prod=prod"));

    assertThat(screen.out()).isEqualTo("Nobody gains or loses anything.\n");
  }

  @Test
  void tellsWhoCan() throws Exception {
    Screen screen =
        terminal.run(
            words(
                "policy who-can items/read orders-prod/shop/carts --policy %s/new.yaml"
                    + " --catalog %s/org.yaml --account orders-prod=prod"));

    assertThat(screen.exitCode()).as(screen.err()).isZero();
    assertThat(screen.out().lines().map(line -> line.replaceAll(" {2,}", ";")).toList())
        .containsExactly(
            "WHO;RULE;HOW",
            "group:default/team as person or workload;may;the team | reads <b>orders</b>;"
                + "lease-token, own-token: 1h, at most 8h",
            "group:default/crew as person or workload;may;the team | reads <b>orders</b>;"
                + "lease-token, own-token: 1h, at most 8h",
            "user:default/alice;may;the team | reads <b>orders</b>;"
                + "lease-token, own-token: 1h, at most 8h",
            "anyone as agent;denied;agents read nothing;"
                + "lease-token, own-token, lease-key, token-lane, rbac-lane",
            "group:default/team as agent;denied;agents read nothing;"
                + "lease-token, own-token, lease-key, token-lane, rbac-lane",
            "group:default/crew as agent;denied;agents read nothing;"
                + "lease-token, own-token, lease-key, token-lane, rbac-lane");
  }

  @Test
  void asksByTheGatewaysConfiguration() throws Exception {
    try (GatewayFixture fixture = new GatewayFixture()) {
      JsonNode who =
          terminal
              .run(
                  "policy",
                  "who-can",
                  "items/read",
                  "orders-prod/shop/orders",
                  "--config",
                  fixture.folder().resolve("ephemeris.yaml").toString(),
                  "-o",
                  "json")
              .json();

      assertThat(who.at("/allowed/0/rule").textValue()).isEqualTo("the team reads orders");
      assertThat(
              StreamSupport.stream(who.at("/allowed/0/names").spliterator(), false)
                  .map(JsonNode::textValue))
          .containsExactly("group:default/team", "user:default/alice");
      assertThat(who.path("denied")).isEmpty();
    }
  }

  @Test
  void explainsWhatBecomesOfEachRule() throws Exception {
    Files.writeString(
        folder.resolve("when.yaml"),
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: repairs
            for: { groups: [group:team], issuer: corp, claims: { site: "berlin*" } }
            actions: [items/replace]
            scopes: ["orders-prod:/dbs/shop"]
            partitionKey: [eu, acme]
            when:
              mfa: true
              ticket: "OPS-[0-9]+"
              network: [192.0.2.0/24]
              window: { from: "20:00", to: "23:00", zone: UTC }
          - name: the platform team audits
            for: { groups: [group:crew] }
            actions: [ephemeris/audit/read]
        """);
    String asked =
        "policy explain user:alice items/replace orders-prod/shop/orders --policy %s/when.yaml"
            + " --catalog %s/org.yaml --account orders-prod=prod --issuer corp"
            + " --claim site=berlin-2 --at 2026-11-24T22:00:00Z --from 192.0.2.7"
            + " --partition-key eu/acme --ticket OPS-17";

    Screen without = terminal.run(words(asked));
    JsonNode with = terminal.run(words(asked + " --mfa -o json")).json();

    assertThat(without.exitCode()).as(without.err()).isZero();
    assertThat(without.out())
        .contains(
            "denied, no-rule",
            "near miss  repairs (allow)",
            "it is for request of partition key eu/acme, from 192.0.2.0/24, within mon-sun 20:00 to"
                + " 23:00 UTC, with a second factor, with a ticket like OPS-[0-9]+");
    assertThat(with.path("decision").textValue()).isEqualTo("allow");
    assertThat(with.path("rule").textValue()).isEqualTo("repairs");
    assertThat(with.at("/rules/0/criteria")).hasSize(7);
    for (String changed :
        List.of(
            asked.replace("berlin-2", "bonn"),
            asked.replace("T22", "T23"),
            asked.replace("192.0.2.7", "192.0.3.7"),
            asked.replace("eu/acme", "eu"),
            asked.replace("OPS-17", "OPS"),
            asked.replace("corp", "other"),
            asked.replace("user:alice", "anyone"))) {
      assertThat(
              terminal.run(words(changed + " --mfa -o json")).json().path("decision").textValue())
          .as(changed)
          .isEqualTo("deny");
    }
    assertThat(
            terminal
                .run(
                    words(
                        "policy explain group:crew ephemeris/audit/read --policy %s/when.yaml"
                            + " --catalog %s/org.yaml"))
                .out())
        .contains("allowed by 'the platform team audits'");
  }

  @ParameterizedTest
  @CsvSource({
    "policy explain user:alcie items/read abc --policy %s/old.yaml --catalog %s/org.yaml --account"
        + " abc=prod,2,did you mean 'user:default/alice'?",
    "policy explain user:alice items/read --policy %s/old.yaml --catalog %s/org.yaml,2,where?",
    "policy explain user:alice ephemeris/audit/read abc --policy %s/old.yaml --catalog %s/org.yaml"
        + ",2,ask without a scope",
    "policy explain user:alice items/read abc --policy %s/old.yaml --catalog %s/org.yaml --account"
        + " abc=prod --from here,2,'here' is no address",
    "policy diff %s/old.yaml --to %s/new.yaml --catalog %s/org.yaml,2,for which accounts?",
    "policy diff %s/old.yaml --to %s/new.yaml --account a-b-c=prod,2,of whom?",
    "policy diff %s/no.yaml --to %s/new.yaml --account abc=prod,5,no.yaml: there is no such file",
    "policy diff %s/org.yaml --to %s/new.yaml --account abc=prod,5,org.yaml:",
    "policy who-can reads abc --policy %s/old.yaml --catalog %s/org.yaml --account"
        + " abc=prod,2,stands for several actions",
    "policy who-can items/raed abc --policy %s/old.yaml --catalog %s/org.yaml --account abc=p,2,did"
        + " you mean",
    "policy who-can items/read xyz --policy %s/old.yaml --catalog %s/org.yaml --account abc=p,2,no"
        + " account 'xyz'",
    "policy who-can items/read abc --catalog %s/org.yaml --account abc=prod,2,by which policy?"
  })
  void saysWhatItNeeds(String command, int exitCode, String says) {
    Screen screen = terminal.run(words(command));

    assertThat(screen.out()).isEmpty();
    assertThat(screen.err()).contains(says).hasLineCount(1);
    assertThat(screen.exitCode()).isEqualTo(exitCode);
  }

  /** A Component counts as its owner where a rule names workloads. */
  @ParameterizedTest
  @CsvSource({
    "component:orders-api, '', allow",
    "component:default/orders-api, --as=workload, allow",
    "component:orders-api, --as=person, deny",
    "component:other, '', deny"
  })
  void explainsWhatAComponentMayDo(String who, String as, String decision) throws Exception {
    Files.writeString(
        folder.resolve("services.yaml"),
        """
        kind: Group
        metadata: { name: team }
        spec: { type: team, children: [] }
        ---
        kind: Group
        metadata: { name: crew }
        spec: { type: team, children: [] }
        ---
        kind: Component
        metadata: { name: orders-api, annotations: { ephemeris.dev/workload-identity: "ci:orders-api" } }
        spec: { type: service, owner: team }
        ---
        kind: Component
        metadata: { name: other, annotations: { ephemeris.dev/workload-identity: "ci:other" } }
        spec: { type: service, owner: crew }
        """);
    Files.writeString(
        folder.resolve("services-policy.yaml"),
        OLD.replace(
            "groups: [group:default/team]", "groups: [group:default/team], principal: workload"));

    Screen screen =
        terminal.run(
            words(
                "policy explain "
                    + who
                    + " items/read orders-prod/shop/orders --policy %s/services-policy.yaml"
                    + " --catalog %s/services.yaml --account orders-prod=prod -o json",
                as.isEmpty() ? new String[0] : new String[] {as}));

    assertThat(screen.err()).isEmpty();
    assertThat(screen.json().path("decision").asText()).isEqualTo(decision);
  }
}
