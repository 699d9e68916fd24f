package dev.ephemeris.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.simulator.issuer.TokenFault;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The running server against the contract that it publishes. */
class ContractTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String QUESTION =
      "{\"action\":\"items/read\",\"scope\":\"" + GatewayFixture.ORDERS + "\"}";
  private static final String REQUEST =
      "{\"scope\":\"" + GatewayFixture.ORDERS + "\",\"role\":\"data-reader\"}";

  private static GatewayFixture fixture;
  private static JsonNode contract;
  private static String alice;

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
    alice = fixture.token(GatewayFixture.ALICE);
    contract = new YAMLMapper().readTree(fixture.api("GET", "/openapi.yaml", "", "").body());
  }

  @AfterAll
  static void stop() throws IOException {
    fixture.close();
  }

  /** One operation of the contract, as it stands there. */
  record Operation(String id, String method, String path, JsonNode definition) {
    boolean matches(String requested) {
      return requested.matches(path.replace("{leaseId}", "[^/]+"));
    }

    boolean open() {
      return definition.has("security") && definition.get("security").isEmpty();
    }

    @Override
    public String toString() {
      return id;
    }
  }

  static List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    contract
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method -> {
                          if (method.getValue().has("operationId")) {
                            operations.add(
                                new Operation(
                                    method.getValue().get("operationId").textValue(),
                                    method.getKey().toUpperCase(java.util.Locale.ROOT),
                                    path.getKey(),
                                    method.getValue()));
                          }
                        }));
    return operations;
  }

  /** A body for each operation that takes one; the test fails if one is missing. */
  private static final Map<String, String> BODIES =
      Map.of("explain", QUESTION, "issueLease", REQUEST);

  private static Reply call(Operation operation, String token) throws Exception {
    String path = operation.path();
    if (path.contains("{leaseId}")) {
      path = path.replace("{leaseId}", fixture.lease().at("/lease/id").textValue());
    }
    if (path.contains("{blockId}")) {
      path = path.replace("{blockId}", fixture.block());
    }
    return fixture.api(operation.method(), path, token, BODIES.getOrDefault(operation.id(), ""));
  }

  @Test
  void hasOperations() {
    assertThat(operations()).hasSize(10);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void answersAsTheContractSays(Operation operation) throws Exception {
    assertThat(operation.definition().has("requestBody"))
        .isEqualTo(BODIES.containsKey(operation.id()));

    Reply reply = call(operation, alice);

    assertThat(reply.status()).isBetween(200, 299);
    assertFits(operation, reply);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void namesItsAction(Operation operation) {
    assertThat(operation.definition().path("x-ephemeris-action").textValue())
        .matches("ephemeris/[a-z-]+/[a-z-]+");
  }

  @ParameterizedTest
  @MethodSource("operations")
  void keepsStrangersOut(Operation operation) throws Exception {
    String lease = fixture.lease().path("token").textValue();
    fixture.block();
    for (String token :
        List.of(
            "",
            "nonsense",
            "a.b.c",
            lease,
            lease.substring(lease.indexOf("sig=") + 4),
            faulty(TokenFault.WRONG_AUDIENCE),
            faulty(TokenFault.EXPIRED))) {
      int leasesBefore = leases(alice);

      Reply reply = call(operation, token);

      if (operation.open()) {
        assertThat(reply.status()).isEqualTo(200);
      } else {
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.header("www-authenticate")).startsWith("Bearer");
        assertThat(reply.detail()).contains("ephemeris login");
        assertFits(operation, reply);
        // One is there that the call itself needs, to have something to ask for.
        int own = operation.path().contains("{leaseId}") ? 1 : 0;
        assertThat(leases(alice)).isEqualTo(leasesBefore + own);
      }
    }
  }

  private static String faulty(TokenFault fault) {
    return fixture.issuer().faultyToken(fault, GatewayFixture.ALICE, GatewayFixture.CLIENT);
  }

  @Test
  void saysWhichMethodsThereAre() throws Exception {
    assertThat(fixture.api("PUT", "/v1/leases", alice, "").header("allow")).isEqualTo("GET, POST");
    assertThat(fixture.api("POST", "/v1/leases/abc", alice, "{}").header("allow"))
        .isEqualTo("DELETE, GET");
  }

  @ParameterizedTest
  @CsvFileSource(resources = "refusals.csv", delimiter = '|', numLinesToSkip = 1)
  void refuses(
      String what, String method, String path, String type, String body, int status, String detail)
      throws Exception {
    int leasesBefore = leases(alice);

    HttpRequest.Builder request =
        HttpRequest.newBuilder(fixture.gateway().api().resolve(path))
            .header("authorization", "Bearer " + alice)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(
                        body.replace("LONG", "x".repeat(70_000)).replace('\'', '"')));
    if (type != null) {
      request.header("content-type", type);
    }
    Reply reply = fixture.send(request);

    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.header("content-type")).isEqualTo("application/problem+json");
    assertThat(reply.detail()).contains(detail).doesNotContain("Exception", "\n", "\tat ");
    assertThat(problems("Problem", reply.json())).isEmpty();
    operations().stream()
        .filter(operation -> operation.method().equals(method) && operation.matches(path))
        .forEach(operation -> assertFits(operation, reply));
    assertThat(leases(alice)).isEqualTo(leasesBefore);
  }

  @Test
  void showsNobodyTheLeasesOfOthers() throws Exception {
    String id = fixture.lease().at("/lease/id").textValue();
    String missing = "b" + id.substring(1);
    String bob = fixture.token(GatewayFixture.BOB);

    for (String method : List.of("GET", "DELETE")) {
      Reply others = fixture.api(method, "/v1/leases/" + id, bob, "");
      Reply none = fixture.api(method, "/v1/leases/" + missing, bob, "");

      assertThat(others.status()).isEqualTo(404);
      assertThat(others.body().replace(id, missing)).isEqualTo(none.body());
    }
    assertThat(leases(bob)).isZero();
    assertThat(fixture.api("GET", "/v1/leases/" + id, alice, "").json().path("state").asText())
        .isEqualTo("active");
  }

  @Test
  void deniesWhatThePolicyDoesNotGive() throws Exception {
    Reply reply = fixture.api("POST", "/v1/leases", fixture.token(GatewayFixture.BOB), REQUEST);

    assertThat(reply.status()).isEqualTo(403);
    assertThat(problems("Problem", reply.json())).isEmpty();
    assertThat(reply.json().path("reason").asText()).isEqualTo("no-rule");
    assertThat(reply.detail()).contains("corp:sub-bob", "no rule allows readMetadata there");
  }

  @Test
  void givesTheCredentialOnceAndForNobodyToKeep() throws Exception {
    Reply issued = fixture.api("POST", "/v1/leases", alice, REQUEST);
    String location = issued.header("location");

    assertThat(issued.header("cache-control")).isEqualTo("no-store");
    assertThat(fixture.api("GET", location, alice, "").body())
        .doesNotContain(issued.json().path("token").textValue().substring(40));
  }

  @Test
  void endsALeaseTwiceAsOnce() throws Exception {
    String path = "/v1/leases/" + fixture.lease().at("/lease/id").textValue();

    assertThat(fixture.api("DELETE", path, alice, "").status()).isEqualTo(204);
    assertThat(fixture.api("DELETE", path, alice, "").status()).isEqualTo(204);
    assertThat(fixture.api("GET", path, alice, "").json().path("state").asText())
        .isEqualTo("revoked");
  }

  @Test
  void explainsAsItDecides() throws Exception {
    JsonNode allowed = fixture.api("POST", "/v1/explain", alice, QUESTION).json();
    JsonNode denied =
        fixture
            .api("POST", "/v1/explain", alice, QUESTION.replace("items/read", "items/delete"))
            .json();

    JsonNode elsewhere =
        fixture.api("POST", "/v1/explain", alice, QUESTION.replace("orders-prod", "other")).json();

    assertThat(elsewhere.path("reason").asText()).isEqualTo("no-rule");
    assertThat(allowed.path("decision").asText()).isEqualTo("allow");
    assertThat(allowed.path("rule").asText()).isEqualTo("the team reads orders");
    assertThat(denied.path("decision").asText()).isEqualTo("deny");
    assertThat(denied.path("reason").asText()).isEqualTo("no-rule");
  }

  private static int leases(String token) throws Exception {
    return fixture.api("GET", "/v1/leases", token, "").json().path("leases").size();
  }

  /** Whether the answer is one of those that the contract has for the operation. */
  private static void assertFits(Operation operation, Reply reply) {
    JsonNode response =
        resolved(operation.definition().path("responses").path(Integer.toString(reply.status())));
    assertThat(response.isMissingNode()).as("%s answers %s", operation, reply.status()).isFalse();
    Map<String, JsonNode> contents = new TreeMap<>();
    response.path("content").properties().forEach(c -> contents.put(c.getKey(), c.getValue()));
    if (contents.isEmpty()) {
      assertThat(reply.body()).isEmpty();
      return;
    }
    assertThat(contents.keySet()).contains(reply.header("content-type"));
    JsonNode schema = contents.values().iterator().next().path("schema");
    if (schema.has("$ref")) {
      String name = schema.get("$ref").textValue().replace("#/components/schemas/", "");
      assertThat(problems(name, reply.json())).isEmpty();
    }
  }

  private static JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? contract.at(node.get("$ref").textValue().substring(1)) : node;
  }

  private static Set<String> problems(String schema, JsonNode value) {
    ObjectNode document = JSON.createObjectNode();
    document.put("$ref", "#/components/schemas/" + schema);
    document.set("components", contract.path("components"));
    Set<String> problems = new TreeSet<>();
    JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(document)
        .validate(value)
        .forEach(problem -> problems.add(problem.getMessage()));
    return problems;
  }
}
