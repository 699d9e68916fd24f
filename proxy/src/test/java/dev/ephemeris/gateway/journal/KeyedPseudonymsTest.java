package dev.ephemeris.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class KeyedPseudonymsTest {

  private static final SecretKeySpec KEY = key(1);

  private final Pseudonyms pseudonyms = KeyedPseudonyms.of(KEY);

  private static SecretKeySpec key(int first) {
    byte[] key = new byte[32];
    key[0] = (byte) first;
    return new SecretKeySpec(key, "Generic");
  }

  /** HKDF and HMAC as RFC 5869 and RFC 2104 have them, step by step. */
  @Test
  void anybodyWithTheKeyCanWorkThemOut() throws Exception {
    byte[] prk = hmac(new byte[32], KEY.getEncoded());
    byte[] key = hmac(prk, bytes("ephemeris/v1/journal-pseudonym\u0001"));

    assertThat(pseudonyms.of(Pseudonyms.ITEM_ID, "order-1"))
        .isEqualTo(
            "hmac-sha256:" + HexFormat.of().formatHex(hmac(key, bytes("itemId\u0000order-1"))));
  }

  @Property
  void theSameHasOneAndAnotherHasAnother(@ForAll String one, @ForAll String other) {
    assertThat(pseudonyms.of(Pseudonyms.ITEM_ID, one))
        .isEqualTo(KeyedPseudonyms.of(KEY).of(Pseudonyms.ITEM_ID, one))
        .isNotEqualTo(pseudonyms.of(Pseudonyms.PARTITION_KEY, one))
        .isNotEqualTo(KeyedPseudonyms.of(key(2)).of(Pseudonyms.ITEM_ID, one));
    if (!bytesAlike(one, other)) {
      assertThat(pseudonyms.of(Pseudonyms.ITEM_ID, other))
          .isNotEqualTo(pseudonyms.of(Pseudonyms.ITEM_ID, one));
    }
  }

  @Test
  void theKeyIsNotPrinted() {
    assertThat(pseudonyms).hasToString("KeyedPseudonyms[…]");
  }

  /** Halves of surrogate pairs are one and the same in UTF-8. */
  private static boolean bytesAlike(String one, String other) {
    return java.util.Arrays.equals(bytes(one), bytes(other));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] hmac(byte[] key, byte[] message) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(message);
  }
}
