package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.EffectivePartitionKey;
import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.simulator.cosmos.ReceivedRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Attempts to get out of the partition that a lease is for, as no SDK would write them. */
class ConfineTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EVENTS = "/dbs/app/colls/events/docs";
  private static final String TENANT_A = "[\"tenantA\"]";

  private static DataPlaneFixture fixture;
  private static RawHttp http;
  private static String token;

  @BeforeAll
  static void start() throws Exception {
    fixture = new DataPlaneFixture("team-policy.yaml");
    http = new RawHttp(fixture.certificate().clientTls(), fixture.gateway());
    token = fixture.lease("orders-prod:/dbs/app/colls/events", TENANT_A, "owner").token().reveal();
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  @BeforeEach
  void fill() throws Exception {
    fixture.simulator().reset();
    fixture.simulator().createDatabase("app");
    fixture
        .simulator()
        .createContainer(
            "app",
            (ObjectNode)
                JSON.readTree(
                    """
                    {"id": "events", "partitionKey":
                      {"paths": ["/tenant", "/user"], "kind": "MultiHash", "version": 2}}\
                    """));
    for (String tenant : List.of("tenantA", "tenantB")) {
      fixture
          .simulator()
          .put(
              "app",
              "events",
              JSON.readTree(
                  "{\"id\":\"%s-1\",\"tenant\":\"%s\",\"user\":\"u1\"}".formatted(tenant, tenant)));
    }
    // A trigger that shows what it sees of the partition.
    fixture
        .simulator()
        .registerPreTrigger(
            "app",
            "events",
            "all",
            (partition, item) ->
                ((ObjectNode) item).set("all", JSON.valueToTree(partition.items())));
  }

  /** The vector that azure-cosmos sends for the prefix tenantA; see the hash of its sources. */
  @Test
  void takesTheRangeOfItsPrefixForItsKey() throws Exception {
    String epk = "189401DADD8E01A377D5054C37EABF4F";
    assertThat(EffectivePartitionKey.multiHash(PartitionKey.parse(TENANT_A).orElseThrow()))
        .isEqualTo(epk);

    RawHttp.Answer answer =
        query(
            "x-ms-documentdb-partitionkeyrangeid: 0",
            "x-ms-read-key-type: EffectivePartitionKeyRange",
            "x-ms-start-epk: " + epk,
            "x-ms-end-epk: " + epk + "FF");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).contains("tenantA-1").doesNotContain("tenantB");
    ReceivedRequest sent = fixture.simulator().received().getLast();
    assertThat(sent.header("x-ms-documentdb-partitionkey")).contains(TENANT_A);
    for (String range :
        List.of("x-ms-start-epk", "x-ms-end-epk", "x-ms-documentdb-partitionkeyrangeid")) {
      assertThat(sent.header(range)).as(range).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(
      resources = "confinement.csv",
      delimiter = '|',
      quoteCharacter = '`',
      numLinesToSkip = 1)
  void stays(String what, String method, String target, String headers, String body, String answer)
      throws Exception {
    int before = fixture.simulator().received().size();
    List<String> lines = new ArrayList<>();
    if (!headers.equals("-")) {
      lines.addAll(List.of(headers.split(";; ")));
    }

    RawHttp.Answer given =
        send(method, target.replace("EVENTS", EVENTS), lines, body.equals("-") ? "" : body);

    assertThat(given.status() + "/" + given.subStatus()).as(given.body()).isEqualTo(answer);
    assertThat(given.body()).doesNotContain("tenantB-1");
    if (answer.equals("403/5301")) {
      assertThat(fixture.simulator().received()).hasSize(before);
    }
  }

  @Test
  void ofABulkRequestEachOperationStays() throws Exception {
    String entry =
        "{\"operationType\":\"Read\",\"id\":\"%s\",\"partitionKey\":\"[\\\"%s\\\",\\\"u1\\\"]\"}";
    RawHttp.Answer answer =
        send(
            "POST",
            EVENTS,
            List.of(
                "content-type: application/json",
                "x-ms-cosmos-is-batch-request: true",
                "x-ms-cosmos-batch-atomic: false",
                "x-ms-documentdb-partitionkeyrangeid: 0"),
            "["
                + entry.formatted("tenantB-1", "tenantB")
                + ","
                + entry.formatted("tenantA-1", "tenantA")
                + ",{\"operationType\":\"Read\",\"id\":\"tenantA-1\"}]");

    JsonNode results = JSON.readTree(answer.body());
    assertThat(results)
        .extracting(result -> result.path("statusCode").intValue())
        .startsWith(403)
        .endsWith(403)
        .hasSize(3);
    assertThat(answer.body()).doesNotContain("tenantB-1");
    JsonNode sent = JSON.readTree(fixture.simulator().received().getLast().body().getBytes());
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).path("id").textValue()).isEqualTo("tenantA-1");
  }

  private static RawHttp.Answer query(String... headers) throws Exception {
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("content-type: application/query+json");
    all.add("x-ms-documentdb-isquery: true");
    return send("POST", EVENTS, all, "{\"query\":\"SELECT * FROM c\"}");
  }

  private static RawHttp.Answer send(
      String method, String target, List<String> headers, String body) throws Exception {
    List<String> all = new ArrayList<>(headers);
    all.add("authorization: " + URLEncoder.encode(token, StandardCharsets.UTF_8));
    all.add("x-ms-version: 2020-07-15");
    return http.send(method, target, all, body.getBytes(StandardCharsets.UTF_8));
  }
}
