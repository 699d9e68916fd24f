package dev.ephemeris.cosmos;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * An account key: signs requests and verifies signatures. Never prints or gives back the key.
 *
 * <p>A signature covers verb, resource type, resource link and date, and nothing else: not the
 * body, the query string, the other headers or the host. Whoever sees one can replay it for twenty
 * minutes, so signed requests travel over TLS only.
 *
 * <p>Immutable and safe to share.
 *
 * @see <a
 *     href="https://learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources">
 *     Access control on Azure Cosmos DB resources</a>
 */
public final class MasterKey {

  private static final String ALGORITHM = "HmacSHA256";

  /** Keyed once and cloned for each use, which is cheaper than finding a provider each time. */
  private final Mac keyed;

  private MasterKey(byte[] key) {
    try {
      keyed = Mac.getInstance(ALGORITHM);
      keyed.init(new SecretKeySpec(key, ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  /**
   * The key as Azure hands it out.
   *
   * @throws IllegalArgumentException if it isn't Base64 or empty; the message doesn't repeat it
   */
  public static MasterKey ofBase64(String base64) {
    byte[] key;
    try {
      key = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException notBase64) { // not passed on as the cause: it quotes the key
      throw new IllegalArgumentException("the account key is not Base64");
    }
    if (key.length == 0) {
      throw new IllegalArgumentException("the account key is empty");
    }
    try {
      return new MasterKey(key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * The Base64 signature of a request.
   *
   * @param link the resource link, see {@link Address#link}
   * @param date the {@code x-ms-date} header, exactly as sent
   */
  public String sign(Verb verb, ResourceType type, String link, String date) {
    return sign(verb.name(), type.signedAs(), link, date);
  }

  /** The same for a resource type that only its literal names. */
  public String sign(String verb, String resourceType, String link, String date) {
    return Base64.getEncoder().encodeToString(mac(stringToSign(verb, resourceType, link, date)));
  }

  /** The {@code authorization} header of a signed request, percent-encoded. */
  public String authorization(Verb verb, ResourceType type, String link, String date) {
    return URLEncoder.encode(
        "type=master&ver=1.0&sig=" + sign(verb, type, link, date), StandardCharsets.UTF_8);
  }

  /** Whether this key made the signature; takes as long whether it did or not. */
  public boolean verifies(
      String signature, String verb, String resourceType, String link, String date) {
    return MessageDigest.isEqual(
        sign(verb, resourceType, link, date).getBytes(StandardCharsets.UTF_8),
        signature.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The text that a signature covers; it holds no secret, and the service shows it in its errors.
   */
  public static String stringToSign(String verb, String resourceType, String link, String date) {
    return verb.toLowerCase(Locale.ROOT)
        + '\n'
        + resourceType.toLowerCase(Locale.ROOT)
        + '\n'
        + link
        + '\n'
        + date.toLowerCase(Locale.ROOT)
        + "\n\n";
  }

  private byte[] mac(String text) {
    try {
      Mac mac = (Mac) keyed.clone();
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's " + ALGORITHM + " can be cloned", e);
    }
  }

  @Override
  public String toString() {
    return "MasterKey[…]";
  }
}
