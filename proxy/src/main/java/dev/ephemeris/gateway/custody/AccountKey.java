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

  /** The key that it was changed for, or the other one of the account. */
  @Override
  public Future<Signature> insteadOf(Signature refused) {
    return keys.insteadOf(refused);
  }

  @Override
  public boolean reaches(Operation operation) {
    return true;
  }
}
