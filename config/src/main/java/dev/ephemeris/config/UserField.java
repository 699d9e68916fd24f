package dev.ephemeris.config;

import java.util.Optional;

/** What of a User in the catalog says who it is. */
public sealed interface UserField {

  /** An annotation. */
  record Annotation(String name) implements UserField {}

  /** Its own entity reference, {@code user:default/alice}. */
  record EntityReference() implements UserField {}

  /** {@code metadata.name}, as it is written. */
  record Name() implements UserField {}

  /** {@code spec.profile.email}. */
  record Email() implements UserField {}

  String ENTITY_REFERENCE = "entityRef";
  String NAME = "metadata.name";
  String EMAIL = "spec.profile.email";

  /**
   * Reads the name of an annotation, or of one of the other fields.
   *
   * @throws IllegalArgumentException if it is blank
   */
  static UserField parse(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("expected an annotation's name");
    }
    return switch (text) {
      case ENTITY_REFERENCE -> new EntityReference();
      case NAME -> new Name();
      case EMAIL -> new Email();
      default -> new Annotation(text);
    };
  }

  /** The annotation, if it is one. */
  default Optional<String> annotation() {
    return this instanceof Annotation(String name) ? Optional.of(name) : Optional.empty();
  }
}
