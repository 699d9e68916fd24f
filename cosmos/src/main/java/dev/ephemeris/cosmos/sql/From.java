package dev.ephemeris.cosmos.sql;

import java.util.List;
import java.util.Optional;

/**
 * FROM with its JOINs: each row is one choice of a value from each source, where a later source may
 * refer to the names of earlier ones.
 */
public record From(List<Source> sources) {

  public From {
    sources = List.copyOf(sources);
  }

  /**
   * One source.
   *
   * @param alias the name as written, if there is one
   * @param iterated whether it is written {@code alias IN of}: the elements, not the value itself
   */
  public record Source(Optional<String> alias, boolean iterated, Collection of) {

    /** The name by which expressions refer to it: the alias, else the last one of the path. */
    public Optional<String> name() {
      if (alias.isPresent()) {
        return alias;
      }
      return switch (of) {
        case Path(Expression.Member(Expression _, String name, Span _)) -> Optional.of(name);
        case Path(Expression.Name name) -> Optional.of(name.name());
        case Path _, Rows _ -> Optional.empty();
      };
    }
  }

  /** Where the values of a source come from. */
  public sealed interface Collection {}

  /**
   * A name and properties or elements of it.
   *
   * @param path a {@link Expression.Name}, with {@link Expression.Member} and {@link
   *     Expression.Element} around it
   */
  public record Path(Expression path) implements Collection {

    /** The name at its start: the container's, or one that was given before. */
    public Expression.Name root() {
      Expression expression = path;
      while (true) {
        switch (expression) {
          case Expression.Name name -> {
            return name;
          }
          case Expression.Member member -> expression = member.of();
          case Expression.Element element -> expression = element.of();
          default -> throw new IllegalStateException("not a path: " + path.text());
        }
      }
    }
  }

  /** The rows of a subquery. */
  public record Rows(Query query) implements Collection {}
}
