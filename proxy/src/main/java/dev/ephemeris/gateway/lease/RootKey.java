package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.custody.Reveals;
import dev.ephemeris.gateway.custody.Secret;
import dev.ephemeris.gateway.custody.VaultSecrets;
import dev.ephemeris.gateway.custody.VaultSecrets.VaultException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key from which leases' secrets are derived: HKDF-SHA256 (RFC 5869), another key for each
 * purpose. Never prints or gives back the key. Immutable and safe to share.
 */
public final class RootKey {

  private static final String HMAC = "HmacSHA256";
  private static final int MIN_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final char kid;
  private final Mac leaseTokens;
  private final Mac leaseRows;
  private final Mac leaseKeys;
  private final Mac continuations;
  private final Mac hiddenContinuations;
  private final Mac cookies;
  private final Mac roles;
  private final Mac refusals;
  private final Mac cursors;

  private RootKey(char kid, byte[] key) {
    this.kid = kid;
    this.leaseTokens = derive(key, "ephemeris/v1/lease-token");
    this.leaseRows = derive(key, "ephemeris/v1/lease-row");
    this.leaseKeys = derive(key, "ephemeris/v1/lease-key");
    this.continuations = derive(key, "ephemeris/v1/continuation");
    this.hiddenContinuations = derive(key, "ephemeris/v1/hidden-continuation");
    this.cookies = derive(key, "ephemeris/v1/cookie");
    this.roles = derive(key, "ephemeris/v1/role");
    this.refusals = derive(key, "ephemeris/v1/refusal");
    this.cursors = derive(key, "ephemeris/v1/cursor");
  }

  /** Before a key that a demo made for itself. */
  public static final String DEVELOPMENT = "development:";

  /** Whether the text is a key that must not guard anything real. */
  public static boolean isForDevelopment(String text) {
    return text.startsWith(DEVELOPMENT);
  }

  /**
   * A root key from its file's text: at least 32 bytes in Base64, for development with {@link
   * #DEVELOPMENT} before it.
   *
   * @throws IllegalArgumentException if it is something else; the message doesn't repeat it
   */
  public static RootKey parse(char kid, String text) {
    String base64 = isForDevelopment(text) ? text.substring(DEVELOPMENT.length()) : text;
    byte[] key;
    try {
      key = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException notBase64) { // not passed on as the cause: it quotes the key
      throw new IllegalArgumentException("the root key is not Base64");
    }
    try {
      if (key.length < MIN_BYTES) {
        throw new IllegalArgumentException("the root key is shorter than 32 bytes");
      }
      return new RootKey(kid, key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * A root key from its secret in a vault, the newest version; never one for development.
   *
   * @throws VaultException if it can't be had, or is something else
   */
  public static RootKey read(char kid, VaultSecrets vault, String name) throws VaultException {
    return of(kid, vault, name, vault.read(name, Optional.empty()).value());
  }

  /** The same of what a secret was found to be. */
  @Reveals("to derive from it")
  static RootKey of(char kid, VaultSecrets vault, String name, Secret secret)
      throws VaultException {
    String text = secret.reveal().strip();
    try {
      if (isForDevelopment(text)) {
        throw new IllegalArgumentException("the root key was made for development");
      }
      return parse(kid, text);
    } catch (IllegalArgumentException e) {
      throw vault.isOfNoUse(name, String.valueOf(e.getMessage()));
    }
  }

  /** A new one's text, as its file or secret has it. */
  static Secret random() {
    byte[] key = new byte[MIN_BYTES];
    RANDOM.nextBytes(key);
    try {
      return new Secret(Base64.getEncoder().encodeToString(key));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** The id that lease ids begin with. */
  public char kid() {
    return kid;
  }

  byte[] leaseTokenMac(byte[] message) {
    return mac(leaseTokens, message);
  }

  byte[] leaseRowMac(byte[] message) {
    return mac(leaseRows, message);
  }

  byte[] continuationMac(byte[] message) {
    return mac(continuations, message);
  }

  /** 32 bytes of which the message is the only one that has them. */
  byte[] hiddenContinuationKey(byte[] message) {
    return mac(hiddenContinuations, message);
  }

  byte[] cookieMac(byte[] message) {
    return mac(cookies, message);
  }

  byte[] refusalMac(byte[] message) {
    return mac(refusals, message);
  }

  byte[] cursorMac(byte[] message) {
    return mac(cursors, message);
  }

  byte[] roleMac(byte[] message) {
    return mac(roles, message);
  }

  /** The 64 bytes of a lease's key: as long as an account's. */
  byte[] leaseKey(byte[] lease) {
    byte[] key = new byte[64];
    for (byte half = 0; half < 2; half++) {
      byte[] numbered = Arrays.copyOf(lease, lease.length + 1);
      numbered[lease.length] = half;
      System.arraycopy(mac(leaseKeys, numbered), 0, key, half * 32, 32);
    }
    return key;
  }

  private static Mac derive(byte[] root, String purpose) {
    try {
      SecretKey key =
          KDF.getInstance("HKDF-SHA256")
              .deriveKey(
                  HMAC,
                  HKDFParameterSpec.ofExtract()
                      .addIKM(new SecretKeySpec(root, "Generic"))
                      .thenExpand(purpose.getBytes(java.nio.charset.StandardCharsets.UTF_8), 32));
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("JDK 25 has HKDF-SHA256 and " + HMAC, e);
    }
  }

  /** Keyed Macs are cloned for each use: they aren't thread-safe themselves. */
  private static byte[] mac(Mac keyed, byte[] message) {
    try {
      return ((Mac) keyed.clone()).doFinal(message);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's " + HMAC + " can be cloned", e);
    }
  }

  @Override
  public String toString() {
    return "RootKey[kid=" + kid + "]";
  }
}
