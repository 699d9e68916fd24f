package dev.ephemeris.gateway.custody;

import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import io.vertx.core.Future;

/** Where a key may have leaked and all are made anew, by whichever gateway. Thread-safe. */
public final class Panics {

  private final KeyStates states;

  public Panics(Database database, RowSeal seal) {
    this.states = new KeyStates(database, seal);
  }

  /**
   * Whether an account's keys are being made anew in a panic: what they sign is good for nothing
   * soon. Fails if the store does, or has what no gateway wrote.
   */
  public Future<Boolean> isOn(String account) {
    return states.of(account).map(KeyState::isPanicking);
  }
}
