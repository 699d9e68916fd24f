package dev.ephemeris.simulator.issuer;

import java.util.Collection;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Markup that is safe to send: text gets into it only by way of {@link #of}, which escapes it. */
record Html(String markup) {
  static final Html NONE = new Html("");

  /**
   * Fills each {@code %s} of a constant template with a part: markup as it is, anything else as
   * escaped text. Attribute values must be quoted.
   */
  static Html of(String template, Object... parts) {
    var safe =
        Stream.of(parts)
            .map(part -> part instanceof Html html ? html.markup : escape(part.toString()));
    return new Html(template.formatted(safe.toArray()));
  }

  static <T> Html each(Collection<T> items, Function<T, Html> row) {
    return new Html(
        items.stream().map(item -> row.apply(item).markup).collect(Collectors.joining("\n")));
  }

  private static String escape(String text) {
    var escaped = new StringBuilder(text.length() + 16);
    text.chars()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append((char) c);
              }
            });
    return escaped.toString();
  }
}
