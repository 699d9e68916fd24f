package dev.ephemeris.gateway.journal;

import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The journal can't take a record (or give one back): no space, no permission, damage. */
public final class JournalException extends Exception {

  public JournalException(String message, Throwable cause) {
    super(message, cause);
  }

  public JournalException(String message) {
    super(message);
  }

  /** Whether it is what failed, at whatever depth: what isn't recorded isn't kept either. */
  public static boolean isBehind(@Nullable Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .anyMatch(JournalException.class::isInstance);
  }
}
