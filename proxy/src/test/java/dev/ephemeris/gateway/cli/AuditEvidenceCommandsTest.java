package dev.ephemeris.gateway.cli;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.BOB;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.simulator.issuer.Person;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ephemeris audit}, asking a gateway. */
class AuditEvidenceCommandsTest {

  @TempDir private Path home = Path.of("");

  private final GatewayFixture fixture;
  private final String lease;

  AuditEvidenceCommandsTest() throws Exception {
    fixture = new GatewayFixture();
    JsonNode issued = fixture.lease();
    lease = issued.at("/lease/id").textValue();
    fixture.readOrder(issued.path("token").textValue());
    fixture.awaitSearchable();
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private Screen run(Person who, String... arguments) {
    return Terminal.at(fixture, home)
        .with("EPHEMERIS_TOKEN", fixture.token(who))
        .run(Stream.concat(Stream.of("audit"), Stream.of(arguments)).toArray(String[]::new));
  }

  /** The gateway's answer is the file's. */
  @Test
  void searchPrintsWhatAFileWould() throws Exception {
    Screen file =
        run(
            OPAL,
            "search",
            "--journal",
            fixture.folder().resolve("journal").toString(),
            "--lease",
            lease);
    Screen gateway = run(OPAL, "search", "--lease", lease);

    assertThat(gateway.exitCode()).as(gateway.err()).isZero();
    assertThat(gateway.err()).isEmpty();
    assertThat(gateway.out()).isEqualTo(file.out());
    assertThat(gateway.out()).contains("leaseIssued", "requestIntent", "requestOutcome");
  }

  @Test
  void searchGoesOnFromPageToPage() throws Exception {
    for (int i = 0; i < 260; i++) {
      fixture.lease();
    }
    int before = fixture.journal().size();
    fixture.awaitSearchable();

    Screen all = run(OPAL, "search", "-o", "json");

    List<Integer> sequences = new ArrayList<>();
    all.out()
        .lines()
        .map(GatewayFixture::json)
        .forEach(record -> sequences.add(record.path("sequence").intValue()));
    assertThat(sequences).hasSizeGreaterThan(500).isSorted().doesNotHaveDuplicates();
    assertThat(sequences).hasSizeGreaterThanOrEqualTo(before);
  }

  @Test
  void searchOfAGroupSaysWhoIsInIt() {
    Screen screen = run(OPAL, "search", "--group", "group:default/team", "--type", "leaseIssued");

    assertThat(screen.out()).hasLineCount(1).contains("corp:sub-alice", lease);
    assertThat(screen.err())
        .isEqualTo("As of now these principals: corp:sub-alice, group:default/team\n");
  }

  @Test
  void sessionShowsWhatItWas() throws Exception {
    String session = fixture.journal("leaseIssued").getFirst().path("sessionId").asText();

    Screen people = run(OPAL, "session", session);
    Screen none = run(OPAL, "session", "s-00");

    assertThat(people.out().lines().map(line -> line.split(" +", -1)[2]))
        .containsExactly("WHAT", "sessionStarted", "leaseIssued", "requestIntent");
    assertThat(people.out()).contains("→ 200, ", "principal=corp:sub-alice");
    assertThat(run(OPAL, "session", session, "-o", "json").json().path("events")).hasSize(3);
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.err()).contains("nothing of a session “s-00”");
  }

  @Test
  void accessShowsWhoHasWhatAndWhatWasNeverUsed() {
    Screen all = run(OPAL, "access");
    Screen unused = run(OPAL, "access", "--unused");
    Screen bobs = run(OPAL, "access", "--principal", "corp:sub-bob");

    assertThat(all.exitCode()).as(all.err()).isZero();
    assertThat(all.out())
        .contains("user:default/alice", "data-reader", "the team reads orders", " (1×)")
        .contains("group:default/platform", lease, "corp:sub-opal");
    assertThat(unused.out()).startsWith("Nothing is unused.");
    assertThat(bobs.out()).startsWith("Nobody has access.");
  }

  @Test
  void reportWritesItsFilesOnce() throws Exception {
    String from = fixture.clock().instant().minus(Duration.ofDays(1)).toString();
    String to = fixture.clock().instant().plus(Duration.ofDays(1)).toString();
    Path folder = home.resolve("evidence");
    String[] command = {
      "report", "--framework", "soc2", "--from", from, "--to", to, "--output-dir", folder.toString()
    };

    Screen screen = run(OPAL, command);
    Screen again = run(OPAL, command);

    assertThat(screen.exitCode()).as(screen.err()).isZero();
    assertThat(screen.out()).contains("Access granted", "report.html");
    assertThat(Files.readString(folder.resolve("report.html"))).contains("CC6.1", lease);
    assertThat(Files.readString(folder.resolve("access-granted.csv"))).contains(lease);
    assertThat(Files.readString(folder.resolve("access-review.csv")))
        .contains("user:default/alice,orders-prod,prod,orders-prod:/dbs/shop/colls/orders");
    assertThat(sums(folder)).isZero();
    assertThat(again.exitCode()).isEqualTo(5);
    assertThat(again.err()).contains("already; name another folder");
  }

  /** As an auditor checks them. */
  private static int sums(Path folder) throws Exception {
    return new ProcessBuilder("sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS")
        .directory(folder.toFile())
        .inheritIO()
        .start()
        .waitFor();
  }

  @Test
  void whoeverMayNotReadTheJournalIsTold() {
    for (Person who : List.of(ALICE, BOB)) {
      for (String[] command :
          List.of(
              new String[] {"search"},
              new String[] {"access"},
              new String[] {"session", "s-00"},
              new String[] {
                "report", "--framework", "soc2", "--from", "2026-01-01", "--to", "2026-02-01"
              })) {
        Screen screen = run(who, command);

        assertThat(screen.exitCode()).isEqualTo(1);
        assertThat(screen.out()).isEmpty();
        assertThat(screen.err()).contains("ephemeris/audit/read");
      }
    }
  }
}
