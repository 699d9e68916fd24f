package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosAsyncDatabase;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosClientEncryptionKeyProperties;
import com.azure.cosmos.models.CosmosClientEncryptionKeyResponse;
import com.azure.cosmos.models.EncryptionKeyWrapMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** Client encryption keys by azure-cosmos for Java, and by hand what it can't do. */
class ClientEncryptionKeysTest {

  private static final String KEYS = "dbs/shop/clientencryptionkeys";

  private static RunningSimulator running;
  private static CosmosAsyncClient client;
  private static RawClient raw;
  private CosmosAsyncDatabase shop;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    client = running.sdk().buildAsyncClient();
    raw = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    client.close();
    running.close();
  }

  @BeforeEach
  void aDatabase() {
    running.resetWithContainer();
    shop = client.getDatabase("shop");
  }

  private static CosmosClientEncryptionKeyProperties key(String id, String wrappedBy) {
    return new CosmosClientEncryptionKeyProperties(
        id,
        "AEAD_AES_256_CBC_HMAC_SHA256",
        new byte[] {1, 2, 3},
        new EncryptionKeyWrapMetadata("AZURE_KEY_VAULT", "kek", wrappedBy, "RSA-OAEP"));
  }

  @Test
  void createsReadsReplacesListsAndQueries() {
    CosmosClientEncryptionKeyResponse created =
        got(shop.createClientEncryptionKey(key("cek", "https://vault.test/1")));
    got(shop.createClientEncryptionKey(key("other", "https://vault.test/1")));

    CosmosClientEncryptionKeyProperties read =
        got(shop.getClientEncryptionKey("cek").read()).getProperties();
    CosmosClientEncryptionKeyResponse replaced =
        got(shop.getClientEncryptionKey("cek").replace(key("cek", "https://vault.test/2")));

    assertThat(created.getStatusCode()).isEqualTo(201);
    assertThat(read.getId()).isEqualTo("cek");
    assertThat(read.getWrappedDataEncryptionKey()).containsExactly(1, 2, 3);
    assertThat(read.getETag()).isEqualTo(created.getProperties().getETag());
    assertThat(replaced.getStatusCode()).isEqualTo(200);
    assertThat(replaced.getProperties().getETag()).isNotEqualTo(read.getETag());
    assertThat(shop.readAllClientEncryptionKeys().toIterable())
        .extracting(CosmosClientEncryptionKeyProperties::getId)
        .containsExactly("cek", "other");
    assertThat(shop.queryClientEncryptionKeys("SELECT * FROM c WHERE c.id = 'cek'").toIterable())
        .extracting(found -> found.getEncryptionKeyWrapMetadata().getValue())
        .containsExactly("https://vault.test/2");
    assertThat(running.simulator.effects())
        .extracting(Effect::operation, Effect::resource)
        .contains(
            org.assertj.core.groups.Tuple.tuple("WRITE_CLIENT_ENCRYPTION_KEY", KEYS + "/cek"));
  }

  @Test
  void belongsToOneDatabase() {
    running.simulator.createDatabase("other");
    got(shop.createClientEncryptionKey(key("cek", "https://vault.test/1")));

    assertFails(404, client.getDatabase("other").getClientEncryptionKey("cek").read());
    assertFails(409, shop.createClientEncryptionKey(key("cek", "https://vault.test/1")));
    assertFails(404, shop.getClientEncryptionKey("none").read());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST |      | {'encryptionAlgorithm': 'x'}      |       | 400",
        "POST |      | []                                |       | 400",
        "PUT  | /cek | {'id': 'renamed'}                 |       | 400",
        "PUT  | /cek | {'encryptionAlgorithm': 'x'}      |       | 400",
        "PUT  | /cek | {'id': 'cek'}                     | \"0\" | 412",
        "PUT  | /cek | {'id': 'cek'}                     | *     | 200",
        "DELETE | /cek | ''                              |       | 405",
        "PUT  |      | {'id': 'cek'}                     |       | 405",
        "GET  | /cek/colls | ''                          |       | 404"
      })
  void refusesWhatIsNoKey(String method, String rest, String body, String etag, int status)
      throws Exception {
    got(shop.createClientEncryptionKey(key("cek", "https://vault.test/1")));
    ResourcePath path = ResourcePath.parse("/" + KEYS + (rest == null ? "" : rest));
    RawClient.Request request =
        raw.request(method, "/" + String.join("/", path.segments()))
            .signed(path.resourceType(), path.link());
    if (etag != null) {
      request.header("if-match", etag);
    }

    assertThat(request.body(body).send().status()).isEqualTo(status);
  }

  private static void assertFails(int status, Mono<?> call) {
    CosmosException thrown = catchThrowableOfType(CosmosException.class, call::block);

    assertThat(thrown.getStatusCode()).isEqualTo(status);
  }

  private static <T> T got(Mono<T> call) {
    return call.blockOptional().orElseThrow();
  }
}
