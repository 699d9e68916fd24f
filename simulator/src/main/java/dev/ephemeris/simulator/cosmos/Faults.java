package dev.ephemeris.simulator.cosmos;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What will go wrong with requests to come. Of several faults for one request the one that was
 * armed first counts.
 *
 * <p>All methods are safe to call from any thread.
 */
public final class Faults {

  private final List<Armed> armed = new ArrayList<>();

  /**
   * A fault that waits.
   *
   * @param left how many requests it is for yet; empty for all until it is cleared
   */
  public record Armed(RequestPattern on, Fault fault, Optional<Integer> left) {

    /** Throws {@link IllegalArgumentException} for a fault of no request. */
    public Armed {
      if (left.isPresent() && left.get() < 1) {
        throw new IllegalArgumentException("a fault is for one request at least");
      }
    }
  }

  Faults() {}

  /** Arms a fault for all requests that match, until {@link #clear}. */
  public void always(RequestPattern on, Fault fault) {
    arm(new Armed(on, fault, Optional.empty()));
  }

  /**
   * Arms a fault for the next requests that match.
   *
   * @throws IllegalArgumentException unless it is for one at least
   */
  public void next(int times, RequestPattern on, Fault fault) {
    arm(new Armed(on, fault, Optional.of(times)));
  }

  synchronized void arm(Armed one) {
    armed.add(one);
  }

  /** What is armed now, in the order in which it counts. */
  public synchronized List<Armed> armed() {
    return List.copyOf(armed);
  }

  public synchronized void clear() {
    armed.clear();
  }

  /** The fault of a request, which counts down. */
  synchronized Optional<Fault> of(String method, String target) {
    for (int i = 0; i < armed.size(); i++) {
      Armed one = armed.get(i);
      if (one.on().matches(method, target)) {
        countDown(i);
        return Optional.of(one.fault());
      }
    }
    return Optional.empty();
  }

  private void countDown(int index) {
    Armed one = armed.get(index);
    if (one.left().isEmpty()) {
      return;
    }
    int left = one.left().get() - 1;
    if (left == 0) {
      armed.remove(index);
    } else {
      armed.set(index, new Armed(one.on(), one.fault(), Optional.of(left)));
    }
  }
}
