package dev.ephemeris.gateway.journal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.journal.JournalEntry;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.TemplateOutput;
import gg.jte.output.StringOutput;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A report as people read it: one page of HTML that needs nothing else, on screen or on paper. */
record ReportPage(
    String framework,
    String period,
    String madeAt,
    String log,
    String size,
    String checkpoint,
    List<String> warnings,
    List<Figure> figures,
    List<Card> cards,
    List<Access> review,
    String reviewSummary,
    String reviewSince,
    String reviewMore,
    List<Pair> records,
    List<Pair> requests,
    String silence,
    List<Table> tables,
    List<String> limits) {

  private static final TemplateEngine TEMPLATES =
      TemplateEngine.createPrecompiled(
          null, ContentType.Html, ReportPage.class.getClassLoader(), "dev.ephemeris.gateway");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final int LINES = 25;
  private static final int ACCESSES = 200;
  private static final int STRETCHES = 12;

  /** They have columns of their own. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "sequence",
          "type",
          "version",
          "at",
          "principal",
          "actsFor",
          "by",
          "scope",
          "account",
          "target");

  /**
   * A number.
   *
   * @param look whether an auditor may want to look into it
   */
  record Figure(String name, String value, boolean look) {}

  record Pair(String name, String value) {}

  record Card(
      String number,
      String about,
      String shows,
      String leavesOut,
      boolean review,
      List<Row> rows) {}

  record Row(String id, String title, String count, String people, String sequences) {}

  record Table(
      String id, String title, String description, String count, List<Line> lines, String more) {}

  record Line(String sequence, String at, String who, String what, String where, String details) {}

  record Access(
      String who,
      String scope,
      String environment,
      String may,
      String rule,
      String conditions,
      String last,
      boolean unused) {}

  /** The page itself. */
  static String html(Report report) {
    TemplateOutput page = new StringOutput();
    TEMPLATES.render("journal/evidence/report.jte", Map.of("page", of(report)), page);
    return page.toString();
  }

  private static ReportPage of(Report report) {
    AccessReview review = report.review();
    return new ReportPage(
        report.framework().title(),
        time(report.from()) + " to " + time(report.to()) + " UTC",
        time(report.madeAt()) + " UTC",
        report.progress().log(),
        number(report.progress().size()),
        report.checkpoint().orElse(""),
        warnings(report),
        figures(report),
        report.framework().controls().stream().map(control -> card(control, report)).toList(),
        review.given().stream().limit(ACCESSES).map(ReportPage::access).toList(),
        summary(review),
        review.since().map(since -> "from " + time(since) + " UTC on").orElse("which is none yet"),
        review.given().size() > ACCESSES
            ? "The first " + ACCESSES + " of " + number(review.given().size()) + " lines."
            : "",
        report.records().entrySet().stream()
            .map(each -> new Pair(words(each.getKey()), number(each.getValue())))
            .toList(),
        requests(report.requests()),
        silence(report.requests()),
        report.evidence().stream().map(ReportPage::table).toList(),
        limits(report));
  }

  private static List<String> warnings(Report report) {
    List<String> warnings = new ArrayList<>();
    if (!report.progress().isComplete()) {
      warnings.add(
          "The index is being made: it has "
              + number(report.progress().indexed())
              + " of "
              + number(report.progress().size())
              + " entries, and this report none of the others. Make it again later.");
    }
    if (report.since().isEmpty()) {
      warnings.add("The log has no entries: there is nothing to show.");
    }
    report
        .since()
        .filter(report.from()::isBefore)
        .ifPresent(
            since ->
                warnings.add(
                    "The period begins before the first entry that the log has, which is of "
                        + time(since)
                        + " UTC: of the time before, this report shows nothing."));
    if (report.madeAt().isBefore(report.to())) {
      warnings.add("The period wasn't over when this report was made.");
    }
    return warnings;
  }

  private static List<Figure> figures(Report report) {
    long all = report.records().values().stream().mapToLong(Long::longValue).sum();
    List<Figure> figures = new ArrayList<>();
    figures.add(new Figure("records", number(all), false));
    figures.add(new Figure("requests let through", number(report.requests().allowed()), false));
    for (Report.Evidence evidence : report.evidence()) {
      boolean look =
          switch (evidence.topic()) {
            case UNKNOWN, PASSED, FAILED_SIGN_INS -> evidence.count() > 0;
            default -> false;
          };
      figures.add(
          new Figure(
              evidence.topic().title().toLowerCase(Locale.ROOT), number(evidence.count()), look));
    }
    return figures;
  }

  private static Card card(Control control, Report report) {
    return new Card(
        control.number(),
        control.about(),
        control.shows(),
        control.leavesOut(),
        control.review(),
        control.topics().stream().map(topic -> row(report.evidence(topic))).toList());
  }

  private static Row row(Report.Evidence evidence) {
    return new Row(
        evidence.topic().id(),
        evidence.topic().title(),
        number(evidence.count()),
        evidence.people().filter(people -> people > 0).map(ReportPage::number).orElse(""),
        sequences(evidence));
  }

  private static String sequences(Report.Evidence evidence) {
    return evidence.count() == 0
        ? "none"
        : Sequences.text(evidence.sequences(), STRETCHES)
            + (evidence.more()
                ? " (of the first " + number(evidence.sequences().size()) + ")"
                : "");
  }

  private static String summary(AccessReview review) {
    long unused = review.given().stream().filter(AccessReview.Given::isUnused).count();
    return "%s grants, %s of them never used; %s leases and %s sessions open."
        .formatted(
            number(review.given().size()),
            number(unused),
            number(review.leases().size()),
            number(review.sessions().size()));
  }

  private static Access access(AccessReview.Given given) {
    String last =
        Stream.of(
                given
                    .lastRequest()
                    .map(used -> "request " + time(used.at()) + " (no. " + used.sequence() + ")"),
                given
                    .lastLease()
                    .map(used -> "lease " + time(used.at()) + " (no. " + used.sequence() + ")"))
            .flatMap(Optional::stream)
            .collect(Collectors.joining("; "));
    String except = given.except().isEmpty() ? "" : " but not " + String.join(", ", given.except());
    return new Access(
        given.who(),
        given.scope() + except,
        given.environment(),
        given
            .role()
            .map(role -> role + ": " + String.join(", ", given.actions()))
            .orElseGet(() -> String.join(", ", given.actions())),
        given.rule(),
        Stream.concat(given.ways().stream(), given.conditions().stream())
            .collect(Collectors.joining("; ")),
        last.isEmpty() ? "never" : last,
        given.isUnused());
  }

  private static List<Pair> requests(Report.Requests requests) {
    List<Pair> pairs = new ArrayList<>();
    pairs.add(new Pair("let through", number(requests.allowed())));
    requests
        .statuses()
        .forEach((status, count) -> pairs.add(new Pair("answered " + status, number(count))));
    pairs.add(new Pair("of unknown outcome", number(requests.unknown())));
    pairs.add(new Pair("without an outcome in the period", number(requests.unanswered())));
    return pairs;
  }

  private static String silence(Report.Requests requests) {
    return "Of the period's "
        + number(requests.hours())
        + " hours, "
        + number(requests.silentHours())
        + " have no record at all. The journal doesn't tell whether nothing was done then or no"
        + " gateway ran.";
  }

  private static Table table(Report.Evidence evidence) {
    int shown = Math.min(LINES, evidence.entries().size());
    String more =
        evidence.count() <= shown
            ? ""
            : "The first "
                + shown
                + " of "
                + number(evidence.count())
                + ". "
                + (evidence.more()
                    ? "The first " + number(evidence.sequences().size()) + " are in "
                    : "All are in ")
                + evidence.topic().id()
                + ".csv.";
    return new Table(
        evidence.topic().id(),
        evidence.topic().title(),
        evidence.topic().description(),
        number(evidence.count()),
        evidence.entries().stream().limit(LINES).map(ReportPage::line).toList(),
        more);
  }

  private static Line line(JournalEntry entry) {
    Facets facets = Facets.of(entry);
    String who =
        facets.person().orElse("")
            + facets.actsFor().map(whom -> " for " + whom).orElse("")
            + facets
                .by()
                .filter(by -> !facets.person().equals(Optional.of(by)))
                .map(by -> " by " + by)
                .orElse("");
    String where =
        facets.scope().or(facets::account).orElseGet(() -> entry.fields().path("target").asText());
    return new Line(
        String.valueOf(entry.sequence()),
        time(facets.at()),
        who.strip(),
        words(entry.type()),
        where,
        entry.fields().properties().stream()
            .filter(field -> !ELSEWHERE.contains(field.getKey()))
            .map(field -> words(field.getKey()) + ": " + text(field.getValue()))
            .collect(Collectors.joining("; ")));
  }

  private static List<String> limits(Report report) {
    List<String> limits = new ArrayList<>();
    limits.add(
        "What didn't pass this gateway: other gateways have logs of their own, and whoever has an"
            + " account's key or a role assignment of another origin needs no gateway.");
    limits.add(
        "Requests in the lanes token and rbac: the journal has that access was given, Azure's"
            + " CDBDataPlaneRequests has what it was used for.");
    limits.add(
        "What was in items and answers: the journal never has data, nor the values that queries"
            + " compare with.");
    limits.add("Who is in which group at other times than when this report was made.");
    limits.add(
        "That controls are effective: that is for the auditor to judge, by this and by what else"
            + " there is.");
    if (report.checkpoint().isEmpty()) {
      limits.add("Proof: the log had no signed checkpoint when this report was made.");
    }
    return limits;
  }

  private static String text(JsonNode value) {
    return value.isArray()
        ? StreamSupport.stream(value.spliterator(), false)
            .map(JsonNode::asText)
            .collect(Collectors.joining(", "))
        : value.isObject() ? value.toString() : value.asText();
  }

  /** {@code leaseIssued} as {@code lease issued}. */
  private static String words(String camelCase) {
    return camelCase.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }

  static String time(Instant at) {
    return at.equals(Instant.MIN) ? "" : TIME.format(at);
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
