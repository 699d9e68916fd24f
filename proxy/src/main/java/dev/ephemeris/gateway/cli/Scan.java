package dev.ephemeris.gateway.cli;

import dev.ephemeris.gateway.scan.Finding;
import dev.ephemeris.gateway.scan.Fingerprint;
import dev.ephemeris.gateway.scan.KeyScan;
import dev.ephemeris.gateway.scan.Report;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "scan",
    description = {
      "Finds account keys in source, settings and pipelines, and says what replaces them.",
      "",
      "Connection strings, account keys, resource tokens, credentials of leases, and calls that"
          + " fetch keys. No secret is printed. A line with 'ephemeris:allow' is left out."
    },
    exitCodeList = {
      "0:nothing found, or nothing but the emulator's key",
      "1:something found",
      "2:wrong usage",
      "5:something can't be read, whatever was found in the rest"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris scan .",
      "  ephemeris scan src pipelines --exclude node_modules --exclude '*.min.js'",
      "  ephemeris scan . --sarif scan.sarif"
    })
final class Scan implements Callable<Integer> {

  @Mixin private final Output output = new Output();

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Files, and folders with all that is in them but .git.")
  private List<Path> files = List.of();

  @Option(
      names = "--exclude",
      paramLabel = "NAME",
      description =
          "Leave out files and folders of this name, in which * may stand. Several times.")
  private List<String> excluded = List.of();

  @Option(
      names = "--all",
      description = "Find also what is as long as an account key and may be another's.")
  private boolean all;

  @Option(
      names = "--sarif",
      paramLabel = "FILE",
      description = "Write the findings as SARIF 2.1.0, for code scanning.")
  private Optional<Path> sarif = Optional.empty();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Failure {
    Report report = KeyScan.of(files, excluded.stream().map(this::name).toList(), all);
    if (sarif.isPresent()) {
      write(sarif.get(), Json.pretty(Sarif.of(report)));
    }
    output.print(document(report), () -> print(report));
    for (Report.Unread unread : report.unread()) {
      output
          .err()
          .println(
              Text.line("ephemeris: %s can't be read: %s".formatted(unread.file(), unread.why())));
    }
    if (!report.unread().isEmpty()) {
      return Failure.Kind.LOCAL.exitCode;
    }
    return report.fails() ? Failure.Kind.REFUSED.exitCode : 0;
  }

  private PathMatcher name(String pattern) {
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    } catch (PatternSyntaxException e) {
      throw new ParameterException(
          spec.commandLine(),
          "'" + pattern + "' is no name with wildcards; write node_modules or '*.min.js'",
          e);
    }
  }

  private void print(Report report) {
    int findings = 0;
    for (Report.Found found : report.found()) {
      found.findings().forEach(finding -> output.line(Text.line(text(found.file(), finding))));
      findings += found.findings().size();
      if (found.isCut()) {
        output.line(Text.line(found.file() + ": that many that the rest isn't looked at"));
      }
    }
    List<String> summary = new ArrayList<>();
    summary.add(findings == 0 ? "Nothing found" : Text.count(findings, "finding"));
    summary.add("%d read".formatted(report.read()));
    add(summary, report.binary(), "binary, passed over");
    add(summary, report.others(), "links and the like, passed over");
    add(summary, report.allowed(), "allowed by ephemeris:allow");
    output.line(String.join("; ", summary) + ".");
  }

  private static void add(List<String> summary, long number, String what) {
    if (number > 0) {
      summary.add(number + " " + what);
    }
  }

  private static String text(Path file, Finding finding) {
    String what =
        Stream.of(
                Optional.of(finding.kind().what()),
                finding.of(),
                finding.fingerprint().map(Fingerprint::value))
            .flatMap(Optional::stream)
            .collect(Collectors.joining(", "));
    return "%s:%d:%d: %s -> %s"
        .formatted(file, finding.line(), finding.column(), what, finding.kind().instead());
  }

  private static Map<String, Object> document(Report report) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put(
        "findings",
        report.found().stream()
            .flatMap(
                found -> found.findings().stream().map(finding -> document(found.file(), finding)))
            .toList());
    document.put("read", report.read());
    document.put("binary", report.binary());
    document.put("others", report.others());
    document.put("allowed", report.allowed());
    document.put(
        "cut",
        report.found().stream()
            .filter(Report.Found::isCut)
            .map(found -> found.file().toString())
            .toList());
    document.put(
        "unread",
        report.unread().stream()
            .map(unread -> Map.of("file", unread.file().toString(), "why", unread.why()))
            .toList());
    return document;
  }

  private static Map<String, Object> document(Path file, Finding finding) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("code", finding.kind().code());
    document.put("severity", finding.kind().severity().name().toLowerCase(Locale.ROOT));
    document.put("file", file.toString());
    document.put("line", finding.line());
    document.put("column", finding.column());
    document.put("what", finding.kind().what());
    finding.of().ifPresent(of -> document.put("of", of));
    finding.fingerprint().ifPresent(print -> document.put("fingerprint", print.value()));
    document.put("instead", finding.kind().instead());
    return document;
  }

  private static void write(Path file, String text) throws Failure {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new Failure(Failure.Kind.LOCAL, "The findings can't be written to " + file + ".");
    }
  }
}
