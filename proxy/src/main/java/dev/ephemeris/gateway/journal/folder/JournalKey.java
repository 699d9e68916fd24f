package dev.ephemeris.gateway.journal.folder;

import dev.ephemeris.gateway.custody.Reveals;
import dev.ephemeris.gateway.custody.VaultSecrets;
import dev.ephemeris.gateway.custody.VaultSecrets.VaultException;
import dev.ephemeris.gateway.journal.log.LogKey;
import dev.ephemeris.gateway.journal.log.LogName;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * What a journal is signed with, from its file or a key vault. Never prints or gives back the key.
 * Immutable and safe to share.
 */
public final class JournalKey {

  /** Before a key that a demo made for itself. */
  public static final String DEVELOPMENT = "development:";

  private final LogKey log;

  private JournalKey(LogKey log) {
    this.log = log;
  }

  /** Whether the text is a key that must not sign anything real. */
  public static boolean isForDevelopment(String text) {
    return text.startsWith(DEVELOPMENT);
  }

  /**
   * A key from its file's text: 32 bytes in Base64, for development with {@link #DEVELOPMENT}
   * before it.
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
      return new JournalKey(LogKey.of(name, seed));
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /**
   * A key from its secret in a vault, the newest version; never one for development.
   *
   * @throws VaultException if it can't be had, or is something else
   */
  @Reveals("to sign with it")
  public static JournalKey read(LogName name, VaultSecrets vault, String secret)
      throws VaultException {
    String text = vault.read(secret, Optional.empty()).value().reveal().strip();
    try {
      if (isForDevelopment(text)) {
        throw new IllegalArgumentException("the journal's signing key was made for development");
      }
      return parse(name, text);
    } catch (IllegalArgumentException e) {
      throw vault.isOfNoUse(secret, String.valueOf(e.getMessage()));
    }
  }

  LogKey log() {
    return log;
  }

  @Override
  public String toString() {
    return "JournalKey[" + log.name() + "]";
  }
}
