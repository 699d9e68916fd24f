package dev.ephemeris.gateway.journal.folder;

import dev.ephemeris.gateway.journal.KeyedPseudonyms;
import dev.ephemeris.gateway.journal.Pseudonyms;
import dev.ephemeris.gateway.journal.log.LogKey;
import dev.ephemeris.gateway.journal.log.LogName;
import dev.ephemeris.gateway.journal.log.VerifierKey;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a journal is signed with, and its pseudonyms are made with. Never prints or gives back the
 * key. Immutable and safe to share.
 */
public final class JournalKey {

  /** Before a key that a demo made for itself. */
  public static final String DEVELOPMENT = "development:";

  private final LogKey log;
  private final Pseudonyms pseudonyms;

  private JournalKey(LogKey log, Pseudonyms pseudonyms) {
    this.log = log;
    this.pseudonyms = pseudonyms;
  }

  /** Whether the text is a key that must not sign anything real. */
  public static boolean isForDevelopment(String text) {
    return text.startsWith(DEVELOPMENT);
  }

  /**
   * A key from its file's or secret's text: 32 bytes in Base64, for development with {@link
   * #DEVELOPMENT} before it.
   *
   * @throws IllegalArgumentException if it is something else; the message doesn't repeat it
   */
  public static JournalKey parse(LogName name, String text) {
    String base64 = isForDevelopment(text) ? text.substring(DEVELOPMENT.length()) : text;
    byte[] seed;
    try {
      seed = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException notBase64) { // not passed on as the cause: it quotes the key
      throw new IllegalArgumentException("the journal's signing key is not Base64");
    }
    try {
      return new JournalKey(
          LogKey.of(name, seed), KeyedPseudonyms.of(new SecretKeySpec(seed, "HKDF")));
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /**
   * The same, never of one for development.
   *
   * @throws IllegalArgumentException if it is something else; the message doesn't repeat it
   */
  public static JournalKey ofProduction(LogName name, String text) {
    if (isForDevelopment(text)) {
      throw new IllegalArgumentException("the journal's signing key was made for development");
    }
    return parse(name, text);
  }

  /** What its checkpoints are verified by; public. */
  public VerifierKey verifierKey() {
    return log.verifierKey();
  }

  LogKey log() {
    return log;
  }

  /** What stands in the place of values in its records, the same at each start. */
  public Pseudonyms pseudonyms() {
    return pseudonyms;
  }

  @Override
  public String toString() {
    return "JournalKey[" + log.name() + "]";
  }
}
