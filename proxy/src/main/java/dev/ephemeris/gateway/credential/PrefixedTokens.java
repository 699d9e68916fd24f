package dev.ephemeris.gateway.credential;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Tokens that say themselves what they are, by what they begin with as their makers document it.
 */
final class PrefixedTokens implements Form {

  /**
   * @param of what its characters are, after the prefix
   * @param shortest how many there are at least
   * @param longest how many there are at most
   */
  private record Prefix(String text, Kind kind, IntPredicate of, int shortest, int longest) {}

  private static final int ANY = Integer.MAX_VALUE;

  private static final List<Prefix> ALL =
      List.of(
          new Prefix("eph_s_", Kind.GATEWAY_TOKEN, PrefixedTokens::isDotted, 40, ANY),
          new Prefix("eph_r_", Kind.GATEWAY_TOKEN, PrefixedTokens::isDotted, 40, ANY),
          new Prefix("eph_b_", Kind.GATEWAY_TOKEN, PrefixedTokens::isDotted, 40, ANY),
          new Prefix("eph_a_", Kind.GATEWAY_TOKEN, PrefixedTokens::isDotted, 40, ANY),
          new Prefix("eph_f_", Kind.GATEWAY_TOKEN, PrefixedTokens::isDotted, 40, ANY),
          new Prefix("AKIA", Kind.AWS_KEY, PrefixedTokens::isUpperOrDigit, 16, 16),
          new Prefix("ASIA", Kind.AWS_KEY, PrefixedTokens::isUpperOrDigit, 16, 16),
          new Prefix("ghp_", Kind.GITHUB_TOKEN, PrefixedTokens::isOfWord, 36, ANY),
          new Prefix("gho_", Kind.GITHUB_TOKEN, PrefixedTokens::isOfWord, 36, ANY),
          new Prefix("ghu_", Kind.GITHUB_TOKEN, PrefixedTokens::isOfWord, 36, ANY),
          new Prefix("ghs_", Kind.GITHUB_TOKEN, PrefixedTokens::isOfWord, 36, ANY),
          new Prefix("ghr_", Kind.GITHUB_TOKEN, PrefixedTokens::isOfWord, 36, ANY),
          new Prefix("github_pat_", Kind.GITHUB_TOKEN, PrefixedTokens::isOfWord, 36, ANY),
          new Prefix("xoxa-", Kind.SLACK_TOKEN, PrefixedTokens::isDashed, 20, ANY),
          new Prefix("xoxb-", Kind.SLACK_TOKEN, PrefixedTokens::isDashed, 20, ANY),
          new Prefix("xoxc-", Kind.SLACK_TOKEN, PrefixedTokens::isDashed, 20, ANY),
          new Prefix("xoxd-", Kind.SLACK_TOKEN, PrefixedTokens::isDashed, 20, ANY),
          new Prefix("xoxe-", Kind.SLACK_TOKEN, PrefixedTokens::isDashed, 20, ANY),
          new Prefix("xoxe.xox", Kind.SLACK_TOKEN, PrefixedTokens::isDashed, 20, ANY),
          new Prefix("xoxo-", Kind.SLACK_TOKEN, PrefixedTokens::isDashed, 20, ANY),
          new Prefix("xoxp-", Kind.SLACK_TOKEN, PrefixedTokens::isDashed, 20, ANY),
          new Prefix("xoxr-", Kind.SLACK_TOKEN, PrefixedTokens::isDashed, 20, ANY),
          new Prefix("xoxs-", Kind.SLACK_TOKEN, PrefixedTokens::isDashed, 20, ANY),
          new Prefix("xapp-", Kind.SLACK_TOKEN, PrefixedTokens::isDashed, 20, ANY),
          new Prefix(
              "hooks.slack.com/services/", Kind.SLACK_TOKEN, PrefixedTokens::isOfPath, 30, ANY),
          new Prefix(
              "hooks.slack.com/workflows/", Kind.SLACK_TOKEN, PrefixedTokens::isOfPath, 30, ANY),
          new Prefix("AIza", Kind.GOOGLE_KEY, Ascii::isBase64Url, 35, 35),
          new Prefix("GOCSPX-", Kind.GOOGLE_KEY, Ascii::isBase64Url, 28, ANY),
          new Prefix("ya29.", Kind.GOOGLE_KEY, PrefixedTokens::isDotted, 30, ANY),
          new Prefix("sk_live_", Kind.STRIPE_KEY, PrefixedTokens::isOfWord, 16, ANY),
          new Prefix("sk_test_", Kind.STRIPE_KEY, PrefixedTokens::isOfWord, 16, ANY),
          new Prefix("rk_live_", Kind.STRIPE_KEY, PrefixedTokens::isOfWord, 16, ANY),
          new Prefix("rk_test_", Kind.STRIPE_KEY, PrefixedTokens::isOfWord, 16, ANY),
          new Prefix("whsec_", Kind.STRIPE_KEY, PrefixedTokens::isPaddedBase64, 24, ANY));

