package dev.ephemeris.gateway.notify;

import dev.ephemeris.config.SecretSource;

/** Where channels' secrets come from. Calls block. Thread-safe. */
public interface Secrets {

  /**
   * A secret as it is now.
   *
   * @throws UndeliveredException if it can't be had; the message names the place, never the secret
   */
  String read(SecretSource source) throws UndeliveredException;
}
