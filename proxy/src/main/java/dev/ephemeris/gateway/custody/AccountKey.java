package dev.ephemeris.gateway.custody;

import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.Operation;
import io.vertx.core.Future;

/** The account's key, which may do everything and signs each request. */
public final class AccountKey implements UpstreamCredential {

  private final Future<Signature> signature;

  public AccountKey(MasterKey key) {
    this.signature = Future.succeededFuture(key::authorization);
  }

  @Override
  public Future<Signature> signature() {
    return signature;
  }

  @Override
  public boolean reaches(Operation operation) {
    return true;
  }
}
