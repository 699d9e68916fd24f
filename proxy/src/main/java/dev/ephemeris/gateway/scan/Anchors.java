package dev.ephemeris.gateway.scan;

import dev.ephemeris.gateway.credential.Ascii;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What everything that is looked for has somewhere, in whatever case. Each anchor is recognised by
 * two bytes of it that seldom follow one another in text, so that almost all of a text is passed
 * over by one look at a table for each byte.
 */
final class Anchors {

  private static final Rule KEY = new KeyRule();
  private static final Rule TOKEN = new TokenRule();

  private static final List<Anchor> ALL =
      List.of(
          // The end of 64 bytes in Base64, as it is and as others write it.
          new Anchor("==", "==", KEY),
          new Anchor("\\=\\=", "=\\", KEY),
          new Anchor("%3d%3d", "d%", KEY),
          new Anchor("%253d%253d", "d%", KEY),
          new Anchor("\\u003d\\u003d", "d\\", KEY),
          new Anchor("\\\\u003d\\\\u003d", "d\\", KEY),
          new Anchor("\\x3d\\x3d", "d\\", KEY),
          new Anchor("&#61;&#61;", ";&", KEY),
          new Anchor("&#x3d;&#x3d;", ";&", KEY),
          new Anchor("&equals;&equals;", ";&", KEY),
          new Anchor("&ver", "&v", TOKEN),
          new Anchor("&amp;ver", ";v", TOKEN),
          new Anchor("&#38;ver", ";v", TOKEN),
          new Anchor("&#x26;ver", ";v", TOKEN),
          new Anchor("%26ver", "6v", TOKEN),
          new Anchor("%2526ver", "6v", TOKEN),
          new Anchor("\\u0026ver", "6v", TOKEN),
          new Anchor("\\x26ver", "6v", TOKEN),
          // AccountEndpoint or AccountKey in Base64, at the beginning of what is encoded.
          new Anchor("qwnjb3vude", "qw", new WrappedRule()),
          new Anchor("cosmosdb", "sd", Calls::command),
          new Anchor("listkeys", "tk", Calls::listing),
          new Anchor("list_keys", "_k", Calls::listing),
          new Anchor("listreadonlykeys", "yk", Calls::listing),
          new Anchor("listconnectionstrings", "tc", Calls::listing),
          new Anchor("list_connection_strings", "t_", Calls::listing),
          new Anchor("listdatabaseaccountkeys", "tk", Calls::listing),
          new Anchor("list_database_account_keys", "_k", Calls::listing),
          new Anchor("masterkey", "rk", Calls::member),
          new Anchor("master_key", "_k", Calls::member));

  private static final VarHandle TWO_BYTES =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private static final Anchor[][] BY_PAIR = byPair();
  private static final boolean[] RARE = rare();

  private Anchors() {}

  /**
   * @param word in lower case
   * @param pair where in the word its rare pair is
   * @param rule who knows what the word means
   */
  record Anchor(String word, int pair, Rule rule) {

    Anchor(String word, String pair, Rule rule) {
      this(word, word.indexOf(pair), rule);
    }

    /** Where the word begins, if its pair is here. */
    int start(int place) {
      return place - pair;
    }

    private boolean hasPair(int first, int second) {
      return word.charAt(pair) == Ascii.lower(first)
          && word.charAt(pair + 1) == Ascii.lower(second);
    }
  }

  /** The first place from {@code from}, and before {@code limit}, where an anchor may be. */
  static int next(byte[] bytes, int from, int limit) {
    boolean[] rare = RARE;
    for (int i = from; i < limit; i++) {
      if (rare[pair(bytes, i)]) {
        return i;
      }
    }
    return limit;
  }

  /** Those that may be around this place. */
  static Anchor[] at(byte[] bytes, int place) {
    return BY_PAIR[pair(bytes, place)];
  }

  private static int pair(byte[] bytes, int place) {
    return (short) TWO_BYTES.get(bytes, place) & 0xFFFF;
  }

  private static Anchor[][] byPair() {
    return IntStream.rangeClosed(0, 0xFFFF)
        .mapToObj(
            pair ->
                ALL.stream()
                    .filter(anchor -> anchor.hasPair(pair >> 8, pair & 0xFF))
                    .toArray(Anchor[]::new))
        .toArray(Anchor[][]::new);
  }

  private static boolean[] rare() {
    boolean[] rare = new boolean[BY_PAIR.length];
    for (int pair = 0; pair < rare.length; pair++) {
      rare[pair] = BY_PAIR[pair].length > 0;
    }
    return rare;
  }
}
