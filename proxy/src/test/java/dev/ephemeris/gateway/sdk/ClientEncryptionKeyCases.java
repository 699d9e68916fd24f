package dev.ephemeris.gateway.sdk;

import com.azure.cosmos.CosmosAsyncDatabase;
import com.azure.cosmos.models.CosmosClientEncryptionKeyProperties;
import com.azure.cosmos.models.EncryptionKeyWrapMetadata;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** On client encryption keys, of which {@value #FIRST} is there at first. */
final class ClientEncryptionKeyCases {

  static final String FIRST = "cek";

  private ClientEncryptionKeyCases() {}

  static Map<String, Case> all() {
    return Map.of(
        "create-client-encryption-key",
        at -> JavaAnswers.resource(got(at.asyncDatabase().createClientEncryptionKey(key("new")))),
        "create-client-encryption-key-that-is-there",
        at -> JavaAnswers.resource(got(at.asyncDatabase().createClientEncryptionKey(key(FIRST)))),
        "read-client-encryption-key",
        at -> read(at, FIRST),
        "read-client-encryption-key-that-is-missing",
        at -> read(at, "none"),
        "replace-client-encryption-key",
        at ->
            JavaAnswers.resource(
                got(
                    at.asyncDatabase()
                        .getClientEncryptionKey(FIRST)
                        .replace(key(FIRST).setWrappedDataEncryptionKey(new byte[] {4, 5, 6})))),
        "list-client-encryption-keys",
        at ->
            JavaAnswers.resources(
                at.asyncDatabase().readAllClientEncryptionKeys().byPage().toIterable()),
        "query-client-encryption-keys",
        at ->
            JavaAnswers.resources(
                at.asyncDatabase()
                    .queryClientEncryptionKeys("SELECT * FROM c WHERE c.id = '" + FIRST + "'")
                    .byPage()
                    .toIterable()));
  }

  private static JsonNode read(Place at, String id) {
    return JavaAnswers.resource(got(at.asyncDatabase().getClientEncryptionKey(id).read()));
  }

  /** Wrapped by nothing that there is: nobody unwraps it here. */
  static CosmosClientEncryptionKeyProperties key(String id) {
    return new CosmosClientEncryptionKeyProperties(
        id,
        "AEAD_AES_256_CBC_HMAC_SHA256",
        new byte[] {1, 2, 3},
        new EncryptionKeyWrapMetadata(
            "AZURE_KEY_VAULT", "kek", "https://vault.test/keys/kek/1", "RSA-OAEP"));
  }

  /** The same as in the service's REST API. */
  static ObjectNode definition(String id) {
    return (ObjectNode) JavaAnswers.resource(key(id));
  }

  /** Whether a database has the first key as it was at first, and no other. */
  static boolean areAsAtFirst(CosmosAsyncDatabase database) {
    return database
        .readAllClientEncryptionKeys()
        .collectList()
        .blockOptional()
        .filter(
            keys ->
                keys.size() == 1
                    && keys.getFirst().getId().equals(FIRST)
                    && Objects.deepEquals(
                        keys.getFirst().getWrappedDataEncryptionKey(),
                        key(FIRST).getWrappedDataEncryptionKey()))
        .isPresent();
  }

  private static <T> T got(Mono<T> call) {
    return call.blockOptional().orElseThrow();
  }
}
