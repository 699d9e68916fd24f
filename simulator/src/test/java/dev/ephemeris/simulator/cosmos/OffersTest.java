package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.credential.AccessToken;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosDatabase;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.ThroughputProperties;
import com.azure.cosmos.models.ThroughputResponse;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** Throughput of databases and containers, by azure-cosmos for Java and by hand. */
class OffersTest {

  private static RunningSimulator running;
  private static CosmosClient client;
  private static RawClient raw;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    client = running.sdkClient();
    raw = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    client.close();
    running.close();
  }

  @BeforeEach
  void emptyAccount() {
    running.simulator.reset();
  }

  @Test
  void readsAndReplacesTheThroughputOfADatabase() {
    client.createDatabase("shop", ThroughputProperties.createManualThroughput(5000));
    CosmosDatabase shop = client.getDatabase("shop");

    ThroughputResponse read = shop.readThroughput();
    assertThat(read.getProperties().getManualThroughput()).isEqualTo(5000);
    assertThat(read.getMinThroughput()).isEqualTo(400);
    assertThat(read.isReplacePending()).isFalse();

    shop.replaceThroughput(ThroughputProperties.createManualThroughput(600));
    assertThat(shop.readThroughput().getProperties().getManualThroughput()).isEqualTo(600);
  }

  @Test
  void readsAndReplacesTheMaximumOfADatabase() {
    client.createDatabase("shop", ThroughputProperties.createAutoscaledThroughput(5000));
    CosmosDatabase shop = client.getDatabase("shop");

    ThroughputResponse read = shop.readThroughput();
    assertThat(read.getProperties().getAutoscaleMaxThroughput()).isEqualTo(5000);
    assertThat(read.getMinThroughput()).isEqualTo(1000);

    shop.replaceThroughput(ThroughputProperties.createAutoscaledThroughput(6000));
    assertThat(shop.readThroughput().getProperties().getAutoscaleMaxThroughput()).isEqualTo(6000);
  }

  @Test
  void readsAndReplacesTheThroughputOfAContainer() {
    client.createDatabase("shop");
    CosmosDatabase shop = client.getDatabase("shop");
    shop.createContainer("orders", "/pk", ThroughputProperties.createManualThroughput(700));
    CosmosContainer orders = shop.getContainer("orders");

    assertThat(orders.readThroughput().getProperties().getManualThroughput()).isEqualTo(700);
    ThroughputResponse replaced =
        orders.replaceThroughput(ThroughputProperties.createManualThroughput(800));

    assertThat(replaced.getProperties().getManualThroughput()).isEqualTo(800);
    assertThat(orders.readThroughput().getProperties().getManualThroughput()).isEqualTo(800);
  }

  @Test
  void readsAndReplacesTheMaximumOfAContainer() {
    client.createDatabase("shop");
    CosmosDatabase shop = client.getDatabase("shop");
    shop.createContainer("orders", "/pk", ThroughputProperties.createAutoscaledThroughput(1000));
    CosmosContainer orders = shop.getContainer("orders");

    orders.replaceThroughput(ThroughputProperties.createAutoscaledThroughput(2000));

    assertThat(orders.readThroughput().getProperties().getAutoscaleMaxThroughput()).isEqualTo(2000);
  }

  @Test
  void givesContainersTheLeastOfTheirOwnUnlessTheDatabaseShares() {
    client.createDatabase("alone");
    client.getDatabase("alone").createContainer("orders", "/pk");
    client.createDatabase("shared", ThroughputProperties.createManualThroughput(400));
    CosmosDatabase shared = client.getDatabase("shared");
    shared.createContainer("orders", "/pk");
    shared.createContainer("own", "/pk", ThroughputProperties.createManualThroughput(500));

    assertThat(throughput(client.getDatabase("alone").getContainer("orders"))).isEqualTo(400);
    assertThat(throughput(shared.getContainer("own"))).isEqualTo(500);
    // The SDK's own answer to an empty list of offers.
    assertThat(assertStatus(400, () -> shared.getContainer("orders").readThroughput()))
        .hasMessageContaining("No offers found for the resource");
    assertThat(assertStatus(400, () -> client.getDatabase("alone").readThroughput()))
        .hasMessageContaining("No offers found for the resource");
  }

  private static int throughput(CosmosContainer container) {
    return container.readThroughput().getProperties().getManualThroughput();
  }

  @ParameterizedTest
  @CsvSource({
    "manual,399",
    "manual,300",
    "manual,450",
    "manual,1000100",
    "autoscale,900",
    "autoscale,1500"
  })
  void refusesWhatCannotBeBought(String kind, int requestUnits) {
    ThroughputProperties asked =
        kind.equals("manual")
            ? ThroughputProperties.createManualThroughput(requestUnits)
            : ThroughputProperties.createAutoscaledThroughput(requestUnits);
    client.createDatabase("shop");
    CosmosDatabase shop = client.getDatabase("shop");

    assertStatus(400, () -> client.createDatabase("more", asked));
    assertStatus(400, () -> shop.createContainer("orders", "/pk", asked));
    shop.createContainer(
        "orders",
        "/pk",
        kind.equals("manual")
            ? ThroughputProperties.createManualThroughput(400)
            : ThroughputProperties.createAutoscaledThroughput(1000));
    CosmosException thrown =
        assertStatus(400, () -> shop.getContainer("orders").replaceThroughput(asked));

    assertThat(thrown)
        .hasMessageContaining(
            String.format(
                Locale.ROOT,
                "valid throughput values between %s and 1000000 inclusive in increments of %s.",
                kind.equals("manual") ? "400" : "1000",
                kind.equals("manual") ? "100" : "1000"));
  }

  /** By the examples of "Replace an Offer", Azure's REST reference. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "manual    | autopilot         | {'offerThroughput': -1}                         | 4000",
        "manual    | -                 | {'offerAutopilotSettings': {'maxThroughput': 4000}} | -",
        "manual    | autopilot         | {'offerAutopilotSettings': {'maxThroughput': 4000}} | -",
        "manual    | manual-throughput | {'offerThroughput': 500}                        | 500",
        "manual    | -                 | {'offerThroughput': '500'}                      | -",
        "manual    | -                 | {}                                              | -",
        "autoscale | manual-throughput | {'offerAutopilotSettings': {'maxThroughput': -1}} | 5000",
        "autoscale | -                 | {'offerThroughput': 400}                        | -",
        "autoscale | manual-throughput | {'offerThroughput': 400}                        | -",
        "autoscale | -                 | {'offerAutopilotSettings': {'maxThroughput': 2000}} |"
            + " 2000",
      })
  void changesBetweenManualAndAutoscaleWhenAHeaderSaysSo(
      String kind, String migration, String content, Integer result) throws Exception {
    client.createDatabase(
        "shop",
        kind.equals("manual")
            ? ThroughputProperties.createManualThroughput(3500)
            : ThroughputProperties.createAutoscaledThroughput(5000));
    JsonNode offer = offers().json().path("Offers").path(0);
    String rid = offer.path("_rid").textValue();
    RawClient.Request request =
        raw.request("PUT", "/offers/" + rid)
            .signed("offers", rid.toLowerCase(Locale.ROOT))
            .body("{'content': " + content + "}");
    if (migration != null) {
      request.header("x-ms-cosmos-migrate-offer-to-" + migration, "true");
    }

    RawClient.Reply reply = request.send();

    if (result == null) {
      assertThat(reply.status()).isEqualTo(400);
      assertThat(offers().json().path("Offers").path(0)).isEqualTo(offer);
    } else {
      assertThat(reply.status()).isEqualTo(200);
      JsonNode now = reply.json().path("content");
      assertThat(
              now.path("offerAutopilotSettings")
                  .path("maxThroughput")
                  .asInt(now.path("offerThroughput").asInt()))
          .isEqualTo(result);
      assertThat(now.has("offerAutopilotSettings"))
          .isEqualTo(migration == null ? kind.equals("autoscale") : migration.equals("autopilot"));
      assertThat(reply.json().path("_etag")).isNotEqualTo(offer.path("_etag"));
    }
  }

  private static RawClient.Reply offers() throws Exception {
    return raw.request("GET", "/offers").signed("offers", "").send();
  }

  @Test
  void listsQueriesAndReadsOffersByRid() throws Exception {
    client.createDatabase("shop", ThroughputProperties.createManualThroughput(400));
    CosmosDatabase shop = client.getDatabase("shop");
    shop.createContainer("own", "/pk", ThroughputProperties.createAutoscaledThroughput(2000));

    JsonNode all = offers().json();
    JsonNode own =
        raw.request("POST", "/offers")
            .signed("offers", "")
            .header("content-type", "application/query+json")
            .header("x-ms-documentdb-isquery", "true")
            .body(
                "{'query': 'SELECT * FROM o WHERE o.offerResourceId = @rid',"
                    + " 'parameters': [{'name': '@rid', 'value': '"
                    + running.simulator.rid("shop", "own")
                    + "'}]}")
            .send()
            .json();

    assertThat(all.path("_count").intValue()).isEqualTo(2);
    assertThat(own.path("Offers")).hasSize(1);
    JsonNode offer = own.path("Offers").path(0);
    assertThat(offer).isEqualTo(all.path("Offers").path(1));
    assertThat(offer.path("offerVersion").textValue()).isEqualTo("V2");
    assertThat(offer.path("_rid").textValue()).hasSize(4).isEqualTo(offer.path("id").textValue());
    assertThat(offer.path("resource").textValue())
        .isEqualTo(
            "dbs/"
                + running.simulator.rid("shop")
                + "/colls/"
                + running.simulator.rid("shop", "own")
                + "/");
    assertThat(offer.path("content").path("offerThroughput").intValue()).isEqualTo(200);
    RawClient.Reply read = get(offer.path("_rid").textValue());
    assertThat(read.json()).isEqualTo(offer);
    assertThat(read.header("etag")).isEqualTo(offer.path("_etag").textValue());
    assertThat(raw.request("DELETE", "/offers/x").signed("offers", "x").send().status())
        .isEqualTo(404);
  }

  private static RawClient.Reply get(String rid) throws Exception {
    return raw.request("GET", "/offers/" + rid)
        .signed("offers", rid.toLowerCase(Locale.ROOT))
        .send();
  }

  @Test
  void signsTheRidAloneInLowerCase() throws Exception {
    client.createDatabase("shop", ThroughputProperties.createManualThroughput(400));
    String rid = offers().json().path("Offers").path(0).path("_rid").textValue();
    assertThat(rid).isNotEqualTo(rid.toLowerCase(Locale.ROOT));

    for (String link : new String[] {rid, "offers/" + rid, ""}) {
      RawClient.Reply reply = raw.request("GET", "/offers/" + rid).signed("offers", link).send();
      assertThat(reply.status()).as(link).isEqualTo(401);
    }
    assertThat(get(rid).status()).isEqualTo(200);
  }

  @Test
  void endsAnOfferWithWhatItIsFor() throws Exception {
    client.createDatabase("shop", ThroughputProperties.createManualThroughput(400));
    CosmosDatabase shop = client.getDatabase("shop");
    shop.createContainer("own", "/pk", ThroughputProperties.createManualThroughput(400));
    shop.createContainer("other", "/pk", ThroughputProperties.createManualThroughput(400));

    shop.getContainer("own").delete();
    assertThat(offers().json().path("Offers")).hasSize(2);

    shop.delete();
    assertThat(offers().json().path("Offers")).isEmpty();
  }

  @Test
  void isNoMatterForEntraTokens() {
    client.createDatabase("shop", ThroughputProperties.createManualThroughput(400));
    try (TestTenant tenant = new TestTenant()) {
      running.simulator.access().trust(tenant.asTrusted());
      running
          .simulator
          .access()
          .assign(
              new RoleAssignment(TestTenant.ALICE.subject(), RoleDefinition.DATA_CONTRIBUTOR, "/"));
      try (CosmosClient alice =
          new CosmosClientBuilder()
              .endpoint(running.simulator.endpoint().toString())
              .credential(
                  _ ->
                      Mono.just(
                          new AccessToken(
                              tenant.token(), OffsetDateTime.now(ZoneOffset.UTC).plusMinutes(9))))
              .gatewayMode()
              .buildClient()) {
        CosmosException thrown =
            assertStatus(403, () -> alice.getDatabase("shop").readThroughput());

        assertThat(thrown.getSubStatusCode()).isEqualTo(5300);
        assertThat(thrown)
            .hasMessageContaining(
                "The given request [POST /offers] cannot be authorized by AAD token in data"
                    + " plane.");
      }
    }
  }

  @Test
  void isReadButNotReplacedWithAReadOnlyKey() {
    client.createDatabase("shop", ThroughputProperties.createManualThroughput(400));
    String key = running.simulator.access().key(KeyKind.PRIMARY_READONLY);
    try (CosmosClient reader = running.sdk().key(key).buildClient()) {
      CosmosDatabase shop = reader.getDatabase("shop");

      assertThat(shop.readThroughput().getProperties().getManualThroughput()).isEqualTo(400);
      assertStatus(
          401, () -> shop.replaceThroughput(ThroughputProperties.createManualThroughput(500)));
    }
    assertThat(Optional.of(client.getDatabase("shop").readThroughput().getProperties()))
        .map(ThroughputProperties::getManualThroughput)
        .contains(400);
  }

  private static CosmosException assertStatus(int status, Runnable call) {
    CosmosException thrown = catchThrowableOfType(CosmosException.class, call::run);
    assertThat(thrown).isNotNull();
    assertThat(thrown.getStatusCode()).isEqualTo(status);
    return thrown;
  }
}
