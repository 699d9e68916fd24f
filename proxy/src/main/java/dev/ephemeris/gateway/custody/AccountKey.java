package dev.ephemeris.gateway.custody;

import dev.ephemeris.cosmos.Operation;
import io.vertx.core.Future;

/** The account's key, which may do everything and signs each request. */
public final class AccountKey implements UpstreamCredential {

  private final HeldKeys keys;

  public AccountKey(HeldKeys keys) {
    this.keys = keys;
  }

  @Override
  public Future<Signature> signature() {
    return keys.signature();
  }

  @Override
  public boolean reaches(Operation operation) {
    return true;
  }
}
