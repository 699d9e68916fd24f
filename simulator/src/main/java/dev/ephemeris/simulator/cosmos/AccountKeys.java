package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.MasterKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The keys that sign for an account now, replaced ones included until they end. */
final class AccountKeys {

  private static final int BYTES = 64;

  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  /** What {@link #reset} returns to: the key that was given, and three that were made. */
  private final List<Held> first;

  /** Newest first. Guarded by the account's lock. */
  private final List<Held> held;

  /**
   * A key in use.
   *
   * @param text empty for the one that was given, which doesn't tell itself
   * @param end when it stops working; empty for a current key
   */
  private record Held(KeyKind kind, MasterKey key, Optional<String> text, Optional<Instant> end) {

    boolean isCurrent() {
      return end.isEmpty();
    }

    Held endingAt(Instant instant) {
      return new Held(kind, key, text, Optional.of(instant));
    }

    /** Its text would be a credential in a log. */
    @Override
    public String toString() {
      return "Held[" + kind + "]";
    }
  }

  AccountKeys(MasterKey primary, InstantSource clock) {
    this.clock = clock;
    this.first =
        List.of(
            new Held(KeyKind.PRIMARY, primary, Optional.empty(), Optional.empty()),
            generated(KeyKind.SECONDARY),
            generated(KeyKind.PRIMARY_READONLY),
            generated(KeyKind.SECONDARY_READONLY));
    this.held = new ArrayList<>(first);
  }

  private Held generated(KeyKind kind) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String text = Base64.getEncoder().encodeToString(bytes);
    return new Held(kind, MasterKey.ofBase64(text), Optional.of(text), Optional.empty());
  }

  void reset() {
    held.clear();
    held.addAll(first);
  }

  /** The text of a current key, but for the one that was given. */
  Optional<String> text(KeyKind kind) {
    return held.stream()
        .filter(one -> one.kind() == kind && one.isCurrent())
        .findFirst()
        .flatMap(Held::text);
  }

  /** Makes a new key; the one before it works for {@code delay} more. */
  String regenerate(KeyKind kind, Duration delay) {
    Instant end = clock.instant().plus(delay);
    held.replaceAll(one -> one.kind() == kind && one.isCurrent() ? one.endingAt(end) : one);
    Held made = generated(kind);
    held.addFirst(made);
    return made.text().orElseThrow();
  }

  /** Which key made this signature, if any did that works now. */
  Optional<KeyKind> signer(
      String signature, String verb, String resourceType, String link, String date) {
    Instant now = clock.instant();
    for (Held one : held) {
      boolean works = one.end().isEmpty() || now.isBefore(one.end().get());
      if (works && one.key().verifies(signature, verb, resourceType, link, date)) {
        return Optional.of(one.kind());
      }
    }
    return Optional.empty();
  }
}
