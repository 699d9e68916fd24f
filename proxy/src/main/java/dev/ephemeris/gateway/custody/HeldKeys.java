package dev.ephemeris.gateway.custody;

import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.gateway.custody.UpstreamCredential.CredentialException;
import dev.ephemeris.gateway.custody.UpstreamCredential.Signature;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The keys of one account, in memory only. Thread-safe. */
public final class HeldKeys {

  /** Others may turn keys over; whoever does so leaves the other key alone for longer than that. */
  private static final Duration FRESH = Duration.ofMinutes(5);

  private final Renewed<Signature> signature;

  /**
   * @param account its name, for log and errors
   */
  public HeldKeys(String account, KeySource source, InstantSource clock) {
    this.signature =
        new Renewed<>(
            account,
            "key of account “" + account + "”",
            () -> {
              MasterKey key = source.read().primary();
              return new Renewed.Got<>(
                  key::authorization, clock.instant().plus(FRESH), Instant.MAX);
            },
            clock);
  }

  /**
   * What to sign with now. Completes at once but for the first time, and on the context of the
   * caller. Fails with {@link CredentialException} if there is no key.
   */
  public Future<Signature> signature() {
    return signature.value();
  }

  /**
   * What to sign with after the account refused what was signed with {@code refused}: that itself,
   * if there is no other.
   */
  public Future<Signature> insteadOf(Signature refused) {
    return signature()
        .compose(now -> now == refused ? signature.again() : Future.succeededFuture(now));
  }
}
