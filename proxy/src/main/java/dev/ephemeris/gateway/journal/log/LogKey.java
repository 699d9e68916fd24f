package dev.ephemeris.gateway.journal.log;

import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * The name of a log and the Ed25519 key that signs its checkpoints. Neither prints nor gives back
 * the key. Immutable and safe to share.
 */
public final class LogKey {

  /** How many bytes a seed has. */
  public static final int SEED_LENGTH = Ed25519PrivateKeyParameters.KEY_SIZE;

  private final LogName name;
  private final Ed25519PrivateKeyParameters key;

  private LogKey(LogName name, Ed25519PrivateKeyParameters key) {
    this.name = name;
    this.key = key;
  }

  /**
   * The key of a seed, RFC 8032's private key; the caller may overwrite it afterwards.
   *
   * @throws IllegalArgumentException if it doesn't have {@value #SEED_LENGTH} bytes
   */
  public static LogKey of(LogName name, byte[] seed) {
    if (seed.length != SEED_LENGTH) {
      throw new IllegalArgumentException("the journal's signing key doesn't have 32 bytes");
    }
    return new LogKey(name, new Ed25519PrivateKeyParameters(seed, 0));
  }

  /** The log's name. */
  public LogName name() {
    return name;
  }

  /** What its signatures are checked by. */
  public VerifierKey verifierKey() {
    return new VerifierKey(name, key.generatePublicKey());
  }

  byte[] sign(byte[] text) {
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, key);
    signer.update(text, 0, text.length);
    return signer.generateSignature();
  }

  @Override
  public String toString() {
    return "LogKey[" + name + "]";
  }
}
