package dev.ephemeris.gateway.credential;

import java.util.List;
import java.util.Locale;

/**
 * What the name before it says is a secret: in connection strings of Azure, in URLs with a shared
 * access signature, in settings.
 */
final class NamedSecrets implements Form {

  /**
   * @param inConnectionString whether the name is one of many things anywhere else
   * @param shortest how long the secret is at least
   */
  private record Name(String text, Kind kind, boolean inConnectionString, int shortest) {}

  private static final List<Name> NAMES =
      List.of(
          new Name("accountkey", Kind.ACCOUNT_KEY, false, 20),
          new Name("sharedaccesskey", Kind.ACCESS_KEY, false, 20),
          new Name("aws_secret_access_key", Kind.AWS_KEY, false, 40),
          new Name("sig", Kind.SAS_SIGNATURE, false, 40),
          new Name("accesskey", Kind.ACCESS_KEY, true, 20),
          new Name("secret", Kind.ACCESS_KEY, true, 20),
          new Name("password", Kind.PASSWORD, true, 1),
          new Name("pwd", Kind.PASSWORD, true, 1));

  /** Of members: what people call so in their data, too, is mostly shorter. */
  private static final int SHORTEST_MEMBER = 40;

  /** Quotes and spaces between a name and what it names. */
  private static final int BETWEEN = 4;

  @Override
  public void look(String text, Sightings seen) {
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '=' || c == ':') {
        at = named(text, at, seen);
      }
    }
  }

  /** Looks at what is around a separator; the result is where it need not be looked any more. */
  private static int named(String text, int separator, Sightings seen) {
    int end = separator;
    while (end > 0 && separator - end < BETWEEN && isBetween(text.charAt(end - 1))) {
      end--;
    }
    for (Name name : NAMES) {
      int start = end - name.text.length();
      if (start >= 0
          && text.regionMatches(true, start, name.text, 0, name.text.length())
          && isNamed(text, name, start, separator)) {
        int from = separator + 1;
        while (from < text.length()
            && from - separator <= BETWEEN
            && isBetween(text.charAt(from))) {
          from++;
        }
        int to = name.kind == Kind.PASSWORD ? endOfPart(text, from) : endOfKey(text, from);
        if (to - from >= name.shortest
            && (name.kind == Kind.PASSWORD
                ? !Placeholder.begins(text, from)
                : hasDigit(text, from, to))) {
          seen.add(name.kind, from, to);
          return to - 1;
        }
      }
    }
    return separator;
  }

  /** Tells of a value that is a secret by its own name: as a member of an object in JSON. */
  static void look(String name, String value, Sightings seen) {
    for (Name known : NAMES) {
      if (!known.inConnectionString
          && known.kind != Kind.SAS_SIGNATURE
          && name.regionMatches(
              true, name.length() - known.text.length(), known.text, 0, known.text.length())) {
        int to = endOfKey(value, 0);
        if (to >= SHORTEST_MEMBER && isOfAllKinds(value, to)) {
          seen.add(known.kind, 0, to);
        }
        return;
      }
    }
  }

  /** Upper case, lower case and digits, as no UUID and no digest in hexadecimal has them. */
  private static boolean isOfAllKinds(String value, int to) {
    String key = value.substring(0, to);
    return hasDigit(key, 0, to)
        && !key.equals(key.toLowerCase(Locale.ROOT))
        && !key.equals(key.toUpperCase(Locale.ROOT));
  }

  private static boolean isNamed(String text, Name name, int start, int separator) {
    if (!name.inConnectionString) {
      // Of the others there are many names with more before them: StorageAccountKey.
      return name.kind != Kind.SAS_SIGNATURE
          || (Ascii.beginsWord(text, start) && text.charAt(separator) == '=');
    }
    int before = start;
    while (before > 0 && start - before < BETWEEN && text.charAt(before - 1) == ' ') {
      before--;
    }
    return text.charAt(separator) == '=' && before > 0 && text.charAt(before - 1) == ';';
  }

  private static boolean isBetween(char c) {
    return c == ' ' || c == '"' || c == '\'' || c == '\\';
  }

  private static int endOfKey(String text, int from) {
    int to = from;
    while (to < text.length() && isOfKey(text.charAt(to))) {
      to++;
    }
    // No more of them, and only here: what they separate would be gone through for each.
    for (int padding = 0; padding < 2 && text.startsWith("=", to); padding++) {
      to++;
    }
    return to;
  }

  private static boolean isOfKey(char c) {
    return Ascii.isBase64(c) || Ascii.isBase64Url(c) || "%.~".indexOf(c) >= 0;
  }

  private static int endOfPart(String text, int from) {
    int to = from;
    while (to < text.length() && ";\"'\n\r".indexOf(text.charAt(to)) < 0) {
      to++;
    }
    return to;
  }

  private static boolean hasDigit(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (Ascii.isDigit(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }
}
