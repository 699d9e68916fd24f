package dev.ephemeris.gateway.template;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A property of items, as Cosmos DB writes it in partition keys and unique keys: {@code
 * /customer/id}, and in quotes what isn't a word, {@code /"zip code"}.
 */
record PropertyPath(String text) {
  /** One property: what Cosmos DB takes without quotes, or what is seen, in quotes. */
  static final String PART =
      "/([A-Za-z_][A-Za-z0-9_-]{0,99}|\"[\\p{L}\\p{N}\\p{P}\\p{S} &&[^\"\\\\/?*#]]{1,100}\")";

  private static final int LONGEST = 255;
  private static final Pattern FORM = Pattern.compile("(" + PART + "){1,10}");

  /**
   * @throws IllegalArgumentException if it is none
   */
  PropertyPath {
    if (text.length() > LONGEST || !FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no path of a property; expected one such as /customer/id or /\"zip code\""
              .formatted(Fields.shown(text)));
    }
  }

  /** Those of a list in a file. */
  static List<PropertyPath> read(Value list) {
    return list.items().stream().map(each -> new PropertyPath(each.text())).toList();
  }

  @Override
  public String toString() {
    return text;
  }
}
