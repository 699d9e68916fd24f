package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.PartitionKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Which credential is enough for which call: {@code access.csv}. */
class AccessTest {

  private static final String ORDERS = "dbs/shop/colls/orders";

  private static RunningSimulator running;
  private static TestTenant tenant;
  private static RawClient client;

  /** How a call shows each credential, in the order of the table's columns. */
  private interface Credential {
    void show(RawClient.Request request, String method, String target);
  }

  private static final Map<String, Credential> CREDENTIALS = new LinkedHashMap<>();

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    tenant = new TestTenant();
    client = new RawClient(running);
    running.simulator.access().trust(tenant.asTrusted());
    CREDENTIALS.put("readonly", AccessTest::signReadOnly);
    CREDENTIALS.put("readAll", token(PermissionMode.READ, ORDERS, ""));
    CREDENTIALS.put("allAll", token(PermissionMode.ALL, ORDERS, ""));
    CREDENTIALS.put("readKey", token(PermissionMode.READ, ORDERS, "[\"a\"]"));
    CREDENTIALS.put("allKey", token(PermissionMode.ALL, ORDERS, "[\"a\"]"));
    CREDENTIALS.put("readItem", token(PermissionMode.READ, ORDERS + "/docs/1", "[\"a\"]"));
    CREDENTIALS.put("allItem", token(PermissionMode.ALL, ORDERS + "/docs/1", "[\"a\"]"));
    CREDENTIALS.put("readerAccount", role(RoleDefinition.DATA_READER, "/"));
    CREDENTIALS.put("contributorDatabase", role(RoleDefinition.DATA_CONTRIBUTOR, "/dbs/shop"));
    CREDENTIALS.put("readerContainer", role(RoleDefinition.DATA_READER, "/" + ORDERS));
    CREDENTIALS.put("contributorContainer", role(RoleDefinition.DATA_CONTRIBUTOR, "/" + ORDERS));
    CREDENTIALS.put(
        "contributorElsewhere",
        role(RoleDefinition.DATA_CONTRIBUTOR, "/dbs/shop/colls/orders-old"));
  }

  @AfterAll
  static void stop() {
    running.close();
    tenant.close();
  }

  @BeforeEach
  void fill() {
    running.resetWithContainer();
    running.simulator.createContainer("shop", "orders-old", "/pk");
    running.simulator.createDatabase("shop2");
    running.simulator.createContainer("shop2", "orders", "/pk");
    running.put("{'id': '1', 'pk': 'a'}");
    running.put("{'id': '1', 'pk': 'b'}");
    running.put("{'id': '2', 'pk': 'a'}");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvFileSource(resources = "access.csv", numLinesToSkip = 1)
  void isEnoughForWhatItIsFor(ArgumentsAccessor row) throws Exception {
    String[] call = row.getString(0).split(" ", -1);
    int column = 2;
    Map<String, String> expected = new LinkedHashMap<>();
    Map<String, String> outcomes = new LinkedHashMap<>();
    for (Map.Entry<String, Credential> credential : CREDENTIALS.entrySet()) {
      expected.put(credential.getKey(), row.getString(column++));
      fill();
      RawClient.Request request = client.request(call[0], call[1]);
      select(request, Optional.ofNullable(row.getString(1)).orElse(""));
      credential.getValue().show(request, call[0], call[1]);
      outcomes.put(credential.getKey(), outcome(request.send()));
    }

    assertThat(outcomes).isEqualTo(expected);
  }

  private static String outcome(RawClient.Reply reply) {
    return switch (reply.status()) {
      case 401 -> "401";
      case 403 -> reply.header("x-ms-substatus").replaceAll("^0$", "403");
      default -> {
        assertThat(reply.status()).as("a failure").isLessThan(500);
        yield "yes";
      }
    };
  }

  private static void select(RawClient.Request request, String selectors) {
    String body = "{'id': '1', 'pk': 'a'}";
    for (String selector : selectors.split(" ", -1)) {
      switch (selector) {
        case "query" -> request.header("x-ms-documentdb-isquery", "True");
        case "plan" -> request.header("x-ms-cosmos-is-query-plan-request", "True");
        case "upsert" -> request.header("x-ms-documentdb-is-upsert", "True");
        case "batch" ->
            request
                .header("x-ms-cosmos-is-batch-request", "True")
                .header("x-ms-cosmos-batch-atomic", "True");
        case "feed" -> request.header("a-im", "Incremental feed");
        case "" -> {}
        default -> {
          assertThat(selector).startsWith("pk=");
          request.header(
              "x-ms-documentdb-partitionkey", "[\"" + selector.substring("pk=".length()) + "\"]");
        }
      }
      body =
          switch (selector) {
            case "query", "plan" -> "{'query': 'SELECT * FROM c'}";
            case "batch" ->
                "[{'operationType': 'Read', 'id': '1'},"
                    + "{'operationType': 'Delete', 'id': '1'}]";
            default -> body;
          };
    }
    request.body(body);
  }

  private static void signReadOnly(RawClient.Request request, String method, String target) {
    String date = HttpDate.format(Instant.now());
    ResourcePath path = ResourcePath.parse(target);
    String key = running.simulator.access().key(KeyKind.PRIMARY_READONLY);
    String signature = MasterKey.ofBase64(key).sign(method, path.resourceType(), path.link(), date);
    request.header("x-ms-date", date);
    authorize(request, "type=master&ver=1.0&sig=" + signature);
  }

  private static Credential token(PermissionMode mode, String resource, String key) {
    return (request, _, _) ->
        authorize(
            request,
            running
                .simulator
                .access()
                .mintResourceToken(
                    mode, resource, PartitionKey.parse(key), Duration.ofMinutes(10)));
  }

  private static Credential role(RoleDefinition role, String scope) {
    return (request, _, _) -> {
      running
          .simulator
          .access()
          .assign(new RoleAssignment(TestTenant.ALICE.subject(), role, scope));
      authorize(request, "type=aad&ver=1.0&sig=" + tenant.token());
    };
  }

  private static void authorize(RawClient.Request request, String authorization) {
    request.header("authorization", URLEncoder.encode(authorization, StandardCharsets.UTF_8));
  }
}
