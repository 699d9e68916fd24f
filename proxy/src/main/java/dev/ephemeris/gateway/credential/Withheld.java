package dev.ephemeris.gateway.credential;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * JSON without what looks like a credential: each is replaced by words that say what kind it is.
 * All else is byte for byte what it was.
 *
 * @param json the same bytes if there is none
 * @param values in how many values and names there was one
 */
@SuppressWarnings("ArrayRecordComponent") // Not compared.
public record Withheld(byte[] json, int values) {

  /** What stands in the place of a credential begins so. */
  public static final String MARK = "[credential withheld: ";

  /** The header of an answer that says in how many values something was withheld. */
  public static final String HEADER = "x-ephemeris-withheld";

  /** Empty if this isn't JSON as RFC 8259 has it, in UTF-8: nothing is known of what is in it. */
  public static Optional<Withheld> of(byte[] json) {
    Writing writing = new Writing(json);
    return JsonStrings.read(json, writing::string)
        ? Optional.of(writing.withheld())
        : Optional.empty();
  }

  /** Whether what stands in the place of a credential is in a text of JSON, escaped or not. */
  public static boolean isMarked(byte[] json) {
    AtomicBoolean marked = new AtomicBoolean();
    boolean isJson =
        JsonStrings.read(
            json,
            (from, to) -> {
              if (to - from >= MARK.length() && Text.of(json, from, to).text().contains(MARK)) {
                marked.set(true);
              }
            });
    // Of what isn't JSON nobody knows what it says.
    return marked.get()
        || (!isJson && new String(json, StandardCharsets.ISO_8859_1).contains(MARK));
  }

  /** What has been written of a text by now: nothing, until something of it is replaced. */
  private static final class Writing {

    private final byte[] json;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int written;
    private int values;

    /** Where the string before this one stands: its name, if it is a value that has one. */
    private int beforeFrom;

    private int beforeTo = -1;

    Writing(byte[] json) {
      this.json = json;
    }

    void string(int from, int to) {
      if (to - from >= Text.SHORTEST) {
        withhold(from, to);
      }
      beforeFrom = from;
      beforeTo = to;
    }

    private void withhold(int from, int to) {
      Text text = Text.of(json, from, to);
      Sightings seen = text.sightings();
      if (hasName(from)) {
        seen.addAll(text.sightings(Text.of(json, beforeFrom, beforeTo)), at -> at);
      }
      if (seen.isEmpty()) {
        return;
      }
      values++;
      for (Sightings.Sighting sighting : seen.apart()) {
        out.write(json, written, sighting.from() - written);
        out.writeBytes(sighting.kind().instead().getBytes(StandardCharsets.US_ASCII));
        written = sighting.to();
      }
    }

    /** Whether nothing but a colon is between a string and the one before, beside their quotes. */
    private boolean hasName(int from) {
      for (int at = beforeTo + 1; beforeTo >= 0 && at < from - 1; at++) {
        if (" \t\n\r:".indexOf(json[at]) < 0) {
          return false;
        }
      }
      return beforeTo >= 0;
    }

    Withheld withheld() {
      if (values == 0) {
        return new Withheld(json, 0);
      }
      out.write(json, written, json.length - written);
      return new Withheld(out.toByteArray(), values);
    }
  }
}
