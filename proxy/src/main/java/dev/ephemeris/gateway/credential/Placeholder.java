package dev.ephemeris.gateway.credential;

/**
 * What stands where a secret is to be put: {@code <password>}, {@code ${PASSWORD}}, {@code ***}.
 */
final class Placeholder {

  private Placeholder() {}

  static boolean begins(String text, int at) {
    return text.startsWith("<", at)
        || text.startsWith("{", at)
        || text.startsWith("${", at)
        || text.startsWith("$(", at)
        || text.startsWith("**", at)
        || text.startsWith(Withheld.MARK, at);
  }
}
