package dev.ephemeris.gateway.journal.log;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** A SHA-256 hash of a Merkle tree, as RFC 6962 section 2.1 has it. Immutable. */
public final class Hash {

  static final int LENGTH = 32;

  // RFC 6962 §2.1: a leaf is hashed otherwise than a node, so that neither passes for the other.
  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  /** Of a tree without leaves. */
  static final Hash EMPTY = new Hash(sha256().digest());

  private final byte[] bytes;

  private Hash(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Of an entry. */
  static Hash leaf(byte[] entry) {
    MessageDigest digest = sha256();
    digest.update(LEAF);
    return new Hash(digest.digest(entry));
  }

  /** Of what two subtrees have above them. */
  static Hash node(Hash left, Hash right) {
    MessageDigest digest = sha256();
    digest.update(NODE);
    digest.update(left.bytes);
    return new Hash(digest.digest(right.bytes));
  }

  /** The hash whose 32 bytes begin at {@code offset}. */
  static Hash at(byte[] bytes, int offset) {
    return new Hash(Arrays.copyOfRange(bytes, offset, offset + LENGTH));
  }

  /** Reads what {@link #toString} writes; empty if it is anything else. */
  static Optional<Hash> parse(String text) {
    return Base64Text.decode(text).filter(bytes -> bytes.length == LENGTH).map(Hash::new);
  }

  byte[] bytes() {
    return bytes.clone();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hash hash && MessageDigest.isEqual(bytes, hash.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** In Base64, as checkpoints and proofs have it. */
  @Override
  public String toString() {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
