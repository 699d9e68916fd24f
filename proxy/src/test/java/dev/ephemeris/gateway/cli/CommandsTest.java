package dev.ephemeris.gateway.cli;

import static dev.ephemeris.gateway.cli.CliWorld.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody who is signed in asks for, as people read it and as programs do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandsTest {

  private static final String SCOPE = "orders-prod/shop/orders";

  private CliWorld world;
  private Terminal terminal;

  @BeforeAll
  void start() throws Exception {
    world = new CliWorld();
  }

  @BeforeEach
  void sitDown() throws Exception {
    terminal = world.terminal().signedIn();
  }

  @AfterAll
  void stop() throws Exception {
    world.close();
  }

  @Test
  void whoamiSaysThePrincipalItsGroupsAndItsSession() throws Exception {
    Screen people = terminal.run("whoami");
    JsonNode programs = document(terminal.run("whoami", "--output", "json"));

    assertThat(programs.path("principal").path("subject").asText()).isEqualTo("sub-alice");
    assertThat(programs.path("groups"))
        .extracting(JsonNode::asText)
        .containsExactly("group:default/team");
    assertThat(people.out())
        .isEqualTo(
            """
            Alice Ito (person corp:sub-alice)
            user       user:default/alice
            groups     group:default/team
            session    %s, ends %s (in 12h)
            """
                .formatted(
                    programs.path("session").path("id").asText(),
                    programs.path("session").path("endsAt").asText()));
  }

  @Test
  void leaseCanBeForOnePartitionKey() {
    Screen text = terminal.run("lease", SCOPE, "--partition-key", "c1");
    Screen levels = terminal.run("lease", SCOPE, "--partition-key", "[\"c1\", 2]");
    Screen broken = terminal.run("lease", SCOPE, "--partition-key", "[c1");

    assertThat(text.out()).contains(" on " + ORDERS + ", partition key [\"c1\"]");
    assertThat(levels.out()).contains(" on " + ORDERS + ", partition key [\"c1\",2]");
    assertThat(broken.exitCode()).isEqualTo(2);
    assertThat(broken.err())
        .contains("'[c1' is neither a JSON array nor the text of a key of one level");
  }

  @Test
  void leaseSaysWhatWasGivenUnderWhichRuleAndHowToUseIt() {
    Screen lease = terminal.run("lease", SCOPE, "--ttl", "30m");

    assertThat(lease.exitCode()).isZero();
    assertThat(lease.out().lines().toList())
        .satisfiesExactly(
            line -> assertThat(line).matches("Lease [a-z2-7]+ on " + ORDERS),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "role      data-reader"
                            + " (readMetadata, items/read, executeQuery, readChangeFeed)"),
            line -> assertThat(line).isEqualTo("rule      the team reads orders"),
            line -> assertThat(line).matches("ends {6}\\S+Z \\(in 30m\\)"),
            line -> assertThat(line).isEmpty(),
            line -> assertThat(line).isEqualTo("Shell"),
            line ->
                assertThat(line)
                    .matches("  export COSMOS_LEASE='type=resource&ver=1\\.0&sig=[^']+'"),
            line -> assertThat(line).isEqualTo("  export NODE_EXTRA_CA_CERTS='" + world.ca() + "'"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "  # Java: with -Djavax.net.ssl.trustStore=ephemeris.p12"
                            + " -Djavax.net.ssl.trustStorePassword=changeit"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "  rm -f ephemeris.p12 && keytool -importcert -noprompt -alias ephemeris"
                            + " -file '"
                            + world.ca()
                            + "' -keystore ephemeris.p12 -storepass changeit"),
            line -> assertThat(line).isEmpty(),
            line -> assertThat(line).isEqualTo("Java (azure-cosmos)"),
            line -> assertThat(line).isEqualTo("  CosmosClient client = new CosmosClientBuilder()"),
            line -> assertThat(line).isEqualTo("      .endpoint(\"" + world.dataPlane() + "\")"),
            line ->
                assertThat(line).isEqualTo("      .resourceToken(System.getenv(\"COSMOS_LEASE\"))"),
            line -> assertThat(line).isEqualTo("      .gatewayMode()"),
            line -> assertThat(line).isEqualTo("      .buildClient();"),
            line ->
                assertThat(line)
                    .isEqualTo("  CosmosDatabase database = client.getDatabase(\"shop\");"),
            line ->
                assertThat(line)
                    .isEqualTo("  CosmosContainer container = database.getContainer(\"orders\");"),
            line -> assertThat(line).isEmpty(),
            line -> assertThat(line).isEqualTo("JavaScript (@azure/cosmos)"),
            line -> assertThat(line).isEqualTo("  const client = new CosmosClient({"),
            line -> assertThat(line).isEqualTo("    endpoint: \"" + world.dataPlane() + "\","),
            line ->
                assertThat(line)
                    .isEqualTo("    tokenProvider: async () => process.env.COSMOS_LEASE,"),
            line -> assertThat(line).isEqualTo("  });"),
            line -> assertThat(line).isEqualTo("  const database = client.database(\"shop\");"),
            line ->
                assertThat(line).isEqualTo("  const container = database.container(\"orders\");"));
  }

  @Test
  void leaseGivesProgramsTheDocument() throws Exception {
    JsonNode issued = document(terminal.run("lease", SCOPE, "-o", "json"));

    assertThat(issued.path("lease").path("scope").asText()).isEqualTo(ORDERS);
    assertThat(issued.path("token").asText()).startsWith("type=resource&ver=1.0&sig=");
    assertThat(issued.path("endpoint").asText()).isEqualTo(world.dataPlane());
  }

  @Test
  void leasePrintsTheCredentialAloneWhenAskedFor() {
    Screen lease = terminal.run("lease", SCOPE, "--token-only");

    assertThat(lease.out()).matches("type=resource&ver=1\\.0&sig=\\S+\n");
    assertThat(lease.err()).isEmpty();
  }

  @Test
  void leasesListsWhatIsMineNewestFirst() throws Exception {
    String first = id(terminal.run("lease", SCOPE, "-o", "json"));
    world.pass(Duration.ofSeconds(1));
    String second = id(terminal.run("lease", SCOPE, "-o", "json"));
    terminal.run("revoke", first);

    Screen people = terminal.run("leases");
    JsonNode programs = document(terminal.run("leases", "-o", "json"));

    List<String> ids = programs.path("leases").findValuesAsText("id");
    assertThat(ids.subList(0, 2)).containsExactly(second, first);
    List<String> lines = people.out().lines().toList();
    assertThat(lines).hasSize(1 + ids.size());
    assertThat(lines.getFirst()).matches("ID +SCOPE +ROLE +LANE +STATE +REMAINING");
    assertThat(lines.get(1))
        .matches(second + "  " + ORDERS + "  data-reader  proxy  active +\\S+.*");
    assertThat(lines.get(2)).matches(first + "  " + ORDERS + "  data-reader  proxy  revoked +-");
  }

  @Test
  void renewGivesALeaseMoreTime() throws Exception {
    String id = id(terminal.run("lease", SCOPE, "--ttl", "30m", "-o", "json"));

    Screen people = terminal.run("renew", id, "--ttl", "2h");
    JsonNode programs = document(terminal.run("renew", id, "--ttl", "3h", "-o", "json"));

    assertThat(people.out()).matches("Lease " + id + " ends \\S+ \\(in (2h|1h 59m)\\)\\.\n");
    assertThat(programs.at("/lease/id").asText()).isEqualTo(id);
    assertThat(programs.at("/lease/state").asText()).isEqualTo("active");
  }

  /** A script would go on with nothing where it had a token. */
  @Test
  void renewHandsNothingOverWhereNothingIsNew() throws Exception {
    String id = id(terminal.run("lease", SCOPE, "--ttl", "30m", "-o", "json"));

    Screen renew = terminal.run("renew", id, "--ttl", "2h", "--token-only");

    assertThat(renew.exitCode()).isNotZero();
    assertThat(renew.out()).isEmpty();
    assertThat(renew.err())
        .contains("Lease " + id + " was renewed, but isn't of the lane token")
        .contains("what you show for it stays the same");
  }

  @Test
  void leasesSaysHowToGetTheFirstOne() throws Exception {
    try (CliWorld untouched = new CliWorld()) {
      Terminal there = untouched.terminal().signedIn();

      assertThat(there.run("leases").out())
          .isEqualTo("You have no leases. Get one: ephemeris lease SCOPE\n");
      assertThat(document(there.run("leases", "-o", "json")).path("leases")).isEmpty();
    }
  }

  @Test
  void revokeEndsALeaseForGood() throws Exception {
    String id = id(terminal.run("lease", SCOPE, "-o", "json"));

    Screen revoke = terminal.run("revoke", id);

    assertThat(revoke).isEqualTo(new Screen(0, "Lease " + id + " has ended.\n", ""));
    JsonNode newest = document(terminal.run("leases", "-o", "json")).path("leases").path(0);
    assertThat(newest.path("state").asText()).isEqualTo("revoked");
  }

  @Test
  void revokeHasNoDocumentToPrint() throws Exception {
    String id = id(terminal.run("lease", SCOPE, "-o", "json"));

    assertThat(terminal.run("revoke", id, "-o", "json")).isEqualTo(new Screen(0, "", ""));
  }

  @Test
  void whatIsOfOthersTakesAnActionThatTheRefusalNames() {
    for (String command : List.of("blocks --any read-any", "unblock --any b-ba3q7 lift-any")) {
      List<String> words = List.of(command.split(" ", -1));

      Screen refused = terminal.run(words.subList(0, words.size() - 1).toArray(String[]::new));

      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.out()).isEmpty();
      assertThat(refused.err())
          .contains("user:default/alice may not do this")
          .contains("Ask for one with “actions: [ephemeris/blocks/" + words.getLast() + "]”")
          .contains("ephemeris explain ephemeris/blocks/" + words.getLast());
    }
    assertThat(terminal.run("explain", "ephemeris/blocks/lift-any").out())
        .startsWith("corp:sub-alice (person), ephemeris/blocks/lift-any: denied, no-rule\n");
  }

  @Test
  void sessionsListsMineAndWithTheActionEverybodys() throws Exception {
    Screen mine = terminal.run("sessions");
    Screen all = terminal.run("sessions", "--any");
    JsonNode document = document(terminal.run("sessions", "-o", "json"));

    assertThat(mine.out().lines().toList().getFirst())
        .matches("ID +CLIENT +ADDRESS +SINCE +STATE +REMAINING");
    assertThat(mine.out())
        .containsPattern("s-[0-9a-f]{20}  ephemeris-cli  127\\.0\\.0\\.1 .* active");
    assertThat(all.out()).contains("PRINCIPAL", "corp:sub-alice");
    assertThat(document.path("sessions").path(0).path("state").asText()).isEqualTo("active");
  }

  @Test
  void killAndSuspendTellWhatTheyEndedAndHowItIsUndone() throws Exception {
    for (String command : List.of("kill", "suspend")) {
      Screen done = terminal.run(command, "--principal", "corp:sub-nobody", "--reason", "a look");

      assertThat(done.err()).isEmpty();
      assertThat(done.out())
          .matches(
              "Ended 0 sessions and 0 leases\\. Block (b-[a-z2-7]{20}) keeps it so;"
                  + " “ephemeris unblock --any \\1” lifts it\\.\n");
    }
    Screen refused = terminal.run("suspend", "--user", "user:default/alice", "--reason", "a look");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("who would let you in again?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kill --reason look",
        "kill --user user:default/alice",
        "kill --user user:default/alice --group group:default/team --reason look",
        "suspend --reason look",
        "suspend --group group:default/team --reason look"
      })
  void endingAccessTakesOneTargetAndAReason(String arguments) {
    assertThat(terminal.run(arguments.split(" ", -1)).exitCode()).isEqualTo(2);
  }

  @Test
  void logoutEndsTheSessionAndForgetsIt() throws Exception {
    try (CliWorld another = new CliWorld()) {
      Terminal there = another.terminal().signedIn();
      String id = id(there.run("lease", SCOPE, "-o", "json"));

      assertThat(there.run("logout")).isEqualTo(new Screen(0, "You are signed out.\n", ""));

      assertThat(there.run("whoami").exitCode()).isEqualTo(3);
      assertThat(there.run("logout")).isEqualTo(new Screen(0, "You are signed out.\n", ""));
      assertThat(there.signedIn().run("leases").out()).containsPattern(id + ".*revoked");
    }
  }

  @Test
  void whoHasTheActionSeesAndEndsTheLeasesOfOthers() throws Exception {
    String id = id(terminal.run("lease", SCOPE, "-o", "json"));

    Screen all = terminal.run("leases", "--any");
    Screen revoked = terminal.run("revoke", "--any", id);

    assertThat(all.out().lines())
        .first()
        .asString()
        .matches("PRINCIPAL +ID +SCOPE +ROLE +LANE +STATE +REMAINING");
    assertThat(all.out()).contains("corp:sub-alice  " + id);
    assertThat(revoked.out()).isEqualTo("Lease " + id + " has ended.\n");
    assertThat(terminal.run("leases", "--any").out()).containsPattern(id + ".*revoked");
  }

  @Test
  void explainIsNoFailureWhateverTheDecision() throws Exception {
    Screen allowed = terminal.run("explain", "items/read", SCOPE);
    Screen denied = terminal.run("explain", "items/delete", SCOPE);
    JsonNode programs = document(terminal.run("explain", "items/delete", SCOPE, "-o", "json"));

    assertThat(allowed.exitCode()).isZero();
    assertThat(allowed.out()).contains("allowed").contains("the team reads orders");
    assertThat(denied.exitCode()).isZero();
    assertThat(denied.out()).isEqualTo(programs.path("text").asText().stripTrailing() + "\n");
    assertThat(programs.path("decision").asText()).isEqualTo("deny");
    assertThat(programs.path("rule").asText()).isEqualTo("nobody deletes orders");
    assertThat(terminal.run("explain", "runTriggers", SCOPE).out())
        .contains("runTriggers on orders-prod:/dbs/shop/colls/orders: denied, no-rule");
  }

  private static String id(Screen lease) throws Exception {
    return document(lease).path("lease").path("id").asText();
  }

  private static JsonNode document(Screen screen) throws Exception {
    assertThat(screen.exitCode()).as(screen.err()).isZero();
    assertThat(screen.err()).isEmpty();
    assertThat(screen.out()).endsWith("}\n");
    return screen.json();
  }
}