  /** By their first character. */
  private static final Prefix[][] BY_FIRST =
      IntStream.range(0, 0x80)
          .mapToObj(
              c -> ALL.stream().filter(prefix -> prefix.text.charAt(0) == c).toArray(Prefix[]::new))
          .toArray(Prefix[][]::new);

  /** Entra ID's client secrets have a digit before it, and three characters before that. */
  private static final String IN_CLIENT_SECRET = "Q~";

  private static final int BEFORE = 4;
  private static final int[] AFTER = {31, 34};

  @Override
  public void look(String text, Sightings seen) {
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      at =
          c < 0x80 && BY_FIRST[c].length > 0 && Ascii.beginsWord(text, at)
              ? after(text, at, seen)
              : at + 1;
    }
    clientSecrets(text, seen);
  }

  private static int after(String text, int at, Sightings seen) {
    for (Prefix prefix : BY_FIRST[text.charAt(at)]) {
      if (text.startsWith(prefix.text, at)) {
        int from = at + prefix.text.length();
        int to = end(text, from, prefix.of);
        if (to - from >= prefix.shortest && to - from <= prefix.longest) {
          seen.add(prefix.kind, at, to);
        }
        // No character of these is looked at again: it could be of as many more.
        return to;
      }
    }
    return at + 1;
  }

  private static int end(String text, int from, IntPredicate of) {
    int to = from;
    while (to < text.length() && of.test(text.charAt(to))) {
      to++;
    }
    return to;
  }

  private static void clientSecrets(String text, Sightings seen) {
    int middle = text.indexOf(IN_CLIENT_SECRET);
    while (middle >= 0) {
      int from = middle - BEFORE;
      int next = middle + IN_CLIENT_SECRET.length();
      if (from >= 0 && Ascii.isDigit(text.charAt(middle - 1))) {
        int to = next;
        while (to < text.length() && to - next <= AFTER[1] && isOfClientSecret(text.charAt(to))) {
          to++;
        }
        boolean begins = from == 0 || !isOfClientSecret(text.charAt(from - 1));
        if (begins && to - next >= AFTER[0] && to - next <= AFTER[1]) {
          seen.add(Kind.CLIENT_SECRET, from, to);
        }
      }
      middle = text.indexOf(IN_CLIENT_SECRET, next);
    }
  }

  private static boolean isOfClientSecret(char c) {
    return Ascii.isBase64Url(c) || c == '.' || c == '~';
  }

  private static boolean isUpperOrDigit(int c) {
    return Ascii.isUpper(c) || Ascii.isDigit(c);
  }

  private static boolean isOfWord(int c) {
    return Ascii.isAlphanumeric(c) || c == '_';
  }

  private static boolean isDashed(int c) {
    return Ascii.isAlphanumeric(c) || c == '-';
  }

  private static boolean isDotted(int c) {
    return Ascii.isBase64Url(c) || c == '.';
  }

  private static boolean isOfPath(int c) {
    return Ascii.isAlphanumeric(c) || c == '/';
  }

  private static boolean isPaddedBase64(int c) {
    return Ascii.isBase64(c) || c == '=';
  }
}
