package dev.ephemeris.gateway.custody;

import dev.ephemeris.gateway.custody.Canaries.Canary;
import dev.ephemeris.gateway.custody.KeyState.Fate;
import dev.ephemeris.gateway.custody.KeyState.Sighting;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The canaries of panics that are under way, in memory only: a gateway that stops takes its own
 * along. Calls block. Of each account by one thread at a time.
 */
final class HeldCanaries {

  /** How often it is asked again where the answer isn't clear: what comes after it waits. */
  private static final int TRIES = 5;

  private final Canaries canaries;
  private final InstantSource clock;
  private final Map<String, Held> held = new ConcurrentHashMap<>();

  /**
   * @param panic when it began
   * @param canary empty if there could be none
   * @param why there is none
   * @param tries how often it has given no clear answer
   */
  private record Held(Instant panic, Optional<Canary> canary, String why, int tries) {}

  HeldCanaries(Canaries canaries, InstantSource clock) {
    this.canaries = canaries;
    this.clock = clock;
  }

  /** What the account says to a canary isn't clear; to be asked again. */
  static final class UnclearException extends Exception {
    UnclearException(String message) {
      super(message);
    }
  }

  /** Makes one, unless there is one of this panic. */
  void hold(String account, Instant panic) {
    Held before = held.get(account);
    if (before == null || !before.panic().equals(panic) || before.canary().isEmpty()) {
      held.put(account, made(account, panic));
    }
  }

  private Held made(String account, Instant panic) {
    try {
      return new Held(panic, Optional.of(canaries.make(account).await()), "", 0);
    } catch (Exception e) {
      return new Held(panic, Optional.empty(), "there was no canary: " + Rotations.why(e), 0);
    }
  }

  /**
   * What has become of the canary of this panic.
   *
   * @throws UnclearException if the account has to be asked again
   */
  Sighting ask(String account, Instant panic) throws UnclearException {
    Held now = held.get(account);
    if (now == null || !now.panic().equals(panic)) {
      return notSeen("the gateway that had made a canary stopped before it was asked");
    }
    if (now.canary().isEmpty()) {
      return notSeen(now.why());
    }
    if (!clock.instant().isBefore(now.canary().get().endsAt())) {
      return notSeen("the canary came to its own end before the key was made anew");
    }
    try {
      return new Sighting(
          now.canary().get().isLetIn().await() ? Fate.GO_ON : Fate.DIED, Optional.empty());
    } catch (Exception e) {
      if (now.tries() + 1 < TRIES) {
        held.put(account, new Held(panic, now.canary(), now.why(), now.tries() + 1));
        throw new UnclearException(Rotations.why(e));
      }
      return notSeen("the account gave no clear answer to the canary: " + Rotations.why(e));
    }
  }

  private static Sighting notSeen(String why) {
    return new Sighting(Fate.NOT_SEEN, Optional.of(why));
  }

  /** No panic of this account's is under way. */
  void letGo(String account) {
    held.remove(account);
  }
}
