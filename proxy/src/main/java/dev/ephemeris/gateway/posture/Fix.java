package dev.ephemeris.gateway.posture;

import java.util.Locale;

/**
 * What puts something right, as text to copy. Words that begin with {@code $} in a shell, and
 * variables and parameters elsewhere, are for whoever copies it to fill in.
 */
public record Fix(Kind kind, String text) {

  /** In which language. */
  public enum Kind {
    /** The gateway's own command line. */
    EPHEMERIS,
    /** Azure's command line, in a POSIX shell. */
    AZ,
    /** A resource of its own, or lines of a resource that the text names. */
    BICEP,
    /** The same for the provider {@code azurerm}. */
    TERRAFORM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
