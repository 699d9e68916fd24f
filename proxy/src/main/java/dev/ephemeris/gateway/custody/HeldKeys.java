package dev.ephemeris.gateway.custody;

import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.custody.UpstreamCredential.CredentialException;
import dev.ephemeris.gateway.custody.UpstreamCredential.Signature;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The keys of one account, in memory only: the one that is in use, and the other, for when the
 * first is refused. Thread-safe.
 */
public final class HeldKeys {

  /** Others may turn keys over; whoever does so leaves the other key alone for longer than that. */
  private static final Duration FRESH = Duration.ofMinutes(5);

  private final KeySource source;
  private final InstantSource clock;
  private final Renewed<Signature> signature;

  /** Which signs. Written by who rotates, one at a time. */
  private volatile KeyName inUse = KeyName.PRIMARY;

  /** What would sign, if there is another key; as of the last reading. */
  private volatile Optional<Signing> other = Optional.empty();

  /**
   * @param account its name, for log and errors
   */
  public HeldKeys(String account, KeySource source, InstantSource clock) {
    this.source = source;
    this.signature = new Renewed<>(account, "key of account “" + account + "”", this::read, clock);
    this.clock = clock;
  }

  /** By one thread at a time: of whoever renews, or of whoever rotates. */
  private synchronized Renewed.Got<Signature> read() throws Exception {
    KeyPair pair = source.read();
    KeyName name = pair.secondary().isPresent() ? inUse : KeyName.PRIMARY;
    other =
        pair.secondary().isPresent()
            ? Optional.of(signature(name.other(), pair.key(name.other()), other))
            : Optional.empty();
    return new Renewed.Got<>(
        signature(name, pair.key(name), used()), clock.instant().plus(FRESH), Instant.MAX);
  }

  /** What signs now. */
  private Optional<Signing> used() {
    return signature.held().map(Signing.class::cast);
  }

  /** What a key signs; the same object for the same key, so that a refused one is known again. */
  private static Signing signature(KeyName name, MasterKey key, Optional<Signing> before) {
    return before
        .filter(signing -> signing.name() == name && signing.isOf(key))
        .orElseGet(() -> new Signing(name, key));
  }

  /** A key, as it signs. */
  private record Signing(KeyName name, MasterKey key) implements Signature {

    @Override
    public String authorization(Verb verb, ResourceType type, String link, String date) {
      return key.authorization(verb, type, link, date);
    }

    boolean isOf(MasterKey another) {
      return key.verifies(another.sign("", "", "", ""), "", "", "", "");
    }
  }

  /**
   * What to sign with now. Completes at once but for the first time, and on the context of the
   * caller. Fails with {@link CredentialException} if there is no key.
   */
  public Future<Signature> signature() {
    return signature.value();
  }

  /**
   * What to sign with after the account refused what was signed with {@code refused}: the key of
   * now, if that is another already; or what the key has become since, read anew; or the other key.
   * That itself, if there is nothing else.
   */
  public Future<Signature> insteadOf(Signature refused) {
    return signature()
        .compose(
            now ->
                now != refused
                    ? Future.succeededFuture(now)
                    : signature
                        .again()
                        .otherwise(refused)
                        .map(fresh -> fresh != refused ? fresh : instead(refused)));
  }

  /** The same, but never the other key: only what the key in use is now. */
  public Future<Signature> renewedInsteadOf(Signature refused) {
    return signature()
        .compose(
            now ->
                now != refused
                    ? Future.succeededFuture(now)
                    : signature.again().otherwise(refused));
  }

  /** Whether what signs now is this key, and not only what is to sign. */
  boolean signsWith(KeyName name) {
    return inUse == name && used().filter(signing -> signing.name() == name).isPresent();
  }

  private Signature instead(Signature refused) {
    return other.<Signature>map(signing -> signing).orElse(refused);
  }

  /** Which key is in use. */
  KeyName inUse() {
    return inUse;
  }

  /** The one that signs when the keys are read the next time. */
  void startWith(KeyName name) {
    inUse = name;
  }

  /** From now on this one signs. Blocks until it does; the one before is the other now. */
  void use(KeyName name) throws Exception {
    inUse = name;
    signature.replace(read());
  }
}
