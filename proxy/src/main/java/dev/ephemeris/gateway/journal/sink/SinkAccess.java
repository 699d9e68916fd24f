package dev.ephemeris.gateway.journal.sink;

import dev.ephemeris.config.EntraIdentity;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.config.SecretSource;
import java.time.Instant;

/**
 * What sinks get in by, and what of Azure they reach only by Azure's own library. Calls block.
 * Thread-safe.
 */
public interface SinkAccess {

  /**
   * An access token.
   *
   * @param value a secret
   */
  record Token(String value, Instant expiresAt) {
    @Override
    public String toString() {
      return "Token[…]";
    }
  }

  /**
   * A secret as it is now.
   *
   * @throws SinkException if it can't be had; the message names the place, never the secret
   */
  String secret(SecretSource source) throws SinkException;

  /**
   * A token for the resource that the scope names.
   *
   * @throws SinkException if Entra ID gives none
   */
  Token token(EntraIdentity identity, String scope) throws SinkException;

  /**
   * The blobs of a container. Asks for none yet.
   *
   * @throws SinkException if what it is to sign in with can't be had
   */
  Blobs blobs(JournalSink.Blob settings) throws SinkException;
}
