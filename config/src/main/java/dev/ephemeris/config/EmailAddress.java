package dev.ephemeris.config;

import java.util.regex.Pattern;

/** Where mail goes to or comes from: {@code name@example.com}, without a display name. */
public record EmailAddress(String value) {

  // As the HTML standard has it (input type=email): nothing that a header could be broken by.
  private static final Pattern FORM =
      Pattern.compile(
          "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
              + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");

  /**
   * @throws IllegalArgumentException if it is none
   */
  public EmailAddress {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("expected an address such as dba@example.com");
    }
  }

  /** The same as the constructor, by the name under which values of a file are read. */
  public static EmailAddress parse(String value) {
    return new EmailAddress(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
