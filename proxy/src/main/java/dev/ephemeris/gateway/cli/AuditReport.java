package dev.ephemeris.gateway.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "report",
    description = {
      "Makes a report for an auditor, of a period.",
      "",
      "A page of HTML and tables (CSV): for each control what the journal has to show, and which"
          + " records prove it. Takes the action ephemeris/audit/read."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris audit report --framework soc2 --from 2026-10-01 --to 2027-01-01",
      "  ephemeris audit report --framework iso27001 --from 2026-01-01 \\",
      "      --to 2027-01-01 --output-dir iso-2026"
    })
final class AuditReport implements Callable<Integer> {

  /** From openapi.yaml: nothing that leads out of the folder. */
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]*");

  enum Framework {
    SOC2,
    ISO27001
  }

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Option(
      names = "--framework",
      required = true,
      paramLabel = "NAME",
      description = "soc2 or iso27001.")
  private Framework framework = Framework.SOC2;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "TIME",
      description = "2026-10-01T00:00:00Z, 2026-10-01 (UTC), or 90d for ninety days ago.")
  private Instant from = Instant.EPOCH;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "TIME",
      description = "The first moment after the period.")
  private Instant to = Instant.EPOCH;

  @Option(
      names = "--output-dir",
      paramLabel = "DIR",
      description =
          "A folder for the files, made if it isn't there; else one named for the period.")
  private Path folder = Path.of("");

  AuditReport(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    if (!from.isBefore(to)) {
      throw new Failure(Failure.Kind.USAGE, "a period ends after it begins: --to after --from.");
    }
    String name = framework.name().toLowerCase(Locale.ROOT);
    Map<String, String> asked = new LinkedHashMap<>();
    asked.put("framework", name);
    asked.put("from", from.toString());
    asked.put("to", to.toString());
    Reply<Api.Report> reply = connection.signedIn().report(asked);
    Path into =
        folder.toString().isEmpty() ? Path.of(name + "-" + day(from) + "-" + day(to)) : folder;
    write(reply.value().files(), into);
    output.print(reply, report -> people(report, into));
    return 0;
  }

  private static String people(Api.Report report, Path into) {
    String table =
        Output.table(
            List.of("EVIDENCE", "RECORDS"),
            report.evidence().stream()
                .map(each -> List.of(each.title(), String.valueOf(each.count())))
                .toList());
    return table + "\n\nOpen " + into.resolve("report.html") + ".";
  }

  private static void write(List<Api.ReportFile> files, Path into) throws Failure {
    try {
      Files.createDirectories(into);
      for (Api.ReportFile file : files) {
        if (!FILE.matcher(file.name()).matches()) {
          throw new Failure(
              Failure.Kind.UNREACHABLE,
              "the gateway sends a file whose name is none: not written.");
        }
        Files.writeString(
            into.resolve(file.name()),
            file.text(),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE);
      }
    } catch (FileAlreadyExistsException e) {
      throw new Failure(
          Failure.Kind.LOCAL,
          "There is a " + e.getFile() + " already; name another folder with --output-dir.");
    } catch (IOException e) {
      throw new Failure(Failure.Kind.LOCAL, "The report can't be written to " + into + ".");
    }
  }

  private static String day(Instant at) {
    return at.toString().substring(0, 10);
  }
}
