package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.scan.Finding;
import dev.ephemeris.gateway.scan.Kind;
import dev.ephemeris.gateway.scan.Report;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Findings as code scanning takes them: SARIF 2.1.0. */
final class Sarif {

  private Sarif() {}

  static ObjectNode of(Report report) {
    ObjectNode document =
        Json.object()
            .put("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
            .put("version", "2.1.0");
    ObjectNode run = document.putArray("runs").addObject();
    ObjectNode driver = run.putObject("tool").putObject("driver").put("name", "ephemeris scan");
    ArrayNode rules = driver.putArray("rules");
    for (Kind kind : Kind.values()) {
      ObjectNode rule = rules.addObject().put("id", kind.code());
      rule.putObject("shortDescription").put("text", kind.what());
      rule.putObject("help").put("text", kind.instead());
      rule.putObject("defaultConfiguration").put("level", level(kind));
    }
    // §3.14.17: otherwise columns are code units of UTF-16.
    run.put("columnKind", "unicodeCodePoints");
    ArrayNode results = run.putArray("results");
    for (Report.Found found : report.found()) {
      found.findings().forEach(finding -> add(results, uri(found.file()), finding));
    }
    // §3.20.14: whether what had to be read was.
    run.putArray("invocations").addObject().put("executionSuccessful", report.unread().isEmpty());
    return document;
  }

  private static void add(ArrayNode results, String uri, Finding finding) {
    Kind kind = finding.kind();
    ObjectNode result = results.addObject().put("ruleId", kind.code()).put("level", level(kind));
    result
        .putObject("message")
        .put(
            "text",
            kind.what() + finding.of().map(of -> ", " + of).orElse("") + ": " + kind.instead());
    ObjectNode place = result.putArray("locations").addObject().putObject("physicalLocation");
    place.putObject("artifactLocation").put("uri", uri);
    place.putObject("region").put("startLine", finding.line()).put("startColumn", finding.column());
    finding
        .fingerprint()
        .ifPresent(
            print -> result.putObject("partialFingerprints").put("secret/v1", print.value()));
  }

  private static String level(Kind kind) {
    return kind.severity().name().toLowerCase(Locale.ROOT);
  }

  /** Relative to where the command ran, as code scanning wants it; absolute if it was given so. */
  private static String uri(Path file) {
    if (file.isAbsolute()) {
      return file.toUri().toString();
    }
    return StreamSupport.stream(file.normalize().spliterator(), false)
        .map(name -> URLEncoder.encode(name.toString(), StandardCharsets.UTF_8).replace("+", "%20"))
        .collect(Collectors.joining("/"));
  }
}
