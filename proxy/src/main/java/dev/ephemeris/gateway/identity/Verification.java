package dev.ephemeris.gateway.identity;

import java.util.function.Function;

/** What verifying a token of an issuer gave: what it says, or why it counts for nothing. */
sealed interface Verification<T> {

  record Verified<T>(T said) implements Verification<T> {}

  record Refused<T>(String reason) implements Verification<T> {}

  /** Its issuer's keys can't be had. */
  record NoKeys<T>(String reason) implements Verification<T> {}

  default <R> Verification<R> then(Function<T, Verification<R>> read) {
    return switch (this) {
      case Verified<T>(T said) -> read.apply(said);
      case Refused<T>(String reason) -> new Refused<>(reason);
      case NoKeys<T>(String reason) -> new NoKeys<>(reason);
    };
  }
}
