package dev.ephemeris.simulator.jwk;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keys for RS256. To make one takes a tenth of a second and more: the next one is made while nobody
 * waits for it, and those that are given back are taken again. Thread-safe.
 */
public final class RsaKeys {

  private static final int BITS = 2048;

  private static final AtomicReference<CompletableFuture<RSAKey>> NEXT =
      new AtomicReference<>(begun());

  private static final Queue<RSAKey> GIVEN_BACK = new ConcurrentLinkedQueue<>();

  private RsaKeys() {}

  /** One that nobody else has now. */
  public static RSAKey take() {
    RSAKey again = GIVEN_BACK.poll();
    return again == null ? NEXT.getAndSet(begun()).join() : again;
  }

  /** Of whoever signs nothing with it any more. */
  public static void giveBack(RSAKey key) {
    GIVEN_BACK.add(key);
  }

  private static CompletableFuture<RSAKey> begun() {
    return CompletableFuture.supplyAsync(RsaKeys::generate);
  }

  private static RSAKey generate() {
    try {
      return new RSAKeyGenerator(BITS)
          .keyUse(KeyUse.SIGNATURE)
          .algorithm(JWSAlgorithm.RS256)
          .keyIDFromThumbprint(true)
          .generate();
    } catch (JOSEException e) {
      throw new IllegalStateException("This JDK can't make RSA keys", e);
    }
  }
}
