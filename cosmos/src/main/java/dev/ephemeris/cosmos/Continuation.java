package dev.ephemeris.cosmos;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What can be told of a continuation. The service's spell the item where a page ended, {@code
 * -RID:~{rid}#RT:1#TRC:5}, alone or as a text within JSON; an item's RID begins with its
 * container's. They aren't signed: a client can write what it likes.
 */
public final class Continuation {

  private static final Pattern ITEM = Pattern.compile("RID:~?([A-Za-z0-9+/=_-]*)");

  /** A character as JSON may spell it; within JSON within JSON with more backslashes. */
  private static final Pattern ESCAPE = Pattern.compile("(?<!\\\\)\\\\++u00([2-7][0-9A-Fa-f])");

  /** An escape may spell the backslash of another one; nobody writes JSON within JSON deeper. */
  private static final int MAX_ESCAPED = 3;

  private Continuation() {}

  /**
   * The containers whose items a continuation names.
   *
   * @return their addresses by RID; empty if it names something that is no item's RID, or might, in
   *     escapes of escapes
   */
  public static Optional<List<Address>> containers(String continuation) {
    return unescaped(continuation).flatMap(Continuation::containersOfItems);
  }

  private static Optional<List<Address>> containersOfItems(String continuation) {
    List<Address> containers = new ArrayList<>();
    Matcher items = ITEM.matcher(continuation);
    while (items.find()) {
      Optional<Address> container = Rid.containerOf(items.group(1));
      if (container.isEmpty()) {
        return Optional.empty();
      }
      containers.add(container.get());
    }
    return Optional.of(containers);
  }

  private static Optional<String> unescaped(String continuation) {
    String text = continuation;
    for (int depth = 0; depth <= MAX_ESCAPED; depth++) {
      String next = unescapedOnce(text);
      if (next.equals(text)) {
        return Optional.of(text);
      }
      text = next;
    }
    return Optional.empty();
  }

  private static String unescapedOnce(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(
            escape ->
                Matcher.quoteReplacement(
                    Character.toString(Integer.parseInt(escape.group(1), 16))));
  }
}
