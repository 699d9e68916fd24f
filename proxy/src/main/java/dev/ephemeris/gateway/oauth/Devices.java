package dev.ephemeris.gateway.oauth;

import dev.ephemeris.gateway.identity.RandomText;
import dev.ephemeris.gateway.identity.SignIn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Devices that wait for a person (RFC 8628). They are in memory: those that wait when the gateway
 * stops begin again.
 *
 * <p>Thread-safe.
 */
final class Devices {

  static final Duration GOOD = Duration.ofMinutes(5);
  static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final int MOST = 10_000;

  private final InstantSource clock;

  /** By device code, the oldest first. Its own lock guards both. */
  private final Map<String, Waiting> byDeviceCode = new LinkedHashMap<>();

  private final Map<UserCode, Waiting> byUserCode = new LinkedHashMap<>();

  Devices(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * What asks to sign in.
   *
   * @param address from where
   */
  record Asking(String clientId, String address, UserCode code, Instant until) {}

  /** A device authorization; it doesn't print its code. */
  record Begun(String deviceCode, Asking asking) {
    @Override
    public String toString() {
      return "Begun[" + asking + "]";
    }
  }

  /** How it stands. */
  sealed interface Poll {

    record Allowed(Asking asking, SignIn signIn) implements Poll {}

    record Pending() implements Poll {}

    /** It asks more often than it may. */
    record TooSoon() implements Poll {}

    record Denied() implements Poll {}

    /** Its time is over, or there never was such a code. */
    record Unknown() implements Poll {}
  }

  private static final class Waiting {
    private final String deviceCode;
    private final Asking asking;
    private Instant notBefore;
    private Duration interval = INTERVAL;
    private boolean denied;
    private @Nullable SignIn allowed;

    Waiting(String deviceCode, Asking asking, Instant now) {
      this.deviceCode = deviceCode;
      this.asking = asking;
      this.notBefore = now;
    }
  }

  /** Empty if too many wait already. */
  synchronized Optional<Begun> begin(String clientId, String address) {
    Instant now = clock.instant();
    byDeviceCode.values().stream()
        .filter(waiting -> !now.isBefore(waiting.asking.until()))
        .toList()
        .forEach(this::forget);
    if (byDeviceCode.size() >= MOST) {
      return Optional.empty();
    }
    UserCode code = UserCode.random();
    while (byUserCode.containsKey(code)) {
      code = UserCode.random();
    }
    Waiting waiting =
        new Waiting(RandomText.make(), new Asking(clientId, address, code, now.plus(GOOD)), now);
    byDeviceCode.put(waiting.deviceCode, waiting);
    byUserCode.put(code, waiting);
    return Optional.of(new Begun(waiting.deviceCode, waiting.asking));
  }

  /** What waits with this code for a person to decide. */
  synchronized Optional<Asking> undecided(UserCode code) {
    return waiting(code).map(waiting -> waiting.asking);
  }

  /** The person's decision; false if nothing waits for it any more. */
  synchronized boolean decide(UserCode code, Optional<SignIn> allowed) {
    Optional<Waiting> waiting = waiting(code);
    waiting.ifPresent(
        it -> {
          it.allowed = allowed.orElse(null);
          it.denied = allowed.isEmpty();
        });
    return waiting.isPresent();
  }

  private Optional<Waiting> waiting(UserCode code) {
    return Optional.ofNullable(byUserCode.get(code))
        .filter(it -> clock.instant().isBefore(it.asking.until()))
        .filter(it -> !it.denied && it.allowed == null);
  }

  /** What a device asks for, again and again; once it is decided, it is told once. */
  synchronized Poll poll(String deviceCode, String clientId) {
    Instant now = clock.instant();
    Waiting waiting = byDeviceCode.get(deviceCode);
    if (waiting == null
        || !waiting.asking.clientId().equals(clientId)
        || !now.isBefore(waiting.asking.until())) {
      return new Poll.Unknown();
    }
    if (waiting.denied) {
      forget(waiting);
      return new Poll.Denied();
    }
    SignIn allowed = waiting.allowed;
    if (allowed != null) {
      forget(waiting);
      return new Poll.Allowed(waiting.asking, allowed);
    }
    boolean tooSoon = now.isBefore(waiting.notBefore);
    if (tooSoon) {
      waiting.interval = waiting.interval.plus(INTERVAL); // RFC 8628 section 3.5
    }
    waiting.notBefore = now.plus(waiting.interval).minusSeconds(1);
    return tooSoon ? new Poll.TooSoon() : new Poll.Pending();
  }

  private void forget(Waiting waiting) {
    byDeviceCode.remove(waiting.deviceCode);
    byUserCode.remove(waiting.asking.code());
  }
}
