package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.journal.RecordType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "schema",
    description = {
      "Prints what the journal's records are, as JSON Schema (draft 2020-12).",
      "",
      "Of one type; or of all, in one schema that any record fits."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris audit schema leaseIssued", "  ephemeris audit schema > records.json"})
final class AuditSchema implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..1", paramLabel = "TYPE", description = "Such as requestIntent.")
  private Optional<RecordType> type = Optional.empty();

  @Override
  public Integer call() {
    spec.commandLine()
        .getOut()
        .println(Json.pretty(type.map(AuditSchema::one).orElseGet(AuditSchema::all)));
    return 0;
  }

  private static JsonNode one(RecordType type) {
    return Json.parse(type.schema().getBytes(StandardCharsets.UTF_8));
  }

  /** Each with its own {@code $id}: a compound document (draft 2020-12 §9.3). */
  private static JsonNode all() {
    ObjectNode all =
        Json.object()
            .put("$schema", "https://json-schema.org/draft/2020-12/schema")
            .put("$id", "https://ephemeris.dev/schemas/records.schema.json")
            .put("title", "A record of a journal of Ephemeris");
    all.putArray("oneOf").addAll(Arrays.stream(RecordType.values()).map(AuditSchema::one).toList());
    return all;
  }
}
