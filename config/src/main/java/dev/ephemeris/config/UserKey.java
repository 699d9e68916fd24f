package dev.ephemeris.config;

import java.util.Optional;

/**
 * How the people of an issuer are found in the catalog: what a token says and what a User says have
 * to be the same, upper and lower case included. There is no other way to be found.
 *
 * @param claim what of the token; its subject if empty
 * @param field what of the User
 */
public record UserKey(Optional<ClaimPath> claim, UserField field) {

  /** The subject is in an annotation. */
  public static UserKey subjectIn(String annotation) {
    return new UserKey(Optional.empty(), UserField.parse(annotation));
  }
}
