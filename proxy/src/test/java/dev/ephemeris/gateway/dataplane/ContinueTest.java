package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.CosmosChangeFeedRequestOptions;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedRange;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.lease.Issuance;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Continuations and the etags of change feeds: whose they are, and what of. */
class ContinueTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALL = "SELECT * FROM c";

  private static DataPlaneFixture fixture;
  private static URI gateway;
  private static Issuance.Issued ofA;
  private static Issuance.Issued ofB;
  private static Issuance.Issued ofAll;

  @BeforeAll
  static void start() throws Exception {
    fixture = new DataPlaneFixture("team-policy.yaml");
    gateway = fixture.gateway();
    fixture.simulator().createDatabase("shop");
    for (String container : List.of("orders", "carts")) {
      fixture.simulator().createContainer("shop", container, "/pk");
      for (int i = 0; i < 6; i++) {
        for (String key : List.of("a", "b")) {
          fixture
              .simulator()
              .put(
                  "shop",
                  container,
                  JSON.readTree("{\"id\":\"%s-%d\",\"pk\":\"%s\"}".formatted(key, i, key)));
        }
      }
    }
    String orders = "orders-prod:/dbs/shop/colls/orders";
    ofA = fixture.lease(orders, "[\"a\"]", "owner");
    ofB = fixture.lease(orders, "[\"b\"]", "owner");
    ofAll = fixture.lease("orders-prod:/", "owner");
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  @Test
  void aSealedOneGoesOnForItsKeyAndQueryAlone() throws Exception {
    RawHttp.Answer first = query(ofA, "orders", "a", ALL, Optional.empty());
    String continuation = first.header("x-ms-continuation").orElseThrow();
    assertThat(continuation).doesNotContain("RID");

    RawHttp.Answer second = query(ofA, "orders", "a", ALL, Optional.of(continuation));

    assertThat(second.status()).as(second.body()).isEqualTo(200);
    assertThat(ids(first)).hasSize(2);
    assertThat(ids(second)).hasSize(2).doesNotContainAnyElementsOf(ids(first));
    // A new lease of the same on the same.
    Issuance.Issued again = fixture.lease("orders-prod:/dbs/shop/colls/orders", "[\"a\"]", "owner");
    assertThat(query(again, "orders", "a", ALL, Optional.of(continuation)).status()).isEqualTo(200);
    for (RawHttp.Answer refused :
        List.of(
            query(ofB, "orders", "b", ALL, Optional.of(continuation)),
            query(ofA, "orders", "a", ALL + " WHERE true", Optional.of(continuation)),
            query(ofA, "orders", "a", ALL, Optional.of(changed(continuation))),
            query(ofA, "orders", "a", ALL, Optional.of("b" + continuation.substring(1))),
            query(ofA, "orders", "a", ALL, Optional.of(continuation.substring(0, 40))),
            query(ofA, "orders", "a", ALL, Optional.of(plain("orders", "a"))))) {
      assertThat(refused.status()).as(refused.body()).isEqualTo(400);
      assertThat(refused.body()).contains("x-ms-continuation isn't one that this gateway gave");
    }
  }

  @Test
  void theEtagOfAChangeFeedIsSealedToo() throws Exception {
    RawHttp.Answer first = changes(ofA, "a", Optional.empty());
    String etag = first.header("etag").orElseThrow();

    RawHttp.Answer next = changes(ofA, "a", Optional.of(etag));

    assertThat(first.status()).isEqualTo(200);
    assertThat(next.status()).as(next.body()).isEqualTo(200);
    assertThat(ids(next)).doesNotContainAnyElementsOf(ids(first));
    assertThat(changes(ofA, "a", Optional.of("*")).status()).isEqualTo(304);
    String own = changes(ofAll, "a", Optional.empty()).header("etag").orElseThrow();
    assertThat(own).isNotEqualTo(etag);
    for (String foreign : List.of(own, "\"0\"", "0", changed(etag))) {
      RawHttp.Answer refused = changes(ofA, "a", Optional.of(foreign));
      assertThat(refused.status()).as(foreign).isEqualTo(400);
    }
    assertThat(changes(ofB, "b", Optional.of(etag)).status()).isEqualTo(400);
  }

  @Test
  void anotherContainersIsRefused() throws Exception {
    String own = plain("orders", "a");
    String carts = plain("carts", "a");

    assertThat(query(ofAll, "orders", "a", ALL, Optional.of(own)).status()).isEqualTo(200);
    for (String foreign :
        List.of(
            carts,
            own + carts,
            "[{\"token\":\"" + carts + "\",\"range\":{\"min\":\"\",\"max\":\"FF\"}}]",
            "[{\"token\":\"" + carts.replace("RID", "\\u0052ID") + "\"}]",
            "-RID:~AAAA#RT:1",
            "-RID:~AAAAAIAAAAACAAAAAAAAAA==#RT:1#TRC:1")) {
      RawHttp.Answer refused = query(ofAll, "orders", "a", ALL, Optional.of(foreign));
      assertThat(refused.status()).as(foreign).isEqualTo(400);
      assertThat(refused.body()).contains("of another container");
    }
  }

  /** Pages, a saved continuation and a change feed, as the SDK does it. */
  @Test
  void theSdkGoesOnWithThem() {
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    try (CosmosClient client =
        new CosmosClientBuilder()
            .endpoint(gateway.toString())
            .key(ofA.token().reveal())
            .gatewayMode()
            .buildClient()) {
      CosmosContainer orders = client.getDatabase("shop").getContainer("orders");
      CosmosQueryRequestOptions options =
          new CosmosQueryRequestOptions().setPartitionKey(new PartitionKey("a"));
      TreeSet<String> seen = new TreeSet<>();
      String saved = null;
      for (int page = 0; page < 3; page++) {
        FeedResponse<ObjectNode> next =
            orders
                .queryItems(ALL, options, ObjectNode.class)
                .iterableByPage(saved, 2)
                .iterator()
                .next();
        next.getResults().forEach(item -> seen.add(item.path("id").textValue()));
        saved = next.getContinuationToken();
      }
      assertThat(seen).containsExactly("a-0", "a-1", "a-2", "a-3", "a-4", "a-5");

      TreeSet<String> changed = new TreeSet<>();
      CosmosChangeFeedRequestOptions feed =
          CosmosChangeFeedRequestOptions.createForProcessingFromBeginning(
              FeedRange.forLogicalPartition(new PartitionKey("a")));
      String from = "";
      for (int page = 0; page < 4; page++) {
        FeedResponse<ObjectNode> next =
            orders
                .queryChangeFeed(feed.setMaxItemCount(2), ObjectNode.class)
                .iterableByPage()
                .iterator()
                .next();
        next.getResults().forEach(item -> changed.add(item.path("id").textValue()));
        from = next.getContinuationToken();
        feed = CosmosChangeFeedRequestOptions.createForProcessingFromContinuation(from);
      }
      assertThat(changed).containsExactly("a-0", "a-1", "a-2", "a-3", "a-4", "a-5");
    }
  }

  private static String changed(String text) {
    int at = text.length() / 2;
    return text.substring(0, at) + (text.charAt(at) == 'A' ? 'B' : 'A') + text.substring(at + 1);
  }

  /** As the account itself gives it. */
  private static String plain(String container, String key) throws Exception {
    return query(ofAll, container, key, ALL, Optional.empty())
        .header("x-ms-continuation")
        .orElseThrow();
  }

  private static List<String> ids(RawHttp.Answer answer) throws Exception {
    List<String> ids = new ArrayList<>();
    JSON.readTree(answer.body())
        .path("Documents")
        .forEach(item -> ids.add(item.path("id").textValue()));
    return ids;
  }

  private static RawHttp.Answer query(
      Issuance.Issued lease,
      String container,
      String key,
      String query,
      Optional<String> continuation)
      throws Exception {
    List<String> headers =
        new ArrayList<>(
            List.of(
                "content-type: application/query+json",
                "x-ms-documentdb-isquery: True",
                "x-ms-max-item-count: 2"));
    continuation.ifPresent(text -> headers.add("x-ms-continuation: " + text));
    return send(lease, "POST", container, key, headers, "{\"query\":\"%s\"}".formatted(query));
  }

  private static RawHttp.Answer changes(Issuance.Issued lease, String key, Optional<String> since)
      throws Exception {
    List<String> headers =
        new ArrayList<>(List.of("a-im: Incremental Feed", "x-ms-max-item-count: 2"));
    since.ifPresent(etag -> headers.add("if-none-match: " + etag));
    return send(lease, "GET", "orders", key, headers, "");
  }

  private static RawHttp.Answer send(
      Issuance.Issued lease,
      String method,
      String container,
      String key,
      List<String> headers,
      String body)
      throws Exception {
    headers.add("x-ms-documentdb-partitionkey: [\"" + key + "\"]");
    headers.add(
        "authorization: " + URLEncoder.encode(lease.token().reveal(), StandardCharsets.UTF_8));
    return new RawHttp(fixture.certificate().clientTls(), gateway)
        .send(
            method,
            "/dbs/shop/colls/" + container + "/docs",
            headers,
            body.getBytes(StandardCharsets.US_ASCII));
  }
}
