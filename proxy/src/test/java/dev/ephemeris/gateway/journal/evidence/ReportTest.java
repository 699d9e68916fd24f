package dev.ephemeris.gateway.journal.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Candidate;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.UserRef;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports and reviews of journals that are made up. */
class ReportTest {

  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final String ORDERS = "orders-prod:/dbs/shop/colls/orders";
  private static final String HOSTILE = "=cmd|' /C calc'!A0,\"<script>alert(1)</script>\n";

  @TempDir private Path folder = Path.of("");

  private static Standing standing(Instant at) {
    Policy policy =
        Policy.parse(
            List.of(
                new PolicySource(
                    "policy.yaml",
                    """
                    apiVersion: ephemeris.dev/v1
                    rules:
                      - name: the team reads orders
                        for: { groups: [group:default/team] }
                        role: data-reader
                        scopes: ["orders-prod:/dbs/shop/colls/orders"]
                        ttl: { default: 1h, max: 4h }
                      - name: the team reads all stages
                        for: { groups: [group:default/team] }
                        role: data-reader
                        scopes: ["*:/"]
                        environments: [staging]
                      - name: auditors look
                        for: { users: [user:default/bob] }
                        actions: [ephemeris/audit/read]
                    """)));
    return new Standing(
        at,
        policy,
        List.of(
            candidate("user:default/alice", "corp:alice", "group:default/team"),
            candidate("user:default/bob", "corp:bob", "group:default/others"),
            new Candidate(
                "group:default/team", principal("catalog:team", "", "group:default/team"))),
        List.of(
            new AccountFacts("orders-prod", "prod", Set.of(Lane.PROXY)),
            new AccountFacts("orders-stage", "staging", Set.of(Lane.PROXY))),
        Map.of(
            "user:default/alice", Set.of("corp:alice"),
            "user:default/bob", Set.of("corp:bob"),
            "group:default/team", Set.of("corp:alice")),
        List.of(),
        List.of());
  }

  private static Candidate candidate(String user, String principal, String group) {
    return new Candidate(user, principal(principal, user, group));
  }

  private static Principal principal(String id, String user, String group) {
    return new Principal(
        PrincipalId.parse(id),
        PrincipalKind.PERSON,
        id,
        user.isEmpty() ? Optional.empty() : Optional.of(UserRef.parse(user)),
        Optional.empty(),
        Set.of(GroupRef.parse(group)),
        Set.of(),
        Map.of(),
        Optional.empty());
  }

  private Report report(MemoryEntries log, Instant from, Instant to) throws Exception {
    return report(Framework.SOC2, log, from, to, Optional.empty());
  }

  private Report report(
      Framework framework, MemoryEntries log, Instant from, Instant to, Optional<String> checkpoint)
      throws Exception {
    try (EvidenceIndex index = EvidenceIndex.open(folder.resolve("index.db"), log)) {
      index.catchUp();
      return Report.of(new Report.Wanted(framework, from, to), index, standing(to), checkpoint);
    }
  }

