package dev.ephemeris.gateway.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a list shows of each entry.
 *
 * @param cells as many as there are names in the header
 */
record Columns<T>(List<String> header, Function<T, List<String>> cells) {

  Columns {
    header = List.copyOf(header);
  }

  /** The same after a column that says whose each entry is: for everybody's. */
  Columns<T> of(String whose, Function<T, Optional<String>> owner) {
    return new Columns<>(
        Stream.concat(Stream.of(whose), header.stream()).toList(),
        entry -> Stream.concat(owner.apply(entry).stream(), cells.apply(entry).stream()).toList());
  }

  /** The same before a column of what only some have, if any of these entries has it. */
  Columns<T> with(String name, Function<T, Optional<String>> cell, List<T> entries) {
    return entries.stream().map(cell).allMatch(Optional::isEmpty)
        ? this
        : new Columns<>(
            Stream.concat(header.stream(), Stream.of(name)).toList(),
            entry ->
                Stream.concat(cells.apply(entry).stream(), Stream.of(cell.apply(entry).orElse("-")))
                    .toList());
  }

  String table(List<T> entries) {
    return Output.table(header, entries.stream().map(cells).toList());
  }

  /** The same, or what to say if there are none. */
  String table(List<T> entries, String none) {
    return entries.isEmpty() ? none : table(entries);
  }
}
