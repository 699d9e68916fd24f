package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Queries over databases and containers: all rows in one page. */
final class MetadataQuery {

  private MetadataQuery() {}

  static Answer run(Call call, String rid, String property, List<? extends JsonNode> resources) {
    return switch (QueryRequest.read(call)) {
      case QueryRequest.Refused(Answer answer) -> answer;
      case QueryRequest.Valid valid -> {
        List<JsonNode> rows = new QueryRun(valid.query(), valid.parameters()).rows(resources);
        yield Feed.of(rid, property, rows).charged(Charge.query(resources.size(), rows.size()));
      }
    };
  }
}
