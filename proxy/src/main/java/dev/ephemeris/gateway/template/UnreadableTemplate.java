package dev.ephemeris.gateway.template;

/** A text isn't what templates are made of. */
final class UnreadableTemplate extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableTemplate(String message) {
    super(message);
  }

  static UnreadableTemplate incomplete() {
    return new UnreadableTemplate("something is missing that a template has");
  }
}
