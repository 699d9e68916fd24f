package dev.ephemeris.cosmos.sql;

import java.util.Locale;

/**
 * One word, number, string or sign of a query.
 *
 * @param text as written; of a {@link Kind#STRING} its value, of a {@link Kind#PARAMETER} its name
 *     with the {@code @}
 */
record Token(Kind kind, String text, Span at) {

  enum Kind {
    /** A reserved word, in any case; it can't name a property. */
    KEYWORD,
    IDENTIFIER,
    PARAMETER,
    NUMBER,
    STRING,
    SIGN,
    END
  }

  boolean is(String sign) {
    return kind == Kind.SIGN && text.equals(sign);
  }

  boolean isKeyword(String keyword) {
    return kind == Kind.KEYWORD && text.toUpperCase(Locale.ROOT).equals(keyword);
  }
}
