package dev.ephemeris.gateway.scan;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.List;
import java.util.Optional;

/** Calls that fetch the keys of accounts, which then have to be kept somewhere. */
final class Calls {

  private static final int AROUND = 256;

  private static final Pattern COMMAND =
      Pattern.compile(
          "(?i)cosmosdb(?:"
              + "[\"',\\s]+(?:keys[\"',\\s]+list|list-keys|list-read-only-keys"
              + "|list-connection-strings)\\b"
              + "|_account\\.[\\w-]{1,80}(?:\\[[^\\]\\n]{1,80}\\])?\\."
              + "(?:(?:primary|secondary)_(?:readonly_)?(?:(?:sql|mongodb)_connection_string|key)"
              + "|connection_strings)\\b"
              + "|AccountKey\\b)");

  private static final Pattern NAME =
      Pattern.compile("(?:--name|-n|-Name)[ =]+[\"']?([a-z0-9][a-z0-9-]{1,43})\\b");

  private static final List<String> COSMOS =
      List.of("cosmos", "documentdb", "databaseaccount", "database_account", "masterkey");

  private static final List<String> RESOURCE_TYPE = List.of("documentdb/databaseaccounts");

  private Calls() {}

  /** {@code az cosmosdb keys list}, PowerShell's way of it, and Terraform's attributes. */
  static Optional<Sighting> command(Piece piece, int start, int end) {
    boolean isFetched = piece.has("accountkey", end) && piece.endsWith("get-az", start);
    if (!isFetched && !piece.has("_account.", end) && !isCommand(piece, end)) {
      return Optional.empty();
    }
    String text = piece.text(start, start + AROUND).text();
    if (!COMMAND.matcher(text).lookingAt()) {
      return Optional.empty();
    }
    String line = text.lines().findFirst().orElse("");
    Matcher name = NAME.matcher(line);
    return call(start, name.find() ? Optional.of(name.group(1)) : Optional.empty());
  }

  /** Cheaply, whether what stands here may be one of those that fetch something. */
  private static boolean isCommand(Piece piece, int end) {
    int next = end;
    while (next < piece.length() && next - end < 8 && "\"', \t".indexOf(piece.bytes()[next]) >= 0) {
      next++;
    }
    return piece.has("keys", next) || piece.has("list-", next);
  }

  /**
   * {@code listKeys} and its kin, where the line says that it is an account's of Cosmos DB's; as a
   * name in a setting, where lines near it do.
   */
  static Optional<Sighting> listing(Piece piece, int start, int end) {
    // What a role permits.
    if (piece.has("/action", end)) {
      return Optional.empty();
    }
    boolean isCall = end < piece.length() && piece.bytes()[end] == '(';
    return piece.hasAny(COSMOS, piece.lineStart(start, AROUND), piece.lineEnd(start, AROUND))
            || (!isCall && piece.hasAny(RESOURCE_TYPE, start - 2 * AROUND, end + 2 * AROUND))
        ? call(start, Optional.empty())
        : Optional.empty();
  }

  /** {@code .primaryMasterKey}, of what was listed; not the name in the list itself. */
  static Optional<Sighting> member(Piece piece, int start, int end) {
    int kind = without(piece, "_", without(piece, "readonly", without(piece, "_", start)));
    int name = without(piece, "primary", without(piece, "secondary", kind));
    boolean isMember =
        piece.endsWith(".", name) || piece.endsWith("['", name) || piece.endsWith("[\"", name);
    return name < kind && isMember ? call(start, Optional.empty()) : Optional.empty();
  }

  /** Where this word begins, if it ends there. */
  private static int without(Piece piece, String word, int end) {
    return piece.endsWith(word, end) ? end - word.length() : end;
  }

  private static Optional<Sighting> call(int at, Optional<String> of) {
    return Optional.of(new Sighting(at, Kind.KEY_CALL, of, Optional.empty()));
  }
}
