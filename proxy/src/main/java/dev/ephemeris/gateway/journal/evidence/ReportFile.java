package dev.ephemeris.gateway.journal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.journal.JournalEntry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A file of a report.
 *
 * @param name without a folder, of letters, digits, hyphens and dots
 */
public record ReportFile(String name, String mediaType, String text) {

  private static final String CSV = "text/csv";

  /** Fields that have a column of their own in every table of entries. */
  private static final List<String> COLUMNS =
      List.of(
          "at",
          "type",
          "principal",
          "actsFor",
          "by",
          "target",
          "account",
          "scope",
          "role",
          "actions",
          "lane",
          "rule",
          "decision",
          "reason",
          "ticket",
          "expiresAt",
          "sessionId",
          "leaseId",
          "address");

  private static final Set<String> SHOWN =
      Stream.concat(COLUMNS.stream(), Stream.of("sequence", "version"))
          .collect(Collectors.toUnmodifiableSet());

  /**
   * All of a report: the page, its tables, the checkpoint if there is one, and what {@code
   * sha256sum -c} checks them by.
   */
  public static List<ReportFile> of(Report report) {
    List<ReportFile> files = new ArrayList<>();
    files.add(new ReportFile("report.html", "text/html; charset=utf-8", ReportPage.html(report)));
    files.add(new ReportFile("controls.csv", CSV, controls(report)));
    files.add(new ReportFile("access-review.csv", CSV, access(report.review())));
    files.add(new ReportFile("own-actions.csv", CSV, own(report.review())));
    files.add(new ReportFile("records.csv", CSV, records(report)));
    for (Report.Evidence evidence : report.evidence()) {
      files.add(new ReportFile(evidence.topic().id() + ".csv", CSV, entries(evidence.entries())));
    }
    report
        .checkpoint()
        .ifPresent(note -> files.add(new ReportFile("checkpoint", "text/plain", note)));
    files.add(
        new ReportFile(
            "SHA256SUMS",
            "text/plain",
            files.stream()
                .map(file -> sha256(file.text()) + "  " + file.name() + "\n")
                .collect(Collectors.joining())));
    return List.copyOf(files);
  }

  private static String controls(Report report) {
    Csv csv =
        new Csv(
            List.of(
                "framework",
                "control",
                "about",
                "evidence",
                "records",
                "people",
                "sequences",
                "file"));
    for (Control control : report.framework().controls()) {
      for (Topic topic : control.topics()) {
        Report.Evidence evidence = report.evidence(topic);
        csv.add(
            List.of(
                report.framework().id(),
                control.number(),
                control.about(),
                topic.title(),
                String.valueOf(evidence.count()),
                evidence.people().map(String::valueOf).orElse(""),
                Sequences.text(evidence.sequences(), Integer.MAX_VALUE),
                topic.id() + ".csv"));
      }
    }
    return csv.toString();
  }

  private static String access(AccessReview review) {
    Csv csv =
        new Csv(
            List.of(
                "who",
                "account",
                "environment",
                "scope",
                "except",
                "role",
                "actions",
                "ways",
                "rule",
                "longestSeconds",
                "conditions",
                "lastRequestAt",
                "lastRequestSequence",
                "requests",
                "lastLeaseAt",
                "lastLeaseSequence",
                "leases"));
    for (AccessReview.Given given : review.given()) {
      csv.add(
          List.of(
              given.who(),
              given.account(),
              given.environment(),
              given.scope(),
              String.join(" ", given.except()),
              given.role().orElse(""),
              String.join(" ", given.actions()),
              String.join(" ", given.ways()),
              given.rule(),
              String.valueOf(given.most().toSeconds()),
              String.join("; ", given.conditions()),
              at(given.lastRequest()),
              sequence(given.lastRequest()),
              times(given.lastRequest()),
              at(given.lastLease()),
              sequence(given.lastLease()),
              times(given.lastLease())));
    }
    return csv.toString();
  }

  private static String own(AccessReview review) {
    Csv csv = new Csv(List.of("who", "actions", "rule", "lastAt", "lastSequence", "times"));
    for (AccessReview.Own own : review.own()) {
      csv.add(
          List.of(
              own.who(),
              String.join(" ", own.actions()),
              own.rule(),
              at(own.last()),
              sequence(own.last()),
              times(own.last())));
    }
    return csv.toString();
  }

  private static String at(Optional<AccessReview.Last> last) {
    return last.map(AccessReview.Last::at).map(Instant::toString).orElse("");
  }

  private static String sequence(Optional<AccessReview.Last> last) {
    return last.map(AccessReview.Last::sequence).map(String::valueOf).orElse("");
  }

  private static String times(Optional<AccessReview.Last> last) {
    return last.map(AccessReview.Last::times).map(String::valueOf).orElse("0");
  }

  private static String records(Report report) {
    Csv csv = new Csv(List.of("what", "records"));
    report.records().forEach((type, count) -> csv.add(List.of(type, String.valueOf(count))));
    report
        .requests()
        .statuses()
        .forEach(
            (status, count) -> csv.add(List.of("requestOutcome " + status, String.valueOf(count))));
    return csv.toString();
  }

  private static String entries(List<JournalEntry> entries) {
    Csv csv =
        new Csv(
            Stream.of(List.of("sequence"), COLUMNS, List.of("more"))
                .flatMap(List::stream)
                .toList());
    for (JournalEntry entry : entries) {
      List<String> values = new ArrayList<>();
      values.add(String.valueOf(entry.sequence()));
      COLUMNS.forEach(column -> values.add(text(entry.fields().path(column))));
      values.add(
          entry.fields().properties().stream()
              .filter(field -> !SHOWN.contains(field.getKey()))
              .map(ReportFile::pair)
              .collect(Collectors.joining("; ")));
      csv.add(values);
    }
    return csv.toString();
  }

  private static String pair(Map.Entry<String, JsonNode> field) {
    return field.getKey() + ": " + text(field.getValue());
  }

  private static String text(JsonNode value) {
    return value.isArray()
        ? StreamSupport.stream(value.spliterator(), false)
            .map(JsonNode::asText)
            .collect(Collectors.joining(" "))
        : value.isObject() ? value.toString() : value.asText();
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
