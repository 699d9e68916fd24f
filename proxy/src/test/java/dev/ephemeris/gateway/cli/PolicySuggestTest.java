package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.simulator.issuer.Person;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ephemeris policy suggest}: from a journal to rules. */
class PolicySuggestTest {

  private static final Instant NINE = Instant.parse("2026-11-24T09:00:00Z");
  private static final String ORDERS = "orders-prod:/dbs/shop/colls/orders";

  @TempDir private Path folder = Path.of("");

  private Terminal terminal() {
    return new Terminal(() -> NINE, folder);
  }

  // --- from a gateway ----------------------------------------------------------------------------

  /** What was done in report mode goes on under the rules that are suggested, and nothing else. */
  @Test
  void anAccountComesUnderThePolicyThatItSuggests() throws Exception {
    try (GatewayFixture fixture = new GatewayFixture()) {
      Path config = fixture.folder().resolve("ephemeris.yaml");
      configure(
          fixture,
          text ->
              text.replace("environment: prod", "environment: prod\n    mode: report")
                  .replace("    principal: person", "    principal: person\n    claims: [sub]"));
      assertThat(order(fixture, "GET", GatewayFixture.ALICE)).isEqualTo(200);
      assertThat(order(fixture, "DELETE", GatewayFixture.ALICE)).isEqualTo(204);
      assertThat(order(fixture, "GET", GatewayFixture.BOB)).isEqualTo(404);
      String lease =
          "{\"scope\": \""
              + ORDERS
              + "\", \"role\": \"data-reader\", \"credential\": \"lease-key\"}";
      assertThat(
              fixture.api("POST", "/v1/leases", fixture.token(GatewayFixture.OPAL), lease).status())
          .isEqualTo(201);

      Screen suggested =
          terminal()
              .run(
                  "policy",
                  "suggest",
                  "--journal",
                  fixture.folder().resolve("journal").toString(),
                  "--config",
                  config.toString());
      assertThat(suggested.err()).isEmpty();
      assertThat(suggested.exitCode()).isZero();
      Path file = Files.writeString(fixture.folder().resolve("more.yaml"), suggested.out());
      Screen checked =
          terminal()
              .run(
                  "policy",
                  "check",
                  fixture.folder().resolve("policy.yaml").toString(),
                  file.toString());
      assertThat(checked.exitCode()).as(checked.err()).isZero();
      configure(
          fixture,
          text ->
              text.replace("mode: report", "mode: enforce")
                  .replace("files: [policy.yaml]", "files: [policy.yaml, more.yaml]"));

      assertThat(order(fixture, "GET", GatewayFixture.ALICE)).isEqualTo(404);
      assertThat(order(fixture, "DELETE", GatewayFixture.ALICE)).isEqualTo(404);
      assertThat(order(fixture, "GET", GatewayFixture.BOB)).isEqualTo(404);
      assertThat(order(fixture, "DELETE", GatewayFixture.BOB)).isEqualTo(403);
      assertThat(order(fixture, "GET", GatewayFixture.OPAL)).isEqualTo(403);
      assertThat(
              fixture.api("POST", "/v1/leases", fixture.token(GatewayFixture.OPAL), lease).status())
          .isEqualTo(201);
    }
  }

  private static void configure(GatewayFixture fixture, UnaryOperator<String> change)
      throws Exception {
    fixture.configure(change);
    fixture.restart();
  }

  private static int order(GatewayFixture fixture, String method, Person person) throws Exception {
    String token =
        fixture
            .issuer()
            .accessToken(
                person, GatewayFixture.CLIENT, claims -> claims.audience("api://ephemeris-data"));
    return fixture
        .send(
            HttpRequest.newBuilder(
                    fixture.gateway().dataPlane().resolve("/dbs/shop/colls/orders/docs/o1"))
                .header(
                    "authorization",
                    URLEncoder.encode("type=aad&ver=1.0&sig=" + token, StandardCharsets.UTF_8))
                .header("x-ms-documentdb-partitionkey", "[\"c1\"]")
                .method(method, HttpRequest.BodyPublishers.noBody()))
        .status();
  }

