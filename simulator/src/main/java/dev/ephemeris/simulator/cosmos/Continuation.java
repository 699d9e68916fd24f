package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a page ends, in the service's spelling: {@code -RID:~…#RT:…#SRC:…#TRC:…#RTD:…}, the item of
 * the last row, how many pages were given out, which of the item's rows it was, how many rows were
 * given out, and what they are ordered by. Anyone can write one; nothing in it is signed.
 *
 * @param pages how many pages were given out
 * @param rows how many rows were
 * @param last the last of them
 */
record Continuation(String containerRid, int pages, int rows, Position last) {

  private static final Pattern SPELLING =
      Pattern.compile(
          "-RID:~([A-Za-z0-9+=-]+)#RT:(\\d{1,9})(?:#SRC:(\\d{1,9}))?#TRC:(\\d{1,9})"
              + "(?:#RTD:([A-Za-z0-9_-]+))?");

  /**
   * Reads one; empty if it is none, or for another container.
   *
   * @param keys how many values the query's rows are ordered or grouped by
   */
  static Optional<Continuation> parse(String text, String containerRid, int keys) {
    Matcher matcher = SPELLING.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String row = matcher.group(3);
    String values = matcher.group(5);
    Optional<Long> item = Rid.itemNumber(containerRid, matcher.group(1));
    Optional<List<JsonNode>> ordered =
        (values == null ? Optional.of(List.<JsonNode>of()) : values(values))
            .filter(list -> list.size() == keys);
    return item.isEmpty() || ordered.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Continuation(
                containerRid,
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(4)),
                new Position(ordered.get(), item.get(), row == null ? 0 : Integer.parseInt(row))));
  }

  String text() {
    StringBuilder text = new StringBuilder("-RID:~").append(Rid.item(containerRid, last.item()));
    text.append("#RT:").append(pages);
    if (last.row() > 0) {
      text.append("#SRC:").append(last.row());
    }
    text.append("#TRC:").append(rows);
    if (!last.keys().isEmpty()) {
      text.append("#RTD:").append(text(last.keys()));
    }
    return text.toString();
  }

  /** As the rows of ordered queries have them: {@code [{"item": 1}, {}]}, the latter undefined. */
  private static String text(List<JsonNode> values) {
    ArrayNode array = Json.array();
    for (JsonNode value : values) {
      if (value.isMissingNode()) {
        array.addObject();
      } else {
        array.addObject().set("item", value);
      }
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(array));
  }

  private static Optional<List<JsonNode>> values(String text) {
    try {
      return Json.parse(Base64.getUrlDecoder().decode(text))
          .filter(JsonNode::isArray)
          .map(
              array -> {
                List<JsonNode> values = new ArrayList<>(array.size());
                array.forEach(value -> values.add(value.path("item")));
                return values;
              });
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }
}
