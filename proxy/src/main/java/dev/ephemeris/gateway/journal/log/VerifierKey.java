package dev.ephemeris.gateway.journal.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * What a log's signatures are checked by: a C2SP signed-note verifier key of Ed25519. Public.
 * Immutable and safe to share.
 */
public final class VerifierKey {

  /** C2SP signed-note: Ed25519 over the note's text. */
  private static final byte ED25519 = 1;

  private static final Pattern FORM = Pattern.compile("([^+]+)\\+([0-9a-f]{8})\\+(.+)");

  private final LogName name;
  private final Ed25519PublicKeyParameters key;
  private final int id;

  VerifierKey(LogName name, Ed25519PublicKeyParameters key) {
    this.name = name;
    this.key = key;
    this.id = id(name, key);
  }

  /**
   * Reads {@code name+id+key}, as {@link #toString} writes it.
   *
   * @throws IllegalArgumentException if it isn't that, or the id isn't of that key
   */
  public static VerifierKey parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("expected a verifier key, such as name+0123abcd+AX…");
    }
    Optional<byte[]> typed = Base64Text.decode(parts.group(3));
    if (typed.isEmpty()
        || typed.get().length != 1 + Ed25519PublicKeyParameters.KEY_SIZE
        || typed.get()[0] != ED25519) {
      throw new IllegalArgumentException("the verifier key isn't one of Ed25519");
    }
    VerifierKey key = new VerifierKey(new LogName(parts.group(1)), point(typed.get()));
    if (!key.idText().equals(parts.group(2))) {
      throw new IllegalArgumentException("the verifier key's id isn't that of its name and key");
    }
    return key;
  }

  private static Ed25519PublicKeyParameters point(byte[] typed) {
    try {
      return new Ed25519PublicKeyParameters(typed, 1);
    } catch (IllegalArgumentException notAPoint) {
      throw new IllegalArgumentException("the verifier key isn't one of Ed25519", notAPoint);
    }
  }

  private static int id(LogName name, Ed25519PublicKeyParameters key) {
    MessageDigest digest = Hash.sha256();
    digest.update((name.text() + "\n").getBytes(StandardCharsets.UTF_8));
    digest.update(ED25519);
    return ByteBuffer.wrap(digest.digest(key.getEncoded())).getInt();
  }

  /** Whose key it is. */
  public LogName name() {
    return name;
  }

  int id() {
    return id;
  }

  boolean verifies(byte[] text, byte[] signature) {
    Ed25519Signer verifier = new Ed25519Signer();
    verifier.init(false, key);
    verifier.update(text, 0, text.length);
    return verifier.verifySignature(signature);
  }

  private String idText() {
    return HexFormat.of().toHexDigits(id);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifierKey that
        && name.equals(that.name)
        && Arrays.equals(key.getEncoded(), that.key.getEncoded());
  }

  @Override
  public int hashCode() {
    return id;
  }

  @Override
  public String toString() {
    byte[] point = key.getEncoded();
    byte[] typed = new byte[1 + point.length];
    typed[0] = ED25519;
    System.arraycopy(point, 0, typed, 1, point.length);
    return name + "+" + idText() + "+" + Base64.getEncoder().encodeToString(typed);
  }
}
