package dev.ephemeris.simulator.cosmos;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a page ends, in the service's spelling: {@code -RID:~…#RT:…#TRC:…}. Anyone can write one;
 * nothing in it is signed.
 *
 * @param pages how many pages were given out
 * @param rows how many rows were
 */
record Continuation(String containerRid, int pages, int rows) {

  private static final Pattern SPELLING =
      Pattern.compile("-RID:~([A-Za-z0-9+=-]+)#RT:(\\d{1,9})#TRC:(\\d{1,9})");

  static Continuation start(Container container) {
    return new Continuation(container.rid(), 0, 0);
  }

  static Optional<Continuation> parse(String text) {
    Matcher matcher = SPELLING.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new Continuation(
                matcher.group(1),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }

  Continuation after(int moreRows) {
    return new Continuation(containerRid, pages + 1, rows + moreRows);
  }

  String text() {
    return "-RID:~" + containerRid + "#RT:" + pages + "#TRC:" + rows;
  }
}
