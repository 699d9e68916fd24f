package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.MasterKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys that sign for an account now, replaced ones included until they end. */
final class AccountKeys {

  private static final int BYTES = 64;

  private final InstantSource clock;
  private final Instant made;
  private final SecureRandom random = new SecureRandom();

  /** What {@link #reset} returns to: the key that was given, and three that were made. */
  private final List<Held> first;

  /** Newest first. Guarded by the account's lock. */
  private final List<Held> held;

  /** By region: where new keys come late. Guarded by the account's lock. */
  private final Map<String, Laggard> laggards = new HashMap<>();

  /**
   * A key.
   *
   * @param from when it begins to work; empty for those that the account was made with
   * @param end when it stops working; empty for a current key
   */
  private record Held(
      KeyKind kind, MasterKey key, String text, Optional<Instant> from, Optional<Instant> end) {

    boolean isCurrent() {
      return end.isEmpty();
    }

    boolean hasBegun(Instant at) {
      return from.isEmpty() || !at.isBefore(from.get());
    }

    boolean works(Instant at) {
      return hasBegun(at) && (end.isEmpty() || at.isBefore(end.get()));
    }

    Held endingAt(Instant instant) {
      return new Held(kind, key, text, from, Optional.of(instant));
    }

    /** Its text would be a credential in a log. */
    @Override
    public String toString() {
      return "Held[" + kind + "]";
    }
  }

  /** A region whose first node knows the keys as they were a while ago. */
  private static final class Laggard {
    private final Duration behind;
    private final int nodes;
    private long requests;

    Laggard(Duration behind, int nodes) {
      this.behind = behind;
      this.nodes = nodes;
    }

    /** Whose keys the next request is held against: its nodes take turns. */
    Instant next(Instant now) {
      return requests++ % nodes == 0 ? now.minus(behind) : now;
    }
  }

  /**
   * Keys of an account.
   *
   * @param primary in Base64
   */
  AccountKeys(String primary, InstantSource clock) {
    this.clock = clock;
    this.made = clock.instant();
    this.first =
        List.of(
            held(KeyKind.PRIMARY, primary, Optional.empty()),
            held(KeyKind.SECONDARY, generate(), Optional.empty()),
            held(KeyKind.PRIMARY_READONLY, generate(), Optional.empty()),
            held(KeyKind.SECONDARY_READONLY, generate(), Optional.empty()));
    this.held = new ArrayList<>(first);
  }

  private static Held held(KeyKind kind, String text, Optional<Instant> from) {
    return new Held(kind, MasterKey.ofBase64(text), text, from, Optional.empty());
  }

  private String generate() {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  void reset() {
    held.clear();
    held.addAll(first);
    laggards.clear();
  }

  /** The text of a current key. */
  String text(KeyKind kind) {
    return listed(kind).text();
  }

  /** Since when the key has been what it is. */
  Instant generated(KeyKind kind) {
    return listed(kind).from().orElse(made);
  }

  /** When the key was last replaced; empty if it never was. */
  Optional<Instant> replaced(KeyKind kind) {
    return listed(kind).from();
  }

  private Held listed(KeyKind kind) {
    Instant now = clock.instant();
    return held.stream()
        .filter(one -> one.kind() == kind && one.hasBegun(now))
        .findFirst()
        .orElseThrow();
  }

  /** Makes a new key; the one before it works for {@code delay} more. */
  String regenerate(KeyKind kind, Duration delay) {
    Instant now = clock.instant();
    return replace(kind, now, now.plus(delay));
  }

  /** Makes a new key that takes the place of the one before it in so much time. */
  void replaceIn(KeyKind kind, Duration time) {
    Instant then = clock.instant().plus(time);
    replace(kind, then, then);
  }

  private String replace(KeyKind kind, Instant from, Instant end) {
    held.replaceAll(one -> one.kind() == kind && one.isCurrent() ? one.endingAt(end) : one);
    Held replacement = held(kind, generate(), Optional.of(from));
    held.addFirst(replacement);
    return replacement.text();
  }

  /** One of so many nodes of a region knows the keys as they were that long ago. */
  void lag(String region, Duration behind, int nodes) {
    laggards.put(region, new Laggard(behind, nodes));
  }

  /** Which key made this signature, if any did that works in that region now. */
  Optional<KeyKind> signer(
      String region, String signature, String verb, String resourceType, String link, String date) {
    Instant now = clock.instant();
    Laggard laggard = laggards.get(region);
    Instant known = laggard == null ? now : laggard.next(now);
    return held.stream()
        .filter(one -> one.works(known))
        .filter(one -> one.key().verifies(signature, verb, resourceType, link, date))
        .map(Held::kind)
        .findFirst();
  }
}
