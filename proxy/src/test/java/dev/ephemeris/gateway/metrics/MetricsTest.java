package dev.ephemeris.gateway.metrics;

import static java.net.http.HttpRequest.BodyPublishers.ofString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.simulator.cosmos.Fault;
import dev.ephemeris.simulator.cosmos.RequestPattern;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers that a whole gateway tells of what was done with it. */
class MetricsTest {

  private static final String REQUESTS = "ephemeris_requests_total";
  private static final String ANSWERS = "ephemeris_upstream_answers_total";
  private static final String UNITS = "ephemeris_request_units_total{account=\"orders-prod\"}";
  private static final String UPSTREAM =
      "ephemeris_upstream_duration_seconds_%s{account=\"orders-prod\"}";
  private static final String GATEWAY = "ephemeris_gateway_duration_seconds_%s{decision=\"%s\"}";

  private static final String ORDER = "/dbs/shop/colls/orders/docs/o1";

  private static GatewayFixture fixture;
  private static String reader;
  private static String revoked;

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
    Files.writeString(
        fixture.folder().resolve("policy.yaml"),
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: the team works on orders
            for: { groups: [group:default/team] }
            role: data-contributor
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            ttl: { default: 1h, max: 4h }
          - name: nobody deletes orders
            effect: deny
            for: { groups: [group:default/team] }
            actions: [items/delete]
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
        """);
    fixture.configure(
        text ->
            text.replace(
                "checkpointsOffHost: false",
                "checkpointsOffHost: false, sinks: [{ name: archive, file: { folder: archive }"
                    + " }]"));
    fixture.restart();
    reader = fixture.lease().path("token").textValue();
    var ended = fixture.lease();
    revoked = ended.path("token").textValue();
    fixture.api(
        "DELETE",
        "/v1/leases/" + ended.at("/lease/id").textValue(),
        fixture.token(GatewayFixture.ALICE),
        "");
  }

  @AfterAll
  static void stop() throws IOException {
    fixture.close();
  }

  @AfterEach
  void mend() {
    fixture.account().faults().clear();
    fixture.findJournal();
  }

  @ParameterizedTest(name = "{0} {1} with {2}: {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "GET    | /dbs/shop/colls/orders/docs/o1 | reader  | READ_ITEM,allow,allowed",
        "GET    | /dbs/shop/colls/orders/docs/xx | reader  | READ_ITEM,allow,allowed",
        "GET    | /                              | reader  | READ_ACCOUNT,allow,allowed",
        "DELETE | /dbs/shop/colls/orders/docs/o1 | reader  | DELETE_ITEM,deny,denied-by-rule",
        "PUT    | /dbs/shop/colls/orders/docs/o1 | reader  | REPLACE_ITEM,deny,outside-lease",
        "GET    | /dbs/shop/colls/others/docs/o1 | reader  | READ_ITEM,deny,no-rule",
        "GET    | /dbs/shop/colls/orders/docs/o1 | nobody  | READ_ITEM,deny,unauthenticated",
        "GET    | /dbs/shop/colls/orders/docs/o1 | forged  | READ_ITEM,deny,unauthenticated",
        "GET    | /dbs/shop/colls/orders/docs/o1 | revoked | READ_ITEM,deny,lease-ended",
        "GET    | /dbs//colls/orders/docs/o1     | reader  | NONE,deny,malformed",
        "GET    | /dbs/shop/users                | reader  | NONE,deny,not-available",
      })
  void countsEachRequestByWhatBecameOfIt(
      String method, String path, String credential, String expected) throws Exception {
    Map<String, Double> gained =
        requests(1, () -> send(method, path, credential)).since(before, REQUESTS);

    assertThat(gained).containsExactly(Map.entry(counted(expected.split(",", -1)), 1.0));
  }

  @Test
  void countsWhatTheAccountAnsweredAndCharged() throws Exception {
    Reply[] answer = new Reply[1];

    Scrape after = requests(1, () -> answer[0] = send("GET", ORDER, "reader"));

    double charge = Double.parseDouble(answer[0].header("x-ms-request-charge"));
    assertThat(charge).isPositive();
    assertThat(after.value(UNITS) - before.value(UNITS))
        .isCloseTo(charge, org.assertj.core.data.Offset.offset(1e-6));
    assertThat(after.since(before, ANSWERS)).containsExactly(Map.entry(answers("2xx"), 1.0));
    assertThat(gained(after, UPSTREAM.formatted("count"))).isEqualTo(1);
    assertThat(gained(after, GATEWAY.formatted("count", "allow"))).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1, 0})
  void aChargeThatIsNoneDoesNotSpoilTheSum(double charge) {
    Metrics metrics = Metrics.of(List.of("a"));

    metrics.requests().upstream("a", 200, 1, charge);
    metrics.requests().upstream("a", 200, 1, 2.5);

    assertThat(metrics.scrape()).contains("ephemeris_request_units_total{account=\"a\"} 2.5\n");
  }

  @Test
  void countsNothingUpstreamOfWhatIsRefused() throws Exception {
    Scrape after = requests(1, () -> send("DELETE", ORDER, "reader"));

    assertThat(after.since(before, ANSWERS, UNITS, UPSTREAM.formatted("count"))).isEmpty();
    assertThat(gained(after, GATEWAY.formatted("count", "deny"))).isEqualTo(1);
  }

  @Test
  void tellsAThrottledRequestFromTheAccountsOtherAnswers() throws Exception {
    fail(Fault.throttled(Duration.ofMillis(10)));

    Scrape after = requests(1, () -> send("GET", ORDER, "reader"));

    assertThat(after.since(before, ANSWERS)).containsExactly(Map.entry(answers("429"), 1.0));
    assertThat(after.since(before, REQUESTS))
        .containsExactly(Map.entry(counted("READ_ITEM", "allow", "allowed"), 1.0));
  }

  @ParameterizedTest
  @CsvSource({"404, 4xx", "500, 5xx", "503, 5xx"})
  void countsTheAccountsErrorsByTheirKind(int status, String label) throws Exception {
    fail(Fault.status(status, 0, "as the test wants it"));

    Scrape after = requests(1, () -> send("GET", ORDER, "reader"));

    assertThat(after.since(before, ANSWERS)).containsExactly(Map.entry(answers(label), 1.0));
  }

  @Test
  void tellsAnAccountThatDoesNotAnswer() throws Exception {
    fail(Fault.cut(Fault.Moment.BEFORE_EFFECT));

    Scrape after = requests(1, () -> send("GET", ORDER, "reader"));

    assertThat(after.since(before, REQUESTS))
        .containsExactly(Map.entry(counted("READ_ITEM", "fail", "upstream-unreachable"), 1.0));
    assertThat(after.since(before, ANSWERS)).containsExactly(Map.entry(answers("none"), 1.0));
  }

  @Test
  void anAnswerThatBreaksOffIsAFault() throws Exception {
    fail(Fault.cut(Fault.Moment.IN_BODY));

    Scrape after =
        requests(
            1,
            () ->
                assertThatThrownBy(() -> send("GET", ORDER, "reader"))
                    .isInstanceOf(IOException.class));

    assertThat(after.since(before, REQUESTS))
        .containsExactly(Map.entry(counted("READ_ITEM", "fail", "fault"), 1.0));
  }

  @Test
  void aClientThatLeavesIsNoFault() throws Exception {
    fail(Fault.delayed(Duration.ofMillis(600)));

    Scrape after =
        requests(
            1,
            () ->
                assertThatThrownBy(
                        () ->
                            fixture.send(
                                request("GET", ORDER, "reader").timeout(Duration.ofMillis(200))))
                    .isInstanceOf(HttpTimeoutException.class));

    assertThat(after.since(before, REQUESTS))
        .containsExactly(Map.entry(counted("READ_ITEM", "fail", "client-gone"), 1.0));
  }

  @Test
  void theAccountsTimeIsNotTheGateways() throws Exception {
    fail(Fault.delayed(Duration.ofMillis(700)));

    Scrape after = requests(1, () -> send("GET", ORDER, "reader"));

    assertThat(gained(after, UPSTREAM.formatted("sum"))).isGreaterThan(0.69);
    assertThat(gained(after, GATEWAY.formatted("sum", "allow")))
        .isGreaterThan(0)
        .isLessThan(gained(after, UPSTREAM.formatted("sum")));
    assertThat(after.since(before, "ephemeris_upstream_duration_seconds_bucket"))
        .doesNotContainKey(bucket("0.5"))
        .containsEntry(bucket("2.0"), 1.0)
        .containsEntry(bucket("+Inf"), 1.0);
  }

  @Test
  void aBulkRequestIsAllowedInPart() throws Exception {
    String read = "{\"operationType\":\"Read\",\"partitionKey\":\"[\\\"c1\\\"]\",\"id\":\"o1\"}";
    String delete = read.replace("Read", "Delete");

    Scrape partly = requests(1, () -> bulk("[" + read + "," + delete + "]"));
    assertThat(partly.since(before, REQUESTS))
        .containsExactly(Map.entry(counted("BATCH", "allow", "allowed-in-part"), 1.0));

    Scrape refused = requests(1, () -> bulk("[" + delete + "]"));
    assertThat(refused.since(before, REQUESTS))
        .containsExactly(Map.entry(counted("BATCH", "deny", "denied-by-rule"), 1.0));
  }

  @Test
  void tellsABodyThatIsTooLong() throws Exception {
    String query = "{\"query\":\"SELECT * FROM c\",\"parameters\":[]}";

    Scrape after =
        requests(
            1,
            () ->
                fixture.send(
                    request("POST", "/dbs/shop/colls/orders/docs", "reader")
                        .setHeader("content-type", "application/query+json")
                        .header("x-ms-documentdb-isquery", "true")
                        .POST(ofString(query + " ".repeat(2_300_000)))));

    assertThat(after.since(before, REQUESTS))
        .containsExactly(Map.entry(counted("QUERY_ITEMS", "deny", "too-large"), 1.0));
  }

  @Test
  void countsTheJournalsRecordsAndWhatItDidNotTake() throws Exception {
    Scrape read = requests(1, () -> send("GET", ORDER, "reader"));
    assertThat(
            read.since(
                before, "ephemeris_journal_records_total", "ephemeris_journal_failures_total"))
        .containsExactly(Map.entry("ephemeris_journal_records_total", 2.0));

    fixture.loseJournal();
    Scrape lost = requests(1, () -> send("GET", ORDER, "reader"));
    assertThat(
            lost.since(
                before, "ephemeris_journal_records_total", "ephemeris_journal_failures_total"))
        .containsExactly(Map.entry("ephemeris_journal_failures_total", 1.0));
    assertThat(lost.since(before, REQUESTS))
        .containsExactly(Map.entry(counted("READ_ITEM", "fail", "journal"), 1.0));
  }

  @Test
  void noCallerMakesATimeSeries() throws Exception {
    Random random = new Random(20_261_127);
    List<String> paths =
        List.of(
            "/dbs/shop/colls/orders/docs/%s",
            "/dbs/shop/colls/%s/docs/o1",
            "/dbs/%s/colls",
            "/dbs/%s/colls/%s/sprocs/%s",
            "/dbs/shop/colls/orders/docs/%%2F%s",
            "/%s",
            "/dbs/shop/users/%s");
    List<String> credentials = List.of("reader", "forged", "random", "nobody");
    Runnable all =
        () -> {
          for (String path : paths) {
            for (String credential : credentials) {
              try {
                send("GET", path.replaceAll("%s", word(random)).replace("%%", "%"), credential);
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            }
          }
        };
    int each = paths.size() * credentials.size();
    Scrape first = requests(each, all::run);

    int rounds = 1_000 / each + 1;
    Scrape after =
        requests(
            each * rounds,
            () -> {
              for (int i = 0; i < rounds; i++) {
                all.run();
              }
            });

    assertThat(after.series().keySet()).isEqualTo(first.series().keySet());
  }

  @Test
  void labelsHaveTheValuesOfClosedListsOnly() throws Exception {
    Map<String, Set<String>> lists =
        Map.of(
            "operation",
            Stream.concat(Arrays.stream(Operation.values()).map(Enum::name), Stream.of("NONE"))
                .collect(Collectors.toSet()),
            "decision",
            Set.of("allow", "deny", "fail"),
            "reason",
            Arrays.stream(Disposition.values()).map(Disposition::code).collect(Collectors.toSet()),
            "account",
            Set.of("orders-prod"),
            "status",
            Set.of("2xx", "3xx", "4xx", "429", "5xx", "none"),
            "lane",
            Set.of("proxy", "token", "rbac"),
            "how",
            Set.of("revoked", "expired"),
            "outcome",
            Set.of("changed", "unchanged", "failed"),
            "sink",
            Set.of("archive"));

    Pattern label = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");
    for (String series : Scrape.of(fixture).series().keySet()) {
      for (MatchResult match : label.matcher(series).results().toList()) {
        if (!match.group(1).equals("le")) {
          assertThat(lists).as(series).containsKey(match.group(1));
          assertThat(lists.get(match.group(1))).as(series).contains(match.group(2));
        }
      }
    }
  }

  @Test
  void theDocumentationNamesEveryMetricAndReason() throws Exception {
    String text = Files.readString(Path.of("../docs/metrics.md"));
    Set<String> documented =
        Pattern.compile("`(ephemeris_[a-z_]+)`")
            .matcher(text)
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    send("GET", ORDER, "reader");

    assertThat(documented)
        .isEqualTo(
            Scrape.of(fixture).series().keySet().stream()
                .map(series -> series.replaceAll("\\{.*", ""))
                .map(name -> name.replaceAll("_seconds_(bucket|count|sum)$", "_seconds"))
                .collect(Collectors.toCollection(TreeSet::new)));
    for (Disposition disposition : Disposition.values()) {
      assertThat(text)
          .contains("| `" + disposition.decision().code() + "` | `" + disposition.code());
    }
  }

  private Scrape before = new Scrape(Map.of());

  private interface Action {
    void run() throws Exception;
  }

  /** Does something, and waits until so many requests are counted: that comes after the answer. */
  private Scrape requests(int count, Action action) throws Exception {
    before = Scrape.of(fixture);
    action.run();
    Scrape after = Scrape.of(fixture);
    for (int i = 0; i < 500 && after.sum(REQUESTS) < before.sum(REQUESTS) + count; i++) {
      Thread.sleep(10);
      after = Scrape.of(fixture);
    }
    assertThat(after.sum(REQUESTS)).isEqualTo(before.sum(REQUESTS) + count);
    return after;
  }

  private double gained(Scrape after, String series) {
    return after.value(series) - before.value(series);
  }

  private static void fail(Fault fault) {
    fixture.account().faults().next(1, RequestPattern.ANY, fault);
  }

  private static Reply send(String method, String path, String credential) throws Exception {
    return fixture.send(request(method, path, credential));
  }

  private static void bulk(String operations) throws Exception {
    fixture.send(
        request("POST", "/dbs/shop/colls/orders/docs", "reader")
            .header("x-ms-cosmos-is-batch-request", "True")
            .header("x-ms-cosmos-batch-atomic", "False")
            .header("x-ms-cosmos-batch-continue-on-error", "True")
            .POST(ofString(operations)));
  }

  private static HttpRequest.Builder request(String method, String path, String credential) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(fixture.gateway().dataPlane().resolve(path))
            .method(
                method,
                method.equals("PUT")
                    ? ofString("{\"id\":\"o1\",\"customerId\":\"c1\"}")
                    : HttpRequest.BodyPublishers.noBody())
            .header("x-ms-version", "2020-07-15")
            .header("x-ms-documentdb-partitionkey", "[\"c1\"]");
    String token =
        switch (credential) {
          case "reader" -> reader;
          case "revoked" -> revoked;
          case "forged" -> reader.substring(0, reader.length() - 3) + "abc";
          case "random" -> "type=resource&ver=1.0&sig=" + word(new Random());
          default -> "";
        };
    return token.isEmpty()
        ? request
        : request.header("authorization", URLEncoder.encode(token, StandardCharsets.UTF_8));
  }

  private static String word(Random random) {
    return random
        .ints(1 + random.nextInt(40), 'a', 'z' + 1)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static String counted(String... labels) {
    return REQUESTS
        + "{decision=\"%s\",operation=\"%s\",reason=\"%s\"}"
            .formatted(labels[1], labels[0], labels[2]);
  }

  private static String answers(String status) {
    return ANSWERS + "{account=\"orders-prod\",status=\"" + status + "\"}";
  }

  private static String bucket(String le) {
    return "ephemeris_upstream_duration_seconds_bucket{account=\"orders-prod\",le=\"" + le + "\"}";
  }
}
