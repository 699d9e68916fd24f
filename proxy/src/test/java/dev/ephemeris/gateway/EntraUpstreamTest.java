package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.simulator.cosmos.EntraTenant;
import dev.ephemeris.simulator.cosmos.ReceivedRequest;
import dev.ephemeris.simulator.cosmos.RoleAssignment;
import dev.ephemeris.simulator.cosmos.RoleDefinition;
import dev.ephemeris.simulator.issuer.Person;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gateway without a key, before an account that takes none. */
class EntraUpstreamTest {

  private static final Person GATEWAY =
      new Person("object-id-of-the-gateway", "gateway", "Gateway", "gateway@example.test");
  private static final PartitionKey C1 = new PartitionKey("c1");

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger given = new AtomicInteger();
  private volatile boolean refuses;
  private SSLContext before;
  private GatewayFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = new GatewayFixture();
    before = SSLContext.getDefault();
    // The authority's certificate is one that the machine trusts, as Entra ID's is.
    SSLContext.setDefault(fixture.certificate().clientTls());
    HttpServer authority = authority();
    write("platform.jwt", "the platform's token");
    edit(
        "ephemeris.yaml",
        "keyFile: account.key",
        "identity: { kind: workload, tenantId: contoso, clientId: gateway, tokenFile: platform.jwt,"
            + " authority: 'https://localhost:"
            + authority.actualPort()
            + "' }");
    edit("policy.yaml", "role: data-reader", "role: all");
    edit(
        "policy.yaml",
        "rules:",
        "roles: { all: { actions: [reads, writes, code, management] } }\nrules:");
    Files.delete(fixture.folder().resolve("account.key"));
    fixture
        .account()
        .access()
        .trust(
            new EntraTenant(
                fixture.issuer().issuer().toString(),
                Set.of("https://localhost"),
                fixture.issuer()::publishedKeys));
    fixture.account().access().disableLocalAuth(true);
    fixture
        .account()
        .access()
        .assign(new RoleAssignment(GATEWAY.subject(), RoleDefinition.DATA_CONTRIBUTOR, "/"));
    fixture.restart();
  }

  @AfterEach
  void stop() throws Exception {
    SSLContext.setDefault(before);
    fixture.close();
    vertx.close().await();
  }

  /** Gives what the account takes from the gateway for the platform's token. */
  private HttpServer authority() {
    return vertx
        .createHttpServer(
            new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .setCertPath(fixture.certificate().certificate().toString())
                        .setKeyPath(fixture.certificate().privateKey().toString())))
        .requestHandler(
            request ->
                request
                    .setExpectMultipart(true)
                    .end()
                    .onSuccess(
                        end -> {
                          boolean knows =
                              "the platform's token"
                                  .equals(request.getFormAttribute("client_assertion"));
                          request
                              .response()
                              .setStatusCode(knows && !refuses ? 200 : 401)
                              .putHeader("content-type", "application/json")
                              .end((knows && !refuses ? token() : refusal()).toBuffer());
                        }))
        .listen(0, "127.0.0.1")
        .await();
  }

  private JsonObject token() {
    given.incrementAndGet();
    return new JsonObject()
        .put("token_type", "Bearer")
        .put("expires_in", 3600)
        .put(
            "access_token",
            fixture
                .issuer()
                .accessToken(
                    GATEWAY,
                    GatewayFixture.CLIENT,
                    claims -> claims.audience("https://localhost")));
  }

  private static JsonObject refusal() {
    return new JsonObject()
        .put("error", "invalid_client")
        .put("error_description", "AADSTS700016: Application with identifier 'x' was not found");
  }

  private void write(String name, String text) throws Exception {
    Files.writeString(fixture.folder().resolve(name), text);
  }

  private void edit(String name, String find, String replacement) throws Exception {
    Path file = fixture.folder().resolve(name);
    String text = Files.readString(file);
    assertThat(text).contains(find);
    Files.writeString(file, text.replace(find, replacement));
  }

  private String lease() throws Exception {
    return fixture.lease("all").path("token").textValue();
  }

  private CosmosClient client() throws Exception {
    return new CosmosClientBuilder()
        .endpoint(fixture.gateway().dataPlane().toString())
        .key(lease())
        .gatewayMode()
        .buildClient();
  }

  private List<ReceivedRequest> onItems() {
    return fixture.account().received().stream()
        .filter(request -> request.target().contains("/docs"))
        .toList();
  }

  @Test
  void readsAndWritesAsItself() throws Exception {
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    ObjectNode item =
        JsonNodeFactory.instance.objectNode().put("id", "new").put("customerId", "c1");
    try (CosmosClient client = client()) {
      CosmosContainer orders = client.getDatabase("shop").getContainer("orders");

      assertThat(orders.createItem(item).getStatusCode()).isEqualTo(201);
      assertThat(orders.readItem("new", C1, ObjectNode.class).getItem().path("id").textValue())
          .isEqualTo("new");
      assertThat(
              orders.queryItems(
                  "SELECT * FROM c", new CosmosQueryRequestOptions(), ObjectNode.class))
          .hasSize(2);
      assertThat(orders.deleteItem("new", C1, null).getStatusCode()).isEqualTo(204);
    }
    assertThat(onItems())
        .hasSizeGreaterThan(3)
        .allMatch(
            request ->
                request.header("authorization").orElse("").startsWith("type%3Daad%26ver%3D1.0%26"));
    assertThat(given).hasValue(1);
  }

  /** Azure's logs know the gateway only: what else there is to know is in the user agent. */
  @Test
  void saysForWhichLeaseAndRequest() throws Exception {
    var lease = fixture.lease("all");

    assertThat(fixture.readOrder(lease.path("token").textValue()).status()).isEqualTo(200);

    String intent = fixture.journal("requestIntent").getLast().path("requestId").textValue();
    assertThat(onItems().getLast().header("user-agent").orElse(""))
        .endsWith(
            "ephemeris-lease/"
                + lease.at("/lease/id").textValue()
                + " ephemeris-request/"
                + intent);
  }

  @Test
  void saysWhatAnIdentityCannotDoAndSendsNothing() throws Exception {
    String lease = lease();
    int received = fixture.account().received().size();

    for (String path : List.of("/dbs/shop/colls/orders/sprocs", "/dbs/shop/colls/orders/udfs")) {
      var reply = ask(path, lease);

      assertThat(reply.status()).isEqualTo(403);
      assertThat(reply.header("x-ms-substatus")).isEqualTo("5300");
      assertThat(reply.body())
          .contains("You may do this, but the gateway can't", "orders-prod", "az cosmosdb sql");
    }
    assertThat(fixture.account().received()).hasSize(received);
  }

  private GatewayFixture.Reply ask(String path, String lease) throws Exception {
    return fixture.send(
        java.net.http.HttpRequest.newBuilder(fixture.gateway().dataPlane().resolve(path))
            .header("authorization", java.net.URLEncoder.encode(lease, StandardCharsets.UTF_8))
            .header("x-ms-version", "2020-07-15"));
  }

  @Test
  void withoutATokenNothingIsSentAndTheReasonIsInTheLogOnly() throws Exception {
    refuses = true;
    String lease = lease();
    int received = fixture.account().received().size();

    GatewayFixture.Reply reply = fixture.readOrder(lease);

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.body())
        .contains("The gateway has nothing to sign in to", "orders-prod")
        .doesNotContain("AADSTS");
    assertThat(fixture.account().received()).hasSize(received);
  }

  /** What it got is in memory, and in what it sends to the account; nowhere else. */
  @Test
  void keepsItsTokenToItself() throws Exception {
    assertThat(fixture.readOrder(lease()).status()).isEqualTo(200);

    String sent = onItems().getLast().header("authorization").orElseThrow();
    String signature = sent.substring(sent.lastIndexOf('.') + 1);
    assertThat(signature).matches(Pattern.compile("[A-Za-z0-9_-]{100,}"));
    try (var files = Files.walk(fixture.folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(signature);
      }
    }
  }

  @Test
  void anAccountThatDoesNotKnowItSaysSoItself() throws Exception {
    fixture
        .account()
        .access()
        .unassign(new RoleAssignment(GATEWAY.subject(), RoleDefinition.DATA_CONTRIBUTOR, "/"));

    GatewayFixture.Reply reply = fixture.readOrder(lease());

    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.body()).contains(GATEWAY.subject(), "RBAC");
  }

  @Test
  void withoutItsCertificateItDoesNotStart() throws Exception {
    edit("ephemeris.yaml", "kind: workload", "kind: certificate");
    edit("ephemeris.yaml", "tokenFile: platform.jwt", "certificate: gateway.pem");

    assertThatThrownBy(fixture::restart)
        .isInstanceOf(Gateway.StartException.class)
        .hasMessageContaining("There is no file")
        .hasMessageContaining("gateway.pem");
    edit("ephemeris.yaml", "kind: certificate", "kind: workload");
    edit("ephemeris.yaml", "certificate: gateway.pem", "tokenFile: platform.jwt");
    fixture.restart();
  }
}