  /** A week of what gateways record, with one of a type that this version doesn't know. */
  private static List<ObjectNode> journal(long seed, int size) {
    Random random = new Random(seed);
    List<ObjectNode> records = new ArrayList<>();
    Instant at = START;
    List<String> open = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      at = at.plusMillis(random.nextInt(2 * 7 * 24 * 3_600_000 / size));
      Map<String, Object> fields = new TreeMap<>(Map.of("at", at));
      String person = random.nextBoolean() ? "corp:alice" : "corp:bob";
      switch (random.nextInt(9)) {
        case 0, 1, 2 -> {
          fields.putAll(
              Map.of(
                  "requestId",
                  "r-" + i,
                  "principal",
                  person,
                  "scope",
                  ORDERS,
                  "actions",
                  List.of("items/read"),
                  "rule",
                  "the team reads orders"));
          open.add("r-" + i);
          records.add(MemoryEntries.record("requestIntent", fields));
        }
        case 3, 4 -> {
          if (!open.isEmpty()) {
            fields.put("requestId", open.remove(random.nextInt(open.size())));
            boolean unknown = random.nextInt(4) == 0;
            if (!unknown) {
              fields.put("statusCode", random.nextInt(3) == 0 ? 404 : 200);
            }
            records.add(
                MemoryEntries.record(unknown ? "outcomeUnknown" : "requestOutcome", fields));
          }
        }
        case 5 -> {
          fields.putAll(
              Map.of(
                  "principal",
                  person,
                  "actions",
                  List.of("items/delete"),
                  "scope",
                  ORDERS,
                  "decision",
                  random.nextInt(3) == 0 ? "report" : "deny"));
          records.add(MemoryEntries.record("decision", fields));
        }
        case 6 -> {
          fields.putAll(
              Map.of(
                  "principal",
                  person,
                  "actions",
                  List.of("ephemeris/audit/read"),
                  "decision",
                  random.nextBoolean() ? "allow" : "deny"));
          records.add(MemoryEntries.record("operationDecided", fields));
        }
        case 7 -> {
          fields.putAll(
              Map.of(
                  "principal",
                  person,
                  "scope",
                  ORDERS,
                  "leaseId",
                  "abc" + i % 3,
                  "actions",
                  List.of("items/read", "executeQuery")));
          records.add(MemoryEntries.record("leaseIssued", fields));
        }
        default -> {
          fields.put("reason", "a forged secret");
          records.add(
              MemoryEntries.record(
                  random.nextBoolean() ? "authenticationFailed" : "ofAnotherDay", fields));
        }
      }
    }
    return records;
  }

  /** Counted again from the records, by loops that know nothing of the index. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void countsWhatTheJournalHas(long seed) throws Exception {
    MemoryEntries log = new MemoryEntries("log", journal(seed, 600));
    Random random = new Random(seed);
    for (int i = 0; i < 5; i++) {
      Instant from = START.plusMillis(random.nextInt(5 * 24 * 3_600_000));
      Instant to = from.plusMillis(1 + random.nextInt(i == 0 ? 3_600_000 : 3 * 24 * 3_600_000));
      List<JournalEntry> within =
          log.all().stream()
              .filter(
                  entry -> {
                    Instant at = Instant.parse(entry.fields().path("at").textValue());
                    return !at.isBefore(from) && at.isBefore(to);
                  })
              .toList();

      Report report = report(log, from, to);

      assertThat(report.records())
          .isEqualTo(
              within.stream()
                  .collect(Collectors.groupingBy(JournalEntry::type, Collectors.counting())));
      assertSame(report, Topic.SIGN_INS, within, "sessionStarted");
      assertSame(report, Topic.FAILED_SIGN_INS, within, "authenticationFailed");
      assertSame(report, Topic.ACCESS_GRANTED, within, "leaseIssued");
      assertSame(report, Topic.REFUSED, within, "decision deny", "operationDecided deny");
      assertSame(report, Topic.PASSED, within, "decision report");
      assertSame(report, Topic.PRIVILEGED, within, "operationDecided allow");
      assertSame(report, Topic.UNKNOWN, within, "outcomeUnknown");
      assertThat(report.requests().allowed()).isEqualTo(count(within, "requestIntent"));
      assertThat(report.requests().statuses().getOrDefault(404, 0L))
          .isEqualTo(
              within.stream()
                  .filter(entry -> entry.fields().path("statusCode").asInt() == 404)
                  .count());
    }
  }

  private static long count(List<JournalEntry> within, String type) {
    return within.stream().filter(entry -> entry.type().equals(type)).count();
  }

  private static void assertSame(
      Report report, Topic topic, List<JournalEntry> within, String... sorts) {
    List<Long> wanted =
        within.stream()
            .filter(
                entry ->
                    Stream.of(sorts)
                        .anyMatch(
                            sort ->
                                sort.equals(entry.type())
                                    || sort.equals(
                                        entry.type()
                                            + " "
                                            + entry.fields().path("decision").asText())))
            .map(JournalEntry::sequence)
            .toList();
    Report.Evidence evidence = report.evidence(topic);
    assertThat(evidence.count()).as("%s", topic).isEqualTo(wanted.size());
    assertThat(evidence.sequences()).isEqualTo(wanted);
    assertThat(evidence.entries()).hasSameSizeAs(wanted);
    assertThat(evidence.people())
        .contains(
            within.stream()
                .filter(entry -> wanted.contains(entry.sequence()))
                .map(entry -> entry.fields().path("principal").asText())
                .filter(name -> !name.isEmpty())
                .distinct()
                .count());
  }

  @Test
  void namesControlsByTheirNumbersWithWhatProvesThem() throws Exception {
    MemoryEntries log = new MemoryEntries("log", journal(7, 300));
    String note = "log\n300\nq1w2\n\n— log AAAA\n";

    Report report =
        report(Framework.ISO27001, log, START, START.plus(Duration.ofDays(30)), Optional.of(note));

    List<ReportFile> files = ReportFile.of(report);
    String page = file(files, "report.html");
    assertThat(page).contains("A.5.15", "A.8.2", "A.8.32", "log, 300 entries", "— log AAAA");
    String refused = Sequences.text(report.evidence(Topic.REFUSED).sequences(), 12);
    assertThat(page).contains(refused);
    assertThat(file(files, "controls.csv")).contains("iso27001,A.8.16,");
    assertThat(file(files, "checkpoint")).isEqualTo(note);
    assertThat(files.stream().map(ReportFile::name)).doesNotHaveDuplicates();
    assertThat(file(files, "SHA256SUMS").lines()).hasSize(files.size() - 1);
  }

  /** Each framework has text for each of its controls, and evidence that there is. */
  @ParameterizedTest
  @EnumSource(Framework.class)
  void everyControlSaysWhatItShowsAndWhatNot(Framework framework) {
    assertThat(framework.controls()).isNotEmpty();
    assertThat(framework.controls())
        .allSatisfy(
            control -> {
              assertThat(control.about()).matches("[A-Z].*\\.");
              assertThat(control.shows()).matches("[A-Z].*\\.");
              assertThat(control.leavesOut()).matches("[A-Z].*\\.");
            });
    assertThat(framework.controls().stream().map(Control::number)).doesNotHaveDuplicates();
  }

  @Test
  void saysWhatItCantKnow() throws Exception {
    MemoryEntries log = new MemoryEntries("log", journal(7, 50));

    Report early = report(log, START.minus(Duration.ofDays(9)), START.plus(Duration.ofDays(30)));

    String page = file(ReportFile.of(early), "report.html");
    assertThat(page)
        .contains(
            "The period begins before the first entry that the log has",
            "The log has no signed checkpoint")
        .doesNotContain("The period wasn’t over");
  }

  @Test
  void whatRecordsHoldStaysText() throws Exception {
    MemoryEntries log =
        new MemoryEntries(
            "log",
            List.of(
                MemoryEntries.record(
                    "leaseIssued",
                    Map.of(
                        "at",
                        START,
                        "principal",
                        HOSTILE,
                        "scope",
                        HOSTILE,
                        "reason",
                        HOSTILE,
                        "rule",
                        HOSTILE,
                        HOSTILE,
                        HOSTILE))));

    List<ReportFile> files = ReportFile.of(report(log, START, START.plusSeconds(1)));

    assertThat(file(files, "report.html"))
        .doesNotContain("<script")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;");
    assertThat(file(files, "access-granted.csv"))
        .contains("\"'=cmd|' /C calc'!A0,\"\"<script>")
        .doesNotContain(",=cmd", "\"=cmd", "\n=cmd");
  }

  @Test
  void thePageNeedsNothingElse() throws Exception {
    MemoryEntries log = new MemoryEntries("log", journal(7, 50));

    String page =
        file(ReportFile.of(report(log, START, START.plus(Duration.ofDays(9)))), "report.html");

    assertThat(page).doesNotContain("http:", "https:", "src=", "@import", "url(", "<script");
  }

  @Test
  void reviewsWhoHasWhatAndWhenItWasLastUsed() throws Exception {
    MemoryEntries log =
        new MemoryEntries(
            "log",
            List.of(
                use("leaseIssued", "corp:alice", ORDERS, 1, "items/read"),
                use("requestIntent", "corp:alice", ORDERS, 2, "items/read"),
                use("requestIntent", "corp:alice", ORDERS, 3, "executeQuery"),
                use("requestIntent", "corp:alice", ORDERS + "-2", 4, "items/read"),
                use("requestIntent", "corp:bob", ORDERS, 5, "items/read"),
                use("operationDecided", "corp:bob", "", 6, "ephemeris/audit/read")));
    try (EvidenceIndex index = EvidenceIndex.open(folder.resolve("index.db"), log)) {
      index.catchUp();

      AccessReview review = AccessReview.of(standing(at(9)), AccessReview.Wanted.ALL, index);

      assertThat(review.given())
          .extracting(
              AccessReview.Given::who,
              AccessReview.Given::scope,
              AccessReview.Given::environment,
              given -> given.role().orElse(""),
              AccessReview.Given::rule,
              given -> given.lastRequest().map(AccessReview.Last::sequence).orElse(-1L),
              given -> given.lastLease().map(AccessReview.Last::sequence).orElse(-1L))
          .containsExactlyInAnyOrder(
              row("user:default/alice", ORDERS, "prod", "the team reads orders", 2, 0),
              row(
                  "user:default/alice",
                  "orders-stage:/",
                  "staging",
                  "the team reads all stages",
                  -1,
                  -1),
              row("group:default/team", ORDERS, "prod", "the team reads orders", 2, 0),
              row(
                  "group:default/team",
                  "orders-stage:/",
                  "staging",
                  "the team reads all stages",
                  -1,
                  -1));
      assertThat(review.given())
          .filteredOn(given -> given.lastRequest().isPresent())
          .allSatisfy(given -> assertThat(given.lastRequest().orElseThrow().times()).isEqualTo(2));
      assertThat(review.own())
          .extracting(AccessReview.Own::who, own -> own.last().orElseThrow().sequence())
          .containsExactly(tuple("user:default/bob", 5L));
      assertThat(review.since()).contains(at(1));
    }
  }

  private static Tuple row(
      String who, String scope, String environment, String rule, long request, long lease) {
    return tuple(who, scope, environment, "data-reader", rule, request, lease);
  }

  @Test
  void reviewsOnlyWhatIsAskedFor() throws Exception {
    MemoryEntries log = new MemoryEntries("log", List.of());
    try (EvidenceIndex index = EvidenceIndex.open(folder.resolve("index.db"), log)) {
      AccessReview bobs =
          AccessReview.of(
              standing(at(9)),
              new AccessReview.Wanted(
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(Set.of("user:default/bob")),
                  Optional.of(Set.of("corp:bob"))),
              index);
      AccessReview stage =
          AccessReview.of(
              standing(at(9)),
              new AccessReview.Wanted(
                  Optional.of("orders-stage"),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty()),
              index);

      assertThat(bobs.given()).isEmpty();
      assertThat(bobs.own()).hasSize(1);
      assertThat(stage.given())
          .extracting(AccessReview.Given::account)
          .containsOnly("orders-stage");
      assertThat(stage.own()).isEmpty();
    }
  }

  private static Instant at(int hour) {
    return START.plus(Duration.ofHours(hour));
  }

  private static ObjectNode use(
      String type, String principal, String scope, int hour, String action) {
    Map<String, Object> fields =
        new TreeMap<>(
            Map.of(
                "at",
                at(hour),
                "principal",
                principal,
                "actions",
                List.of(action),
                "decision",
                "allow",
                "sessionId",
                "s-1",
                "requestId",
                "r-" + hour));
    if (!scope.isEmpty()) {
      fields.put("scope", scope);
    }
    return MemoryEntries.record(type, fields);
  }

  private static String file(List<ReportFile> files, String name) {
    return files.stream()
        .filter(file -> file.name().equals(name))
        .map(ReportFile::text)
        .findFirst()
        .orElseThrow();
  }
}
