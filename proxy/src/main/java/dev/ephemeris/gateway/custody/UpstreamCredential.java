package dev.ephemeris.gateway.custody;

import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import io.vertx.core.Future;

/**
 * What the gateway itself is let in to a Cosmos DB account with. Thread-safe.
 *
 * @see <a
 *     href="https://learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources">
 *     Access control on Azure Cosmos DB resources</a>
 */
public sealed interface UpstreamCredential permits AccountKey, EntraToken {

  /** Makes the {@code authorization} headers of requests that are sent within the next seconds. */
  interface Signature {

    /**
     * The header, percent-encoded.
     *
     * @param link of the resource, see {@link dev.ephemeris.cosmos.Address#link}
     * @param date the request's {@code x-ms-date}
     */
    String authorization(Verb verb, ResourceType type, String link, String date);
  }

  /**
   * What to sign with now. Completes at once but for the first token of an identity, and on the
   * context of the caller. Fails with {@link CredentialException} if there is none.
   */
  Future<Signature> signature();

  /**
   * What to sign with after the service refused what was signed with {@code refused}, which has had
   * no effect then; that itself, if there is nothing else.
   */
  Future<Signature> insteadOf(Signature refused);

  /** Whether the service lets this credential do it at all, whatever the account's roles are. */
  boolean reaches(Operation operation);

  /** There is no credential now; the message says why, and holds no secret. */
  final class CredentialException extends Exception {
    CredentialException(String message) {
      super(message);
    }
  }
}
