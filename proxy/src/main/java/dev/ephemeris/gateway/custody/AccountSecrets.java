package dev.ephemeris.gateway.custody;

/** The keys of an account with which everything can be read and written, as text. */
record AccountSecrets(Secret primary, Secret secondary) {

  Secret key(KeyName name) {
    return switch (name) {
      case PRIMARY -> primary;
      case SECONDARY -> secondary;
      case PRIMARY_READONLY, SECONDARY_READONLY ->
          throw new IllegalArgumentException("it isn't among those that write");
    };
  }
}
