package dev.ephemeris.simulator.jwk;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * New keys for RS256. To make one takes a tenth of a second and more, so that the next one is made
 * while nobody waits for it. Thread-safe.
 */
public final class RsaKeys {

  private static final int BITS = 2048;

  private static final AtomicReference<CompletableFuture<RSAKey>> NEXT =
      new AtomicReference<>(begun());

  private RsaKeys() {}

  /** One that nobody else has. */
  public static RSAKey take() {
    return NEXT.getAndSet(begun()).join();
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
