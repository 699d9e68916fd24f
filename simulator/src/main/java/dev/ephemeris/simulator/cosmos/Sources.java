package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.From;
import dev.ephemeris.cosmos.sql.Query;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Makes the rows of FROM: the product of its sources, each of which may depend on those before.
 *
 * @param container the items, where the query runs over them and not inside another one
 */
record Sources(Optional<List<? extends JsonNode>> container, Parameters parameters) {

  Stream<Row> rows(Row around, Optional<From> from) {
    Stream<Row> rows = Stream.of(around);
    Sources sources = this;
    for (From.Source source : from.map(From::sources).orElse(List.of())) {
      Sources now = sources;
      rows =
          rows.flatMap(row -> now.values(row, source).map(value -> row.with(source.name(), value)));
      sources = new Sources(Optional.empty(), parameters); // only the first is the container
    }
    return rows;
  }

  private Stream<? extends JsonNode> values(Row row, From.Source source) {
    Stream<? extends JsonNode> values =
        switch (source.of()) {
          case From.Path path -> along(path, row);
          case From.Rows(Query query) -> rows(query, row);
        };
    return source.iterated()
        ? values.flatMap(
            value ->
                value.isArray() ? StreamSupport.stream(value.spliterator(), false) : Stream.empty())
        : values;
  }

  private Stream<? extends JsonNode> rows(Query query, Row row) {
    QueryRun run = new QueryRun(query, parameters);
    return (container.isPresent() ? run.rows(container.get(), row) : run.rows(row)).stream();
  }

  private Stream<? extends JsonNode> along(From.Path path, Row row) {
    String root = path.root().name();
    Stream<Row> roots =
        row.names(root) || container.isEmpty()
            ? Stream.of(row)
            : container.get().stream().map(item -> row.with(Optional.of(root), item));
    Expression expression = path.path();
    return roots
        .map(of -> new Evaluator(of, parameters, Map.of()).value(expression))
        .filter(value -> !value.isMissingNode());
  }
}
