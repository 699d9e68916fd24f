package dev.ephemeris.gateway.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What is kept of a record that is too long: its longest texts and lists are cut so far that it
 * fits, as a part on record is better than nothing. The same record is always cut in the same way.
 */
final class CutRecord {

  /** Ends a text that was cut, and stands for all that a list lacks. */
  private static final String MARKER = "…";

  /** Of the longest text at first, in characters; then half of it, and so on. */
  private static final int LONGEST = 32 * 1024;

  /** What each element of a list takes beside its characters, about. */
  private static final int ELEMENT = 4;

  private CutRecord() {}

  /**
   * @param fits whether that is short enough; a record with hardly any text must be
   */
  static ObjectNode of(ObjectNode whole, Predicate<ObjectNode> fits) {
    for (int longest = LONGEST; longest > ELEMENT; longest /= 2) {
      ObjectNode cut = cut(whole, longest);
      if (fits.test(cut)) {
        return cut;
      }
    }
    throw new IllegalStateException("a record without text is too long");
  }

  private static ObjectNode cut(ObjectNode whole, int longest) {
    ObjectNode cut = whole.objectNode();
    for (Map.Entry<String, JsonNode> field : whole.properties()) {
      cut.set(
          field.getKey(),
          switch (field.getValue()) {
            case TextNode text -> cut(text, longest);
            case ArrayNode list -> cut(list, longest);
            case JsonNode other -> other;
          });
    }
    return cut.put("truncated", true);
  }

  private static TextNode cut(TextNode whole, int longest) {
    String text = whole.textValue();
    if (text.length() <= longest) {
      return whole;
    }
    int end = longest - MARKER.length();
    boolean splits = Character.isHighSurrogate(text.charAt(end - 1));
    return TextNode.valueOf(text.substring(0, splits ? end - 1 : end) + MARKER);
  }

  private static ArrayNode cut(ArrayNode whole, int longest) {
    ArrayNode cut = whole.arrayNode();
    int left = longest;
    for (JsonNode element : whole) {
      JsonNode kept = element instanceof TextNode text ? cut(text, longest) : element;
      left -= kept.asText().length() + ELEMENT;
      if (left < 0) {
        return cut.add(MARKER);
      }
      cut.add(kept);
    }
    return cut;
  }
}
