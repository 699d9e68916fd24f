package dev.ephemeris.gateway.journal.evidence;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Comma-separated values (RFC 4180), which spreadsheets open: what would be a formula there is made
 * text by an apostrophe in front (OWASP, CSV injection).
 */
final class Csv {

  private static final String FORMULAS = "=+-@\t\r\n＝＋－＠";

  private final StringBuilder text = new StringBuilder();

  Csv(List<String> header) {
    add(header);
  }

  void add(List<String> values) {
    text.append(values.stream().map(Csv::value).collect(Collectors.joining(","))).append("\r\n");
  }

  private static String value(String value) {
    String safe = !value.isEmpty() && FORMULAS.indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
    boolean quoted = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
