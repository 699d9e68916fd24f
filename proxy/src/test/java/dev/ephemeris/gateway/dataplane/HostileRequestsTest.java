package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.cosmos.Address.Addressing;
import dev.ephemeris.cosmos.CosmosRequest;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.gateway.dataplane.RecordingUpstream.Sent;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import net.jqwik.api.statistics.StatisticsReport.StatisticsReportMode;

/**
 * Whatever comes over the wire: no exception escapes, nothing ambiguous is forwarded, and what is
 * forwarded means what was decided on, also to a reader that knows nothing of the gateway's.
 */
class HostileRequestsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a lease to read orders can ask of the account, by method and path alone. */
  private static final Pattern READING =
      Pattern.compile(
          "(GET|HEAD) /|(GET|HEAD|POST) /dbs|(GET|HEAD|POST) /dbs/shop/colls"
              + "|(GET|HEAD) /dbs/shop/colls/orders(/pkranges)?"
              + "|(GET|HEAD|POST) /dbs/shop/colls/orders/docs"
              + "|(GET|HEAD) /dbs/shop/colls/orders/docs/[^/]+");

  private static final Set<String> OURS =
      Set.of(
          "host",
          "content-length",
          "accept",
          "authorization",
          "x-ms-date",
          "x-ms-version",
          "x-ms-activity-id",
          "x-ms-documentdb-partitionkey",
          "user-agent");

  private static final int BODY_LIMIT = 20_000;

  private static DataPlaneFixture fixture;
  private static RecordingUpstream upstream;
  private static URI gateway;
  private static KeptConnection connection;
  private static String owner;
  private static String reader;

  @BeforeContainer
  static void start() throws Exception {
    fixture = new DataPlaneFixture("team-policy.yaml");
    upstream = fixture.recordingUpstream();
    gateway = fixture.gateway(steps -> steps, BODY_LIMIT, upstream.endpoint());
    connection = new KeptConnection(fixture.certificate().clientTls(), gateway);
    owner = encoded(fixture.lease("orders-prod:/", "owner").token().reveal());
    reader =
        encoded(
            fixture.lease("orders-prod:/dbs/shop/colls/orders", "data-reader").token().reveal());
  }

  @AfterContainer
  static void stop() throws Exception {
    connection.close();
    fixture.close();
  }

  @StatisticsReport(StatisticsReportMode.OFF)
  @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE)
  void areRefusedOrForwardedAsWhatTheyAre(@ForAll("requests") HostileRequest request)
      throws Exception {
    check(request);
  }

  @Tag("full")
  @StatisticsReport(StatisticsReportMode.OFF)
  @Property(tries = 1_000_000, edgeCases = EdgeCasesMode.NONE)
  void areRefusedOrForwardedAsWhatTheyAreAMillionTimes(@ForAll("requests") HostileRequest request)
      throws Exception {
    check(request);
  }

  @Provide
  Arbitrary<HostileRequest> requests() {
    return HostileRequest.of(
        RoutesTest.routes().stream()
            .map(
                route ->
                    new HostileRequest(
                        route.method(),
                        filled(route.target()),
                        route.headers().stream()
                            .map(line -> line.split(": ", 2))
                            .map(header -> Map.entry(header[0], header[1]))
                            .toList(),
                        filled(route.body())))
            .toList());
  }

  private static String filled(String text) {
    return text.replace("{shop}", "Sl8fAA==")
        .replace("{orders}", "Sl8fALN4sw4=")
        .replace("{offer}", "AbCd")
        .replace("{offerBody}", "{\"id\":\"AbCd\",\"content\":{\"offerThroughput\":400}}");
  }

  private static void check(HostileRequest request) throws Exception {
    assertThat(send(request, owner)).isNotNull();
    List<Sent> forOwner = upstream.taken();
    assertThat(forOwner).hasSizeLessThanOrEqualTo(1);
    for (Sent sent : forOwner) {
      assertThat(Ambiguity.of(request)).isEmpty();
      assertMeansWhatWasSent(request, sent);
      assertNothingElseGoesAlong(request, sent);
    }
    send(request, reader);
    List<Sent> forReader = upstream.taken();
    assertThat(forReader).hasSizeLessThanOrEqualTo(1);
    for (Sent sent : forReader) {
      assertReadsOrders(sent);
    }
    // Were everything refused, or nothing, this would hold for nothing.
    Statistics.label("forwarded for the owner").collect(!forOwner.isEmpty());
    Statistics.label("forwarded for the owner")
        .coverage(
            coverage -> {
              coverage.check(true).percentage(share -> share > 10);
              coverage.check(false).percentage(share -> share > 10);
            });
    Statistics.label("forwarded for the reader").collect(!forReader.isEmpty());
    Statistics.label("forwarded for the reader")
        .coverage(coverage -> coverage.check(true).percentage(share -> share > 3));
  }

  /** Nothing but an answer, or a closed connection after what is no HTTP; never a fault of ours. */
  private static Integer send(HostileRequest request, String token) throws Exception {
    int status =
        connection
            .send(request.bytes(gateway.getRawAuthority(), token), request.method().equals("HEAD"))
            .map(RawHttp.Answer::status)
            .orElse(0);
    assertThat(status).isIn(0, 200, 207, 400, 401, 403, 404, 413, 414, 429, 431);
    return status;
  }

  /** The gateway's reading of what it sent is that of what it got. */
  private static void assertMeansWhatWasSent(HostileRequest request, Sent sent) {
    CosmosRequest got = parsed(request.method(), request.target(), request.headers());
    CosmosRequest gave =
        parsed(
            sent.method(),
            sent.target(),
            sent.headers().stream()
                .filter(header -> !header.getKey().equals("authorization"))
                .toList());
    assertThat(gave.operation()).isEqualTo(got.operation());
    assertThat(gave.verb()).isEqualTo(got.verb());
    assertThat(gave.resourceType()).isEqualTo(got.resourceType());
    assertThat(gave.partitionKey()).isEqualTo(got.partitionKey());
    assertThat(gave.address().addressing()).isEqualTo(Addressing.NAME);
    if (got.address().addressing() == Addressing.NAME) {
      assertThat(gave.address()).isEqualTo(got.address());
    }
    if (got.operation() != Operation.BATCH) {
      assertThat(sent.body().getBytes())
          .isEqualTo(request.body().getBytes(StandardCharsets.ISO_8859_1));
    }
    assertThat(sent.target()).doesNotContain("?", "#", "\\", "//", ";");
  }

  private static CosmosRequest parsed(
      String method, String target, List<Map.Entry<String, String>> headers) {
    List<Map.Entry<String, String>> stripped = new ArrayList<>();
    headers.forEach(header -> stripped.add(Map.entry(header.getKey(), header.getValue().strip())));
    // Spaces around the target are of the request line, and all one (RFC 9112 §3).
    return (CosmosRequest) CosmosRequest.parse(method, target.strip(), stripped);
  }

  private static void assertNothingElseGoesAlong(HostileRequest request, Sent sent) {
    Set<String> read =
        parsed(request.method(), request.target(), request.headers()).headers().all().stream()
            .map(header -> header.name())
            .collect(Collectors.toSet());
    for (Map.Entry<String, String> header : sent.headers()) {
      assertThat(sent.values(header.getKey())).as(header.getKey()).hasSize(1);
      assertThat(OURS.contains(header.getKey()) || read.contains(header.getKey()))
          .as(header.getKey())
          .isTrue();
      assertThat(header.getValue()).matches("[\\x20-\\x7e]*");
    }
    CosmosRequest gave =
        parsed(
            sent.method(),
            sent.target(),
            sent.headers().stream()
                .filter(header -> !header.getKey().equals("authorization"))
                .toList());
    assertThat(sent.values("authorization").getFirst())
        .isEqualTo(
            MasterKey.ofBase64(DataPlaneFixture.UPSTREAM_KEY)
                .authorization(
                    gave.verb(),
                    gave.resourceType(),
                    gave.address().link(gave.resourceType()),
                    sent.values("x-ms-date").getFirst()));
  }

  /** By method, path, flags and body alone: it reads, and only orders. */
  private static void assertReadsOrders(Sent sent) throws Exception {
    String path =
        Arrays.stream(sent.target().split("/", -1))
            .map(segment -> URLDecoder.decode(segment, StandardCharsets.UTF_8))
            .peek(segment -> assertThat(segment).doesNotContain("/", "\\"))
            .collect(Collectors.joining("/"));
    assertThat(sent.method() + " " + path).matches(READING);
    if (sent.method().equals("POST")) {
      boolean batch = sent.values("x-ms-cosmos-is-batch-request").contains("True");
      boolean query =
          sent.values("x-ms-documentdb-isquery").contains("True")
              || sent.values("x-ms-cosmos-is-query-plan-request").contains("True");
      assertThat(batch ^ query).isTrue();
      assertThat(sent.values("x-ms-documentdb-is-upsert")).isEmpty();
      JsonNode body = JSON.readTree(sent.body().getBytes());
      if (batch) {
        body.forEach(
            operation -> assertThat(operation.path("operationType").textValue()).isEqualTo("Read"));
      } else {
        assertThat(body.path("query").isTextual()).isTrue();
      }
    }
  }

  private static String encoded(String token) {
    return URLEncoder.encode(token, StandardCharsets.UTF_8);
  }
}
