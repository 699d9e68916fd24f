package dev.ephemeris.gateway.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** SHA-256. */
public final class Digest {

  private Digest() {}

  /** A digest over parts with their lengths, so that no two collide by spelling; hexadecimal. */
  public static String of(String... parts) {
    MessageDigest sha256 = sha256();
    for (String part : parts) {
      byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
      sha256.update((utf8.length + ":").getBytes(StandardCharsets.US_ASCII));
      sha256.update(utf8);
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  /** A digest over a text as it stands: {@code sha256:} and hexadecimal digits. */
  public static String ofText(String text) {
    return "sha256:"
        + HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** In Base64, as RFC 7636 §4.2 has it. */
  public static String base64Url(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