  // --- from records ------------------------------------------------------------------------------

  private Screen suggest(List<JournalRecord> records, String... more) throws JournalException {
    Path journal = folder.resolve("journal");
    try (Journal written = TestJournals.open(journal)) {
      for (JournalRecord record : records) {
        written.append(record);
      }
    }
    String[] words = new String[more.length + 4];
    words[0] = "policy";
    words[1] = "suggest";
    words[2] = "--journal";
    words[3] = journal.toString();
    System.arraycopy(more, 0, words, 4, more.length);
    return terminal().run(words);
  }

  private static JournalRecord session(String principal) {
    return new JournalRecord.SessionStarted(
        NINE,
        "s-1",
        principal,
        Optional.empty(),
        "workload",
        "ci",
        "127.0.0.1",
        NINE.plusSeconds(600));
  }

  private static JournalRecord lease(String principal, String credential, String action) {
    return new JournalRecord.LeaseIssued(
        NINE,
        "abc",
        "s-1",
        principal,
        Optional.empty(),
        ORDERS,
        Optional.empty(),
        "own",
        List.of(action),
        "proxy",
        credential,
        "a rule",
        Optional.of("denied-by-rule"),
        Optional.empty(),
        NINE.plusSeconds(600));
  }

  private static JournalRecord decision(String decision, String reason, String action) {
    return new JournalRecord.Decision(
        NINE,
        Optional.of("abc"),
        "s-1",
        "ci:job",
        Optional.empty(),
        List.of(action),
        ORDERS,
        decision,
        reason,
        Optional.of("a rule").filter(rule -> reason.equals("denied-by-rule")),
        Optional.of("act-1"));
  }

  private static JournalRecord intent(String operation, String action) {
    return new JournalRecord.RequestIntent(
        NINE,
        "r-1",
        "abc",
        "s-1",
        "ci:job",
        Optional.empty(),
        "orders-prod",
        operation,
        List.of(action),
        ORDERS,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "a rule",
        "act-1");
  }

  /** A lease of one's own token is of whatever there is: it was opened, and not asked for. */
  @Test
  void takesNoLeaseOfAnOwnTokenForWhatWasAskedFor() throws Exception {
    Screen screen =
        suggest(List.of(session("ci:job"), lease("ci:job", "own-token", "items/read")), "--all");

    assertThat(screen.out()).endsWith("rules: []\n");
    assertThat(screen.exitCode()).isZero();
  }

  private static final List<JournalRecord> RECORDS =
      List.of(
          session("ci:job"),
          lease("ci:job", "lease-token", "items/create"),
          decision("deny", "no-rule", "items/delete"),
          decision("report", "no-rule", "items/upsert"),
          decision("report", "denied-by-rule", "items/unmask"),
          intent("UPSERT_ITEM", "items/upsert"),
          intent("READ_ITEM", "items/read"),
          intent("READ_ACCOUNT", "readMetadata"),
          intent("LIST_CONTAINERS", "readMetadata"));

  @Test
  void readsWhatOnlyPassed() throws Exception {
    Screen screen = suggest(RECORDS);

    assertThat(screen.out())
        .containsOnlyOnce("- name:")
        .contains("# once by ci:job", "actions: [items/upsert]");
    assertThat(screen.err())
        .isEqualTo(
            "ephemeris: left out: ci:job: items/unmask on "
                + ORDERS
                + " (once) is denied by rule 'a rule'; no rule that allows changes that\n");
    assertThat(screen.exitCode()).isEqualTo(1);
    String journal = folder.resolve("journal").toString();
    Screen searched =
        terminal().run("audit", "search", "--journal", journal, "--decision", "report");
    assertThat(searched.out().lines())
        .satisfiesExactly(
            first -> assertThat(first).contains("items/upsert"),
            second -> assertThat(second).contains("items/unmask"));
  }

