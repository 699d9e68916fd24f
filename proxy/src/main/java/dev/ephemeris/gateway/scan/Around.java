package dev.ephemeris.gateway.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What stands before and after 64 random bytes, and says whose key they are. In lower case.
 *
 * <p>What is in the same statement counts first, then what is nearest on the line, then what is
 * near on other lines, where a word that says Cosmos DB counts for more: a key that isn't found is
 * worse than one too many.
 */
record Around(String before, String after) {

  /** Whose the bytes are. */
  enum Owner {
    COSMOS,
    /** Another service's, as its words are nearer. */
    ANOTHER,
    /** A digest of something that anybody may know. */
    NO_SECRET,
    UNKNOWN
  }

  /** What a word says. */
  private enum Hint {
    COSMOS,
    /** Services whose keys have 64 bytes too, and other things that are as long. */
    ANOTHER,
    DIGEST,
    /** What the keys of accounts are called, and of others too. */
    KEY
  }

  private record Word(Hint hint, String text) {}

  /** By their first character, so that a text is gone through once. */
  private static final Map<Character, List<Word>> WORDS =
      Stream.of(
              words(
                  Hint.COSMOS,
                  "cosmos",
                  ".documents.azure.",
                  "documentdb",
                  "documentclient",
                  "accountendpoint"),
              words(
                  Hint.ANOTHER,
                  "core.windows.net",
                  "defaultendpointsprotocol",
                  "storage",
                  "blob",
                  "azurewebjobs",
                  "batch.azure",
                  "jwt",
                  "signing",
                  "ed25519",
                  "tendermint"),
              words(Hint.DIGEST, "sha512", "sha-512", "contenthash", "integrity", "checksum"),
              words(
                  Hint.KEY,
                  "accountkey",
                  "account_key",
                  "account-key",
                  "masterkey",
                  "master_key",
                  "master-key",
                  "primarykey",
                  "primary_key",
                  "primary-key",
                  "secondarykey",
                  "secondary_key",
                  "secondary-key",
                  "authkey",
                  ".key("))
          .flatMap(words -> words)
          .collect(Collectors.groupingBy(word -> word.text.charAt(0)));

  private static final List<String> COSMOS_STATEMENT =
      List.of("accountendpoint=", ".documents.azure.", ".cosmos.azure.", ".cosmosdb.azure.");

  private static final List<String> ANOTHER_STATEMENT =
      List.of("core.windows.net", "defaultendpointsprotocol=");

  /** A part of which can be as long; {@link TokenRule} finds it. */
  private static final String TOKEN = "type=resource&";

  /** How much nearer another's word must be, when neither is on the line. */
  private static final int NEARER = 4;

  /** A word, and how far from the bytes it begins. */
  private record Seen(Hint hint, int far) {}

  Owner owner() {
    String statement = left() + ' ' + right();
    if (statement.contains(TOKEN)) {
      return Owner.ANOTHER;
    }
    if (COSMOS_STATEMENT.stream().anyMatch(statement::contains)) {
      return Owner.COSMOS;
    }
    if (ANOTHER_STATEMENT.stream().anyMatch(statement::contains)) {
      return Owner.ANOTHER;
    }
    List<Seen> hintsBefore = hints(before).reversed().stream().map(this::fromEnd).toList();
    List<Seen> hintsAfter = hints(after);
    return onLine(hintsBefore, lineBefore().length())
        .or(() -> onLine(hintsAfter, lineAfter().length() - 1))
        .orElseGet(
            () -> onOtherLines(Stream.concat(hintsBefore.stream(), hintsAfter.stream()).toList()));
  }

  /** Whether the line has the names that connection strings have, perhaps quoted one by one. */
  boolean isConnectionString() {
    return (lineBefore() + ' ' + lineAfter()).contains("accountendpoint");
  }

  /** The nearest endpoint: in the statement, on the line, on other lines. */
  Optional<Endpoint> endpoint() {
    return Stream.<Optional<Endpoint>>of(
            Endpoint.last(left()),
            Endpoint.first(right()),
            Endpoint.last(lineBefore()),
            Endpoint.first(lineAfter()),
            Endpoint.last(before),
            Endpoint.first(after))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Stream<Word> words(Hint hint, String... texts) {
    return Arrays.stream(texts).map(text -> new Word(hint, text));
  }

  private static List<Seen> hints(String text) {
    List<Seen> seen = new ArrayList<>();
    for (int i = 0; i < text.length(); i++) {
      for (Word word : WORDS.getOrDefault(text.charAt(i), List.of())) {
        if (text.startsWith(word.text, i)) {
          seen.add(new Seen(word.hint, i));
        }
      }
    }
    return seen;
  }

  private Seen fromEnd(Seen fromStart) {
    return new Seen(fromStart.hint, before.length() - fromStart.far);
  }

  /** By the first that says anything; the nearest come first. */
  private static Optional<Owner> onLine(List<Seen> hints, int line) {
    return hints.stream()
        .filter(seen -> seen.far <= line && seen.hint != Hint.KEY)
        .findFirst()
        .map(
            seen ->
                switch (seen.hint) {
                  case COSMOS -> Owner.COSMOS;
                  case ANOTHER -> Owner.ANOTHER;
                  case DIGEST, KEY -> Owner.NO_SECRET;
                });
  }

  private static Owner onOtherLines(List<Seen> hints) {
    OptionalInt cosmos = nearest(hints, Hint.COSMOS);
    OptionalInt another = nearest(hints, Hint.ANOTHER);
    if (cosmos.isPresent()) {
      return another.isPresent() && another.getAsInt() * NEARER < cosmos.getAsInt()
          ? Owner.ANOTHER
          : Owner.COSMOS;
    }
    if (another.isPresent()) {
      return Owner.ANOTHER;
    }
    return nearest(hints, Hint.KEY).isPresent() ? Owner.COSMOS : Owner.UNKNOWN;
  }

  private static OptionalInt nearest(List<Seen> hints, Hint hint) {
    return hints.stream().filter(seen -> seen.hint == hint).mapToInt(Seen::far).min();
  }

  private String lineBefore() {
    return before.substring(before.lastIndexOf('\n') + 1);
  }

  private String lineAfter() {
    int end = after.indexOf('\n');
    return end < 0 ? after : after.substring(0, end);
  }

  /** The part of one value without space or quotes, which the bytes are in, before them. */
  private String left() {
    int start = before.length();
    while (start > 0 && !endsValue(before.charAt(start - 1))) {
      start--;
    }
    return before.substring(start);
  }

  private String right() {
    int end = 0;
    while (end < after.length() && !endsValue(after.charAt(end))) {
      end++;
    }
    return after.substring(0, end);
  }

  private static boolean endsValue(char c) {
    return c <= ' ' || "\"'`<>{}(),".indexOf(c) >= 0;
  }
}
