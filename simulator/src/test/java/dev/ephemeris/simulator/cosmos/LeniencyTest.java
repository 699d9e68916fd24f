package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README lists under "Lenient on purpose". */
class LeniencyTest {

  private static final String ORDERS = "dbs/shop/colls/orders";
  private static final String ITEM = ORDERS + "/docs/1";
  private static final String KEY = "x-ms-documentdb-partitionkey";

  private static RunningSimulator running;
  private static RawClient client;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    client = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @BeforeEach
  void twoItems() {
    running.resetWithContainer();
    running.put("{'id': '1', 'pk': 'a', 'secret': 1}");
    running.put("{'id': '2', 'pk': 'b', 'secret': 2}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//dbs///shop//colls/orders/docs/1",
        "/dbs/shop/colls/orders/docs/1/",
        "/dbs/shop/colls/orders/docs/./1",
        "/dbs/shop/colls/hidden/../orders/docs/1",
        "/dbs/shop/colls/hidden/%2e%2E/orders/docs/1",
        "/dbs/shop/colls/orders%2fdocs%2F1",
        "/dbs/shop/colls/orders%5Cdocs/1",
        "/DBS/shop/Colls/orders/dOcs/1",
        "/dbs/shop/colls/orders/docs/%31",
        "/dbs/shop/colls/orders/docs/1?x=/dbs/other",
      })
  void readsManySpellingsOfOnePath(String target) throws Exception {
    RawClient.Reply reply =
        client.request("GET", target).signed("docs", ITEM).header(KEY, "[\"a\"]").send();

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("secret").intValue()).isEqualTo(1);
  }

  @Test
  void decodesOnlyOnce() throws Exception {
    RawClient.Reply reply =
        client
            .request("GET", "/dbs/shop/colls/orders/docs/%2531")
            .signed("docs", ORDERS + "/docs/%31")
            .header(KEY, "[\"a\"]")
            .send();

    assertThat(reply.status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({"GET,x-http-method", "GET,X-HTTP-Method-Override", "POST,X-Method-Override"})
  void letsAHeaderChangeTheMethod(String method, String header) throws Exception {
    RawClient.Reply reply =
        client
            .request(method, "/" + ITEM)
            .signed("docs", ITEM)
            .header(KEY, "[\"a\"]")
            .header(header, "DELETE")
            .send();

    assertThat(reply.status()).isEqualTo(204);
  }

  @Test
  void answersHeadAsGetWithoutTheBody() throws Exception {
    RawClient.Reply reply =
        client.request("HEAD", "/" + ITEM).signed("docs", ITEM).header(KEY, "[\"a\"]").send();

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.response().body()).isEmpty();
    assertThat(Integer.parseInt(reply.header("content-length"))).isPositive();
    assertThat(reply.header("etag")).isNotEmpty();
  }

  @Test
  void takesTheLastOfTwoHeaders() throws Exception {
    RawClient.Reply reply =
        client
            .request("GET", "/" + ORDERS + "/docs/2")
            .signed("docs", ORDERS + "/docs/2")
            .header(KEY, "[\"a\"]")
            .header(KEY, "[\"b\"]")
            .send();

    assertThat(reply.status()).isEqualTo(200);
  }

  @Test
  void takesThePlanBeforeTheQueryBeforeTheBatchBeforeTheUpsert() throws Exception {
    String query = "{'query': 'SELECT * FROM c'}";

    assertThat(
            post(query, CosmosHeaders.IS_QUERY_PLAN, CosmosHeaders.IS_QUERY)
                .path("queryInfo")
                .isObject())
        .isTrue();
    assertThat(
            post(query, CosmosHeaders.IS_QUERY, CosmosHeaders.IS_BATCH).path("_count").intValue())
        .isEqualTo(2);
    assertThat(
            post("{'id': '9', 'pk': 'a'}", CosmosHeaders.IS_BATCH, CosmosHeaders.IS_UPSERT)
                .path("message"))
        .hasToString(
            post("{'id': '9', 'pk': 'a'}", CosmosHeaders.IS_BATCH, CosmosHeaders.IS_BATCH)
                .path("message")
                .toString());
    assertThat(
            post("{'id': '9', 'pk': 'a'}", CosmosHeaders.IS_UPSERT, CosmosHeaders.IS_UPSERT)
                .path("id")
                .textValue())
        .isEqualTo("9");
  }

  private static JsonNode post(String body, String... selectors) throws Exception {
    RawClient.Request request =
        client
            .request("POST", "/" + ORDERS + "/docs")
            .signed("docs", ORDERS)
            .header("x-ms-activity-id", "11111111-2222-3333-4444-555555555555");
    if (!body.contains("query")) {
      request.header(KEY, "[\"a\"]");
    }
    for (String selector : selectors) {
      request.header(selector, "True");
    }
    return request.body(body).send().json();
  }

  @Test
  void takesTheContentTypeAloneForAQuery() throws Exception {
    RawClient.Reply reply =
        client
            .request("POST", "/" + ORDERS + "/docs")
            .signed("docs", ORDERS)
            .header("content-type", "application/query+json")
            .body("{'query': 'SELECT VALUE c.secret FROM c'}")
            .send();

    assertThat(reply.json().path("Documents")).hasSize(2);
  }

  @Test
  void tellsPartitionKeysToWhoAsksForStatistics() throws Exception {
    RawClient.Reply reply =
        client
            .request("GET", "/" + ORDERS)
            .signed("colls", ORDERS)
            .header("x-ms-documentdb-populatepartitionstatistics", "true")
            .send();

    assertThat(reply.json().path("statistics").findValues("partitionKey").toString())
        .contains("[\"a\"]", "[\"b\"]");
  }

  @Test
  void readsItemsByRid() throws Exception {
    JsonNode item =
        client.request("GET", "/" + ITEM).signed("docs", ITEM).header(KEY, "[\"a\"]").send().json();
    String rid = item.path("_rid").textValue();

    RawClient.Reply reply =
        client
            .request("GET", "/" + item.path("_self").textValue())
            .signed("docs", rid.toLowerCase(Locale.ROOT))
            .header(KEY, "[\"a\"]")
            .send();

    assertThat(reply.json()).isEqualTo(item);
  }

  @Test
  void givesTheAddressesOfReplicas() throws Exception {
    RawClient.Reply reply =
        client
            .request(
                "GET",
                "/addresses/?$resolveFor=dbs%2fshop%2fcolls%2forders%2fdocs"
                    + "&$filter=protocol%20eq%20rntbd&$partitionKeyRangeIds=0")
            .signed("docs", ORDERS)
            .send();

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("Addresss").path(0).path("physcialUri").textValue())
        .startsWith("rntbd://");
  }

  @Test
  void namesTheRealEndpointOnItemReads() throws Exception {
    RawClient.Reply reply =
        client.request("GET", "/" + ITEM).signed("docs", ITEM).header(KEY, "[\"a\"]").send();

    assertThat(reply.header("content-location")).isEqualTo(running.simulator.endpoint() + ITEM);
  }

  @Test
  void takesTheLastOfTwoPropertiesWithOneName() throws Exception {
    RawClient.Reply reply =
        client
            .request("POST", "/" + ORDERS + "/docs")
            .signed("docs", ORDERS)
            .header(KEY, "[\"a\"]")
            .body("{'id': '7', 'pk': 'b', 'pk': 'a'}")
            .send();

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.json().path("pk").textValue()).isEqualTo("a");
  }
}