  @Test
  void readsAllThatWasDoneAndAskedForIfAskedTo() throws Exception {
    Screen screen = suggest(RECORDS, "--all", "--merge");

    assertThat(screen.exitCode()).as(screen.err()).isZero();
    assertThat(screen.out())
        .containsOnlyOnce("- name:")
        .contains(
            "actions: [items/create, items/read, items/upsert]",
            "# asked for with a lease, and not used: items/create",
            "scopes: [\"orders-prod:/dbs/shop\"]");
  }

  @Test
  void doesNotGuessWhoseItWasOrWhatIsUnknown() throws Exception {
    Screen screen =
        suggest(
            List.of(
                decision("report", "no-rule", "items/upsert"),
                session("ci:job"),
                lease("ci:job", "lease-token", "items/create"),
                decision("report", "no-rule", "items/teleport")));

    // Sessions and leases are looked for in all journals, wherever they stand.
    assertThat(screen.out()).containsOnlyOnce("- name:");
    assertThat(screen.err())
        .isEqualTo("ephemeris: left out: 1 record of another version of Ephemeris\n");
    Screen earlier =
        suggest(
            List.of(
                new JournalRecord.Decision(
                    NINE,
                    Optional.of("before"),
                    "s-0",
                    "ci:job",
                    Optional.empty(),
                    List.of("items/read"),
                    ORDERS,
                    "report",
                    "no-rule",
                    Optional.empty(),
                    Optional.of("act-2"))));
    assertThat(earlier.err())
        .contains("left out: 1 record of a session or lease that began before these journals");
    assertThat(earlier.exitCode()).isEqualTo(1);
  }

  /** What is done with them is in no journal, and they are nothing strange. */
  @Test
  void passesOverLeasesOfTheOtherLanes() throws Exception {
    Screen screen =
        suggest(
            List.of(
                session("ci:job"),
                new JournalRecord.LeaseIssued(
                    NINE,
                    "role",
                    "s-1",
                    "ci:job",
                    Optional.empty(),
                    ORDERS,
                    Optional.empty(),
                    "own",
                    List.of("items/read"),
                    "rbac",
                    "role",
                    "a rule",
                    Optional.empty(),
                    Optional.empty(),
                    NINE.plusSeconds(600))));

    assertThat(screen.err()).doesNotContain("another version");
  }

  /** What an agent lacks may be a rule of its own, or of whom it acts for. */
  @Test
  void leavesAgentsThatActForSomebodyToPeople() throws Exception {
    Screen screen =
        suggest(
            List.of(
                session("ci:job"),
                lease("ci:job", "lease-token", "items/create"),
                new JournalRecord.Decision(
                    NINE,
                    Optional.of("abc"),
                    "s-1",
                    "ci:job",
                    Optional.of("corp:alice"),
                    List.of("items/read"),
                    ORDERS,
                    "report",
                    "acted-for-may-not",
                    Optional.empty(),
                    Optional.of("act-1"))));

    assertThat(screen.out()).doesNotContain("- name:");
    assertThat(screen.err())
        .contains(
            "left out: 1 record of agents that act for somebody; their rules are written by hand");
  }

  /** A subject that would be YAML of its own. */
  @Test
  void takesNothingOfTheJournalForYaml() throws Exception {
    String subject = "x\"\n  - name: all\n    for: { principal: person }\n# \u2028'";
    Screen screen =
        suggest(
            List.of(session("ci:" + subject), lease("ci:" + subject, "lease-token", "items/read")),
            "--all");

    assertThat(screen.out().lines().filter(line -> line.startsWith("  - name:"))).hasSize(1);
    assertThat(screen.out()).contains("  # once by ci:x\" - name: all for: ");
    Path file = Files.writeString(folder.resolve("more.yaml"), screen.out());
    assertThat(terminal().run("policy", "check", file.toString()).exitCode()).isZero();
  }
}
