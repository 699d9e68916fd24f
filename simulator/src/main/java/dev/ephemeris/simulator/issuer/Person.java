package dev.ephemeris.simulator.issuer;

/**
 * Someone who can be picked on the sign-in page.
 *
 * @param subject the opaque, stable id that tokens carry as {@code sub}; never the name
 * @param name the short name that tokens carry as {@code preferred_username}, for example {@code
 *     alice}
 * @param displayName the full name
 * @param email the address that tokens carry as {@code email}, always claimed to be verified
 */
public record Person(String subject, String name, String displayName, String email) {

  /** Throws {@link IllegalArgumentException} if a part is blank or the subject repeats the name. */
  public Person {
    if (subject.isBlank() || name.isBlank() || displayName.isBlank() || email.isBlank()) {
      throw new IllegalArgumentException(
          "A person needs a subject, a name, a display name and an e-mail address");
    }
    if (subject.equals(name)) {
      // A relying party that mixes the two up would otherwise pass its tests.
      throw new IllegalArgumentException("The subject of " + name + " must not be the name");
    }
  }
}
