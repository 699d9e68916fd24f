package dev.ephemeris.gateway.journal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Pseudonyms by a key of the journal's own: {@code hmac-sha256:} and the hexadecimal digits of
 * HMAC-SHA256 (RFC 2104) over the kind, a NUL and the value in UTF-8. Without the key nobody can
 * find a value by trying all that there may be.
 *
 * <p>Never prints or gives back the key. Thread-safe.
 */
public final class KeyedPseudonyms implements Pseudonyms {

  private static final String HMAC = "HmacSHA256";
  private static final byte[] PURPOSE =
      "ephemeris/v1/journal-pseudonym".getBytes(StandardCharsets.UTF_8);

  /** Ready for use, one for each thread: a Mac isn't thread-safe, and takes long to make. */
  private final ThreadLocal<Mac> keyed;

  private KeyedPseudonyms(SecretKey key) {
    this.keyed = ThreadLocal.withInitial(() -> mac(key));
  }

  /**
   * By a key that is derived from this one by HKDF-SHA256 (RFC 5869), for this purpose alone.
   *
   * @param key of the journal, 32 bytes at least, and the same at each start: with another one,
   *     each value has another pseudonym
   */
  public static KeyedPseudonyms of(SecretKey key) {
    try {
      return new KeyedPseudonyms(
          KDF.getInstance("HKDF-SHA256")
              .deriveKey(HMAC, HKDFParameterSpec.ofExtract().addIKM(key).thenExpand(PURPOSE, 32)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("JDK 25 has HKDF-SHA256", e);
    }
  }

  private static Mac mac(SecretKey key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("JDK 25 has " + HMAC, e);
    }
  }

  @Override
  public String of(String kind, String value) {
    Mac mac = keyed.get();
    mac.update(kind.getBytes(StandardCharsets.UTF_8));
    mac.update((byte) 0); // no kind has it: where the value begins is plain
    return "hmac-sha256:"
        + HexFormat.of().formatHex(mac.doFinal(value.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public String toString() {
    return "KeyedPseudonyms[…]";
  }
}
