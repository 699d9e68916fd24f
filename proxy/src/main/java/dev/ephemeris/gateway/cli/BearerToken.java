package dev.ephemeris.gateway.cli;

import java.util.regex.Pattern;

/** What may stand after {@code Bearer} in a header. */
final class BearerToken {

  /** RFC 6750 §2.1: b64token. */
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private BearerToken() {}

  static boolean isOne(String text) {
    return FORM.matcher(text).matches();
  }
}
