package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosConflictRequestOptions;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** There are no conflicts where one region writes, but their feed answers. */
class ConflictsTest {

  private static final String ORDERS = "dbs/shop/colls/orders";

  private static RunningSimulator running;
  private static CosmosAsyncClient client;
  private static RawClient raw;
  private CosmosAsyncContainer orders;

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
  void oneItem() {
    running.resetWithContainer();
    running.put("{'id': '1', 'pk': 'a'}");
    orders = client.getDatabase("shop").getContainer("orders");
  }

  @Test
  void areListedAndQueriedAsNone() {
    assertThat(orders.readAllConflicts(new CosmosQueryRequestOptions()).toIterable()).isEmpty();
    assertThat(orders.queryConflicts("SELECT * FROM c").toIterable()).isEmpty();
    assertThat(running.simulator.received())
        .extracting(ReceivedRequest::target)
        .filteredOn(target -> target.endsWith("/conflicts"))
        .hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void areNeitherReadNorDeleted() {
    CosmosConflictRequestOptions onA =
        new CosmosConflictRequestOptions().setPartitionKey(new PartitionKey("a"));

    assertNotFound(() -> orders.getConflict("none").read(onA).block());
    assertNotFound(() -> orders.getConflict("none").delete(onA).block());
    assertThat(running.simulator.effects()).isEmpty();
  }

  private static void assertNotFound(Runnable call) {
    CosmosException thrown = catchThrowableOfType(CosmosException.class, call::run);
    assertThat(thrown).isNotNull();
    assertThat(thrown.getStatusCode()).isEqualTo(404);
    assertThat(thrown.getSubStatusCode()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET    | /conflicts     |       | 200",
        "POST   | /conflicts     | query | 200",
        "POST   | /conflicts     |       | 405",
        "PUT    | /conflicts     |       | 405",
        "GET    | /conflicts/x   |       | 404",
        "PUT    | /conflicts/x   |       | 404",
        "DELETE | /conflicts/x   |       | 404",
      })
  void answerByHandToo(String method, String path, String selector, int status) throws Exception {
    ResourcePath parsed = ResourcePath.parse("/" + ORDERS + path);
    RawClient.Request request =
        raw.request(method, "/" + ORDERS + path)
            .signed(parsed.resourceType(), parsed.link())
            .header("x-ms-documentdb-partitionkey", "[\"a\"]");
    if (selector != null) {
      request.header("x-ms-documentdb-isquery", "true").body("{'query': 'SELECT * FROM c'}");
    }

    RawClient.Reply reply = request.send();

    assertThat(reply.status()).isEqualTo(status);
    if (status == 200) {
      JsonNode feed = reply.json();
      assertThat(feed.path("_rid").textValue()).isEqualTo(running.simulator.rid("shop", "orders"));
      assertThat(feed.path("Conflicts").isArray()).isTrue();
      assertThat(feed.path("_count").intValue()).isZero();
    }
  }

  @Test
  void refuseAQueryThatIsNone() throws Exception {
    RawClient.Reply reply =
        raw.request("POST", "/" + ORDERS + "/conflicts")
            .signed("conflicts", ORDERS)
            .header("x-ms-documentdb-isquery", "true")
            .body("{'query': 'SELECT FROM'}")
            .send();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.message()).contains("Syntax error");
  }
}
