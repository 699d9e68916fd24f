package dev.ephemeris.gateway.credential;

/** Private keys in PEM, encrypted ones too; of one without an end, all that follows. */
final class PrivateKeys implements Form {

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final int LONGEST_LABEL = 64;

  @Override
  public void look(String text, Sightings seen) {
    int at = text.indexOf(BEGIN);
    while (at >= 0) {
      int label = at + BEGIN.length();
      int labelEnd = endOfLabel(text, label);
      int next = label;
      if (labelEnd >= 0 && text.substring(label, labelEnd).contains("PRIVATE KEY")) {
        int end = text.indexOf(END, labelEnd);
        int endEnd = end < 0 ? -1 : endOfLabel(text, end + END.length());
        next = endEnd < 0 ? text.length() : endEnd + DASHES.length();
        seen.add(Kind.PRIVATE_KEY, at, next);
      }
      at = text.indexOf(BEGIN, next);
    }
  }

  private static int endOfLabel(String text, int from) {
    int most = Math.min(text.length(), from + LONGEST_LABEL + DASHES.length());
    int end = text.substring(from, most).indexOf(DASHES);
    return end < 0 ? -1 : from + end;
  }
}
