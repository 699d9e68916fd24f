package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.From;
import dev.ephemeris.cosmos.sql.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * FROM with a name for the item itself, whose RID an ordered query's rows carry: {@code t IN
 * c.tags} becomes {@code c AS item JOIN t IN item.tags}.
 *
 * @param item the item's name
 * @param star the name of what {@code SELECT *} selects
 */
record OrderedSources(From from, String item, String star) {

  private static final Span NOWHERE = new Span(0, 0);

  /** Names that no client's query has. */
  private static final String ITEM = "ephemeris_item";

  private static final String STAR = "ephemeris_star";

  /** Empty if the first source is a subquery. */
  static Optional<OrderedSources> of(From from) {
    From.Source first = from.sources().getFirst();
    if (!(first.of() instanceof From.Path path)) {
      return Optional.empty();
    }
    String star = first.name().orElse(STAR);
    if (path.path() instanceof Expression.Name && !first.iterated()) {
      return Optional.of(new OrderedSources(from, star, star));
    }
    List<From.Source> sources = new ArrayList<>(from.sources());
    sources.set(
        0,
        new From.Source(Optional.of(star), first.iterated(), new From.Path(fromItem(path.path()))));
    sources.addFirst(new From.Source(Optional.of(ITEM), false, new From.Path(path.root())));
    return Optional.of(new OrderedSources(new From(sources), ITEM, star));
  }

  private static Expression fromItem(Expression path) {
    return switch (path) {
      case Expression.Member member ->
          new Expression.Member(fromItem(member.of()), member.name(), NOWHERE);
      case Expression.Element element ->
          new Expression.Element(fromItem(element.of()), element.index(), NOWHERE);
      default -> new Expression.Name(ITEM, NOWHERE);
    };
  }
}
