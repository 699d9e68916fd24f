package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.gateway.journal.RecordType;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AuditSchemaTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Terminal terminal = new Terminal(() -> Instant.EPOCH, Path.of("never-written"));

  @Test
  void printsTheSchemaOfAType() throws Exception {
    Screen screen = terminal.run("audit", "schema", "leaseIssued");

    assertThat(screen.exitCode()).as(screen.err()).isZero();
    assertThat(JSON.readTree(screen.out()))
        .isEqualTo(JSON.readTree(RecordType.LEASE_ISSUED.schema()));
  }

  @Test
  void printsOneThatAnyRecordFits() throws Exception {
    Screen screen = terminal.run("audit", "schema");

    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(screen.out());
    String record =
        """
        {"type":"outcomeUnknown","version":1,"at":"2026-11-24T09:00:00Z",\
        "requestId":"r-1","activityId":"a-1"}\
        """;
    assertThat(schema.validate(record, InputFormat.JSON)).isEmpty();
    assertThat(schema.validate("{\"type\":\"outcomeUnknown\",\"version\":1}", InputFormat.JSON))
        .isNotEmpty();
  }
}
