package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.gateway.identity.Digest;
import java.util.Optional;

/**
 * What a query asks, without anything that it asks about, as the journal has it.
 *
 * @param text the first of it, if it is long
 * @param fingerprint of all of it, {@code sha256:} and hexadecimal digits
 */
record QueryShape(String text, String fingerprint) {

  /** In UTF-16 units; who wants to know more has the program that asks. */
  private static final int LONGEST = 2_000;

  private static final String MORE = "…";

  /** Empty if it can't be read: what is a literal in it isn't known then. */
  static Optional<QueryShape> of(String query) {
    return Query.parse(query) instanceof Query parsed
        ? Optional.of(ofShape(parsed.shape()))
        : Optional.empty();
  }

  private static QueryShape ofShape(String shape) {
    // All ASCII: names of properties and parameters, keywords and signs.
    String text =
        shape.length() <= LONGEST ? shape : shape.substring(0, LONGEST - MORE.length()) + MORE;
    return new QueryShape(text, Digest.ofText(shape));
  }
}
