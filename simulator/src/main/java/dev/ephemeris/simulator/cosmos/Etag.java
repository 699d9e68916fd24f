package dev.ephemeris.simulator.cosmos;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Etags that are a number in quotes: how far a feed was read. */
final class Etag {

  private static final Pattern NUMBER = Pattern.compile("\"?(\\d{1,18})\"?");

  private Etag() {}

  static String of(long number) {
    return "\"" + number + "\"";
  }

  /** The number in one; empty if it has another form. Quotes may be missing. */
  static Optional<Long> number(String etag) {
    Matcher matcher = NUMBER.matcher(etag);
    return matcher.matches() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
  }
}
