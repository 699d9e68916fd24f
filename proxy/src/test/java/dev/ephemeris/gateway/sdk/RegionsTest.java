package dev.ephemeris.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.cosmos.ReceivedRequest;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An account in two regions: each under a name of the gateway's, as SDKs prefer them. */
class RegionsTest {

  private static final String WEST = CosmosSimulator.FIRST_REGION;
  private static final String NORTH = "North Europe";
  private static final PartitionKey C1 = new PartitionKey("c1");

  private GatewayFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = new GatewayFixture();
    edit(
        "ephemeris.yaml",
        "keyFile: account.key",
        "keyFile: account.key\n    regions:\n      - { name: West Europe, endpoint: '"
            + fixture.account().endpoint(WEST)
            + "' }\n      - { name: North Europe, endpoint: '"
            + fixture.account().endpoint(NORTH)
            + "' }");
    edit(
        "policy.yaml",
        "role: data-reader",
        "role: data-contributor\n    credentials: [lease-token, lease-key]");
    fixture.restart();
    fixture.account().addRegion(NORTH);
    // The SDK trusts what the machine trusts; it doesn't look at certificates of localhost itself.
    System.setProperty("javax.net.ssl.trustStore", fixture.certificate().trustStore().toString());
    System.setProperty(
        "javax.net.ssl.trustStorePassword", LoopbackCertificate.TRUST_STORE_PASSWORD);
  }

  @AfterEach
  void stop() throws IOException {
    System.clearProperty("javax.net.ssl.trustStore");
    System.clearProperty("javax.net.ssl.trustStorePassword");
    fixture.close();
  }

  private void edit(String name, String find, String replacement) throws IOException {
    Path file = fixture.folder().resolve(name);
    String text = Files.readString(file);
    assertThat(text).contains(find);
    Files.writeString(file, text.replace(find, replacement));
  }

  private URI at(String host) {
    return URI.create("https://" + host + ":" + fixture.gateway().dataPlane().getPort() + "/");
  }

  private GatewayFixture.Reply account(String host, String token) throws Exception {
    return fixture.send(
        HttpRequest.newBuilder(at(host))
            .header("authorization", URLEncoder.encode(token, StandardCharsets.UTF_8))
            .header("x-ms-version", "2020-07-15"));
  }

  private String token() throws Exception {
    return fixture.lease("data-contributor").path("token").textValue();
  }

  private CosmosClient client(URI endpoint, String credential, String... regions) {
    return new CosmosClientBuilder()
        .endpoint(endpoint.toString())
        .key(credential)
        .preferredRegions(List.of(regions))
        .gatewayMode()
        .buildClient();
  }

  private static CosmosContainer orders(CosmosClient client) {
    return client.getDatabase("shop").getContainer("orders");
  }

  private static ObjectNode order(String id) {
    return JsonNodeFactory.instance.objectNode().put("id", id).put("customerId", "c1");
  }

  /** Where what was done to items arrived, in order. */
  private List<String> arrivals(String method) {
    List<String> regions = new ArrayList<>();
    for (ReceivedRequest request : fixture.account().received()) {
      if (request.method().equals(method) && request.target().contains("/docs")) {
        String authority = request.header("host").orElseThrow();
        regions.add(
            authority.equals(fixture.account().endpoint(NORTH).getAuthority()) ? NORTH : WEST);
      }
    }
    return regions;
  }

  private static List<String> locations(JsonNode document, String list) {
    List<String> shown = new ArrayList<>();
    document
        .path(list)
        .forEach(
            location ->
                shown.add(
                    location.path("name").textValue()
                        + " "
                        + URI.create(location.path("databaseAccountEndpoint").textValue())
                            .getHost()));
    return shown;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "orders-prod.localhost", "orders-prod-northeurope.localhost"})
  void haveNamesOfTheGatewayInTheAccountDocument(String host) throws Exception {
    JsonNode document = account(host, token()).json();

    assertThat(locations(document, "writableLocations"))
        .containsExactly("West Europe orders-prod-westeurope.localhost");
    assertThat(locations(document, "readableLocations"))
        .containsExactly(
            "West Europe orders-prod-westeurope.localhost",
            "North Europe orders-prod-northeurope.localhost");
    assertThat(document.toString()).doesNotContain(fixture.account().endpoint().getAuthority());
  }

  @Test
  void areNotShownIfTheyAreNotConfigured() throws Exception {
    edit("ephemeris.yaml", "name: North Europe", "name: East US");
    fixture.restart();

    assertThat(locations(account("localhost", token()).json(), "readableLocations"))
        .containsExactly("West Europe orders-prod-westeurope.localhost");
  }

  @Test
  void areOneLocationIfTheAccountIsInNoneOfThem() throws Exception {
    edit("ephemeris.yaml", "name: North Europe", "name: East US");
    edit("ephemeris.yaml", "name: West Europe", "name: West US");
    fixture.restart();

    JsonNode document = account("localhost", token()).json();

    assertThat(locations(document, "writableLocations")).containsExactly("West Europe localhost");
    assertThat(locations(document, "readableLocations")).containsExactly("West Europe localhost");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orders-prod-eastus.localhost",
        "orders-prod--northeurope.localhost",
        "orders-dev-northeurope.localhost",
        "northeurope.localhost"
      })
  void areNotMadeUp(String host) throws Exception {
    assertThat(account(host, token()).status()).isEqualTo(401);
    assertThat(fixture.account().received()).isEmpty();
  }

  @Test
  void areReadFromAsPreferredAndWrittenToWhereWritesGo() throws Exception {
    try (CosmosClient client = client(at("orders-prod.localhost"), token(), NORTH, WEST)) {
      CosmosContainer orders = orders(client);

      assertThat(orders.createItem(order("new")).getStatusCode()).isEqualTo(201);
      assertThat(orders.readItem("new", C1, ObjectNode.class).getStatusCode()).isEqualTo(200);
    }
    assertThat(arrivals("POST")).containsOnly(WEST);
    assertThat(arrivals("GET")).containsOnly(NORTH);
  }

  @Test
  void areFollowedWhenWritesMove() throws Exception {
    try (CosmosClient client = client(at("orders-prod.localhost"), token(), WEST, NORTH)) {
      CosmosContainer orders = orders(client);
      assertThat(orders.createItem(order("before")).getStatusCode()).isEqualTo(201);

      fixture.account().failOver();

      assertThat(orders.createItem(order("after")).getStatusCode()).isEqualTo(201);
    }
    assertThat(arrivals("POST")).startsWith(WEST).endsWith(NORTH);
    assertThat(fixture.account().find("shop", "orders", "after")).isPresent();
  }

  @Test
  void standInForOneThatIsDown() throws Exception {
    try (CosmosClient client = client(at("orders-prod.localhost"), token(), NORTH, WEST)) {
      CosmosContainer orders = orders(client);
      assertThat(orders.readItem("o1", C1, ObjectNode.class).getStatusCode()).isEqualTo(200);

      fixture.account().interruptRegion(NORTH, true);

      assertThat(orders.readItem("o1", C1, ObjectNode.class).getStatusCode()).isEqualTo(200);
    }
    assertThat(arrivals("GET")).startsWith(NORTH).endsWith(WEST);
  }

  /** The lease's own name has its regions too, so that a key goes wherever a token does. */
  @Test
  void haveANameForEachLeaseWithAKey() throws Exception {
    JsonNode lease = fixture.lease("data-contributor", "lease-key");
    String id = lease.at("/lease/id").textValue();

    try (CosmosClient client =
        client(at(id + ".lease.localhost"), lease.path("key").textValue(), NORTH, WEST)) {
      assertThat(orders(client).readItem("o1", C1, ObjectNode.class).getStatusCode())
          .isEqualTo(200);
    }
    assertThat(arrivals("GET")).containsOnly(NORTH);

    // A lease's token is good under its own name, in a region that there is.
    JsonNode own = fixture.lease("data-contributor");
    String token = own.path("token").textValue();
    String ownId = own.at("/lease/id").textValue();
    assertThat(account(ownId + "-northeurope.lease.localhost", token).status()).isEqualTo(200);
    assertThat(account(ownId + "-eastus.lease.localhost", token).status()).isEqualTo(401);
    assertThat(account(id + "-northeurope.lease.localhost", token).status()).isEqualTo(401);
  }
}
