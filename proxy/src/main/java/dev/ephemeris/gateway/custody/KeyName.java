package dev.ephemeris.gateway.custody;

import java.util.Locale;

/** The four keys of an account. */
public enum KeyName {
  PRIMARY("primary"),
  SECONDARY("secondary"),
  PRIMARY_READONLY("primaryReadonly"),
  SECONDARY_READONLY("secondaryReadonly");

  private final String azures;

  KeyName(String azures) {
    this.azures = azures;
  }

  /** As Azure Resource Manager spells it. */
  String azures() {
    return azures;
  }

  /** The other of the two that sign for everything. */
  KeyName other() {
    return switch (this) {
      case PRIMARY -> SECONDARY;
      case SECONDARY -> PRIMARY;
      case PRIMARY_READONLY, SECONDARY_READONLY ->
          throw new IllegalArgumentException("this one signs for reading only");
    };
  }

  /** For people: {@code primary readonly}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
