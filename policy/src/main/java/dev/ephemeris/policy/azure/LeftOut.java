package dev.ephemeris.policy.azure;

/**
 * Something that one side says and the other hasn't got, or that can't be read.
 *
 * @param what for example the name of a rule, or the id of an assignment
 * @param why what is in the way
 */
public record LeftOut(String what, String why) {

  /** {@code what: why}. */
  @Override
  public String toString() {
    return what + ": " + why;
  }
}
