package dev.ephemeris.gateway.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * The rows of a table, the newest first, a page at a time. The store is asked for the rows of one
 * page by where it begins, and not by how many come before: what is added or goes meanwhile moves
 * nothing that was there to another page.
 *
 * @param table that has ids in its column {@code id}
 * @param at its column that says when each began, which never changes
 */
public record NewestFirst(String table, String at) {

  private static final long LAST = Long.MAX_VALUE;

  /**
   * Which rows: those that fit one of these conditions, each of which has an index that ends with
   * time and id; all if there is none.
   *
   * @param bound what stands in them, by name
   */
  public record Which(List<String> anyOf, Map<String, ?> bound) {

    public static final Which ALL = new Which(List.of(), Map.of());

    public Which {
      anyOf = List.copyOf(anyOf);
      bound = Map.copyOf(bound);
    }
  }

  /** What a row is. */
  public interface Reading<T> {

    /** The row at which the result is; empty if it doesn't count. */
    Optional<T> of(ResultSet row) throws SQLException;
  }

  private record Row<T>(Position position, Optional<T> entry) {}

  /** A page, in the caller's transaction. */
  public <T> Page<T> page(Handle handle, PageWanted wanted, Which which, Reading<T> reading) {
    List<Row<T>> rows;
    try (Query query = handle.createQuery(sql(which.anyOf()))) {
      which.bound().forEach(query::bind);
      rows =
          query
              .bind("seenAt", wanted.after().map(seen -> Database.micros(seen.at())).orElse(LAST))
              .bind("seenId", wanted.after().map(Position::id).orElse(""))
              .bind("most", wanted.most() + 1) // one more says whether there is more
              .map(
                  (row, context) ->
                      new Row<>(
                          new Position(Database.instant(row.getLong(at)), row.getString("id")),
                          reading.of(row)))
              .list();
    }
    boolean isMore = rows.size() > wanted.most();
    List<Row<T>> shown = isMore ? rows.subList(0, wanted.most()) : rows;
    return new Page<>(
        shown.stream().flatMap(row -> row.entry().stream()).toList(),
        isMore ? Optional.of(shown.getLast().position()) : Optional.empty());
  }

  private String sql(List<String> anyOf) {
    return switch (anyOf.size()) {
      case 0 -> of("");
      case 1 -> of("(" + anyOf.getFirst() + ") AND ");
      // Each by its own index and no further than the page: one OR would have all of them sorted.
      default ->
          "SELECT * FROM ("
              + IntStream.range(0, anyOf.size())
                  .mapToObj(i -> "SELECT * FROM (" + of("(" + anyOf.get(i) + ") AND ") + ") p" + i)
                  .collect(Collectors.joining(" UNION "))
              + ") parts"
              + order();
    };
  }

  private String of(String condition) {
    return "SELECT * FROM "
        + table
        + " WHERE "
        + condition
        + "("
        + at
        + ", id) < (:seenAt, :seenId)"
        + order();
  }

  private String order() {
    return " ORDER BY " + at + " DESC, id DESC LIMIT :most";
  }
}
