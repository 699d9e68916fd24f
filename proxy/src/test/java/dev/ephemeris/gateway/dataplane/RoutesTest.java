package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.cosmos.CosmosRequest;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.gateway.lease.Issuance;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.PolicySource;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract of the data plane, request by request: with exactly the actions that it takes a
 * request is answered by the account; with all actions but those it is refused, and the account
 * isn't asked.
 */
class RoutesTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the table abbreviates. */
  private static final Map<String, List<String>> SHORT_FOR =
      Map.of(
          "-", List.of(),
          "JSON", List.of("content-type: application/json"),
          "KEY", List.of("x-ms-documentdb-partitionkey: [\"a\"]"),
          "QUERY", List.of("content-type: application/query+json", "x-ms-documentdb-isquery: true"),
          "BATCH",
              List.of(
                  "content-type: application/json",
                  "x-ms-cosmos-is-batch-request: true",
                  "x-ms-cosmos-batch-atomic: true"),
          "BULK",
              List.of(
                  "content-type: application/json",
                  "x-ms-cosmos-is-batch-request: true",
                  "x-ms-cosmos-batch-atomic: false",
                  "x-ms-documentdb-partitionkeyrangeid: 0"));

  private static final String ORDERS = "/dbs/shop/colls/orders";

  private static final List<Route> ROUTES = routes();

  private static DataPlaneFixture fixture;
  private static KeptConnection connection;
  private static int port;

  private static JsonNode offer = JSON.missingNode();
  private static JsonNode clientEncryptionKey = JSON.missingNode();

  /** How many requests the account had got before the test. */
  private int before;

  /**
   * A row.
   *
   * @param taken the actions that the request takes; each of them alone is one of {@link #enough}
   *     if any will do
   */
  record Route(
      Operation operation,
      String method,
      String target,
      List<String> headers,
      String body,
      Set<Action> taken,
      boolean anyWillDo,
      String answer,
      String denied,
      String elsewhere) {

    /** Each of them lets the request through. */
    List<Set<Action>> enough() {
      return anyWillDo
          ? taken.stream().map(Set::of).toList()
          : List.of(taken.isEmpty() ? Set.of(Action.ITEMS_UNMASK) : taken);
    }

    /** None of them does. */
    List<Set<Action>> tooFew() {
      return anyWillDo
          ? List.of(allBut(taken))
          : taken.stream().map(action -> allBut(Set.of(action))).toList();
    }

    private static Set<Action> allBut(Set<Action> left) {
      return EnumSet.complementOf(EnumSet.copyOf(left));
    }

    @Override
    public String toString() {
      return method + " " + target + " (" + operation + ") " + taken + " " + body;
    }
  }

  /** A row, and a lease of these actions, in each form that a credential can have. */
  record Attempt(Route route, Set<Action> actions, CredentialForm form) {

    static Stream<Attempt> inEachForm(Route route, Set<Action> actions) {
      return Stream.of(CredentialForm.values()).map(form -> new Attempt(route, actions, form));
    }

    @Override
    public String toString() {
      return form + ": " + route + " with " + role(actions);
    }
  }

  /** A credential, and the host name where it is good. */
  private record Shown(String host, Authorization authorization) {}

  /** The lines that show it on a request. */
  private interface Authorization {
    List<String> lines(Route route);
  }

  @BeforeAll
  static void start() throws Exception {
    fixture = new DataPlaneFixture(new PolicySource("routes.yaml", policy()));
    URI gateway = fixture.gateway();
    port = gateway.getPort();
    connection = new KeptConnection(fixture.certificate().clientTls(), gateway);
    fill();
  }

  @AfterAll
  static void stop() throws Exception {
    connection.close();
    fixture.close();
  }

  @BeforeEach
  void count() {
    before = fixture.simulator().received().size();
  }

  private static void fill() throws Exception {
    fixture.simulator().reset();
    for (String database : List.of("shop", "other")) {
      fixture.simulator().createDatabase(database);
      fixture.simulator().createContainer(database, "orders", "/pk");
    }
    fixture.simulator().put("shop", "orders", JSON.readTree("{\"id\":\"o-1\",\"pk\":\"a\"}"));
    fixture
        .simulator()
        .register("shop", "orders", "sum", (partition, arguments) -> JSON.createArrayNode());
    fixture.simulator().registerPreTrigger("shop", "orders", "stamp", (partition, item) -> item);
    fixture.simulator().registerPostTrigger("shop", "orders", "count", (partition, item) -> item);
    create(ORDERS + "/udfs", "{'id':'tax','body':''}");
    clientEncryptionKey = create("/dbs/shop/clientencryptionkeys", "{'id':'cek'}");
    JsonNode self = JSON.readTree(asOwner("GET", ORDERS, List.of(), "").body()).path("_self");
    for (JsonNode any :
        JSON.readTree(asOwner("GET", "/offers", List.of(), "").body()).path("Offers")) {
      offer = any.path("resource").equals(self) ? any : offer;
    }
  }

  private static JsonNode create(String feed, String definition) throws Exception {
    RawHttp.Answer made =
        asOwner(
            "POST", feed, List.of("content-type: application/json"), definition.replace('\'', '"'));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return JSON.readTree(made.body());
  }

  static Stream<Attempt> allowed() {
    return ROUTES.stream()
        .flatMap(
            route -> route.enough().stream().flatMap(enough -> Attempt.inEachForm(route, enough)));
  }

  static Stream<Attempt> denied() {
    return ROUTES.stream()
        .flatMap(route -> route.tooFew().stream().flatMap(few -> Attempt.inEachForm(route, few)));
  }

  @Test
  void theTableHasEveryOperation() {
    assertThat(ROUTES.stream().map(Route::operation).distinct())
        .containsExactlyInAnyOrder(Operation.values());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("allowed")
  void isAnsweredWithTheActionsThatItTakes(Attempt attempt) throws Exception {
    RawHttp.Answer answer = send(attempt.route(), shown(role(attempt.actions()), attempt.form()));

    assertThat(Integer.toString(answer.status()))
        .as(answer.body())
        .isEqualTo(attempt.route().answer());
    assertThat(forwarded()).hasSize(1);
    if (attempt.route().operation().changesState()) {
      fill();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("denied")
  void isRefusedWithoutOneOfThem(Attempt attempt) throws Exception {
    RawHttp.Answer answer = send(attempt.route(), shown(role(attempt.actions()), attempt.form()));

    assertThat(statuses(answer)).as(answer.body()).isEqualTo(attempt.route().denied());
    assertThat(forwarded()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("routes")
  void isRefusedWithALeaseOnSomethingElse(Route route) throws Exception {
    String token = token("orders-prod:/dbs/other/colls/orders", "everything");

    RawHttp.Answer answer = send(route, new Shown("localhost", any -> List.of(line(token))));

    assertThat(statuses(answer)).as(answer.body()).isEqualTo(route.elsewhere());
    boolean byRid = route.target().contains("{");
    if (answer.status() == 200 || byRid) {
      assertThat(answer.body()).doesNotContain("shop");
    }
    if (answer.status() != 200) {
      assertThat(forwarded()).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("routes")
  void isRefusedWithoutACredential(Route route) throws Exception {
    RawHttp.Answer answer = send(route, new Shown("localhost", any -> List.of()));

    assertThat(statuses(answer)).isEqualTo("401");
    assertThat(forwarded()).isEmpty();
  }

  /** Of the operation that the table says it is; else the rest would prove another one. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("routes")
  void isWhatTheTableSays(Route route) {
    assertThat(parsed(route).operation()).isEqualTo(route.operation());
  }

  private static CosmosRequest parsed(Route route) {
    List<Map.Entry<String, String>> headers =
        route.headers().stream()
            .map(line -> line.split(": ", 2))
            .map(header -> Map.entry(header[0], header[1]))
            .toList();
    return (CosmosRequest) CosmosRequest.parse(route.method(), filled(route.target()), headers);
  }

  private static Shown shown(String role, CredentialForm form) {
    return switch (form) {
      case LEASE_TOKEN -> {
        String token = token("orders-prod:/", role);
        yield new Shown("localhost", route -> List.of(line(token)));
      }
      case OWN_TOKEN -> {
        String token = "type=aad&ver=1.0&sig=" + fixture.ownToken(role);
        yield new Shown("orders-prod.localhost", route -> List.of(line(token)));
      }
      case LEASE_KEY -> {
        Issuance.IssuedKey key = fixture.key("orders-prod:/", role);
        yield new Shown(
            key.lease().id() + ".lease.localhost", route -> signed(route, key.key().reveal()));
      }
    };
  }

  private static String line(String token) {
    return "authorization: " + URLEncoder.encode(token, StandardCharsets.UTF_8);
  }

  /** As a client signs that knows the resource from its path; see the REST documentation. */
  private static List<String> signed(Route route, String key) {
    String date = HttpDate.format(Instant.now());
    CosmosRequest request = parsed(route);
    return List.of(
        "x-ms-date: " + date,
        "authorization: "
            + MasterKey.ofBase64(key)
                .authorization(
                    request.verb(),
                    request.resourceType(),
                    request.address().link(request.resourceType()),
                    date));
  }

  private static RawHttp.Answer send(Route route, Shown shown) throws Exception {
    List<String> lines = new ArrayList<>(route.headers());
    lines.addAll(shown.authorization().lines(route));
    return send(shown.host(), route.method(), filled(route.target()), lines, filled(route.body()));
  }

  /** For the test's own use, with every right. */
  private static RawHttp.Answer asOwner(
      String method, String target, List<String> headers, String body) throws Exception {
    List<String> lines = new ArrayList<>(headers);
    lines.add(line(token("orders-prod:/", "everything")));
    return send("localhost", method, target, lines, body);
  }

  private static RawHttp.Answer send(
      String host, String method, String target, List<String> headers, String body)
      throws Exception {
    StringBuilder head = new StringBuilder(method).append(' ').append(target);
    head.append(" HTTP/1.1\r\nhost: ").append(host).append(':').append(port).append("\r\n");
    headers.forEach(line -> head.append(line).append("\r\n"));
    if (!body.isEmpty()) {
      head.append("content-length: ").append(body.length()).append("\r\n");
    }
    head.append("\r\n").append(body);
    return connection
        .send(head.toString().getBytes(StandardCharsets.US_ASCII), method.equals("HEAD"))
        .orElseThrow();
  }

  /** What the account was sent for somebody since the test began; not the gateway's own reads. */
  private List<String> forwarded() {
    return fixture.simulator().received().stream()
        .skip(before)
        .filter(request -> request.header("user-agent").isPresent())
        .map(request -> request.method() + " " + request.target())
        .toList();
  }

  private static String statuses(RawHttp.Answer answer) {
    return answer.subStatus() == 0
        ? Integer.toString(answer.status())
        : answer.status() + "/" + answer.subStatus();
  }

  private static String token(String scope, String role) {
    return fixture.lease(scope, role).token().reveal();
  }

  private static String filled(String text) {
    return text.replace("{shop}", encoded(fixture.simulator().rid("shop")))
        .replace("{orders}", encoded(fixture.simulator().rid("shop", "orders")))
        .replace("{cek}", encoded(clientEncryptionKey.path("_rid").asText()))
        .replace("{offer}", offer.path("id").asText("none"))
        .replace("{offerBody}", offer.toString());
  }

  private static String encoded(String rid) {
    return URLEncoder.encode(rid, StandardCharsets.UTF_8);
  }

  // --- the table, and a policy with a role for each of its leases
  // ---------------------------------

  static List<Route> routes() {
    try (InputStream file = RoutesTest.class.getResourceAsStream("routes.csv")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(RoutesTest::route)
          .toList();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Route route(String line) {
    String[] cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toArray(String[]::new);
    assertThat(cells).as(line).hasSize(9);
    boolean anyWillDo = cells[5].contains(" or ");
    return new Route(
        Operation.valueOf(cells[0]),
        cells[1],
        cells[2],
        Arrays.stream(cells[3].split(";;", -1))
            .flatMap(header -> SHORT_FOR.getOrDefault(header, List.of(header)).stream())
            .toList(),
        cells[4].equals("-") ? "" : cells[4],
        cells[5].equals("-")
            ? Set.of()
            : Arrays.stream(cells[5].split(anyWillDo ? " or " : " ", -1))
                .flatMap(name -> Action.matching(name).stream())
                .collect(Collectors.toUnmodifiableSet()),
        anyWillDo,
        cells[6],
        cells[7],
        cells[8]);
  }

  private static String role(Set<Action> actions) {
    return actions.size() <= Action.values().length / 2
        ? "only" + names(actions)
        : "all-but" + names(EnumSet.complementOf(EnumSet.copyOf(actions)));
  }

  private static String names(Set<Action> actions) {
    return actions.stream()
        .sorted()
        .map(action -> "-" + action.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
        .collect(Collectors.joining());
  }

  private static String policy() {
    Map<String, Set<Action>> roles =
        Stream.concat(allowed(), denied())
            .map(Attempt::actions)
            .distinct()
            .collect(Collectors.toMap(RoutesTest::role, actions -> actions));
    StringBuilder yaml = new StringBuilder("apiVersion: ephemeris.dev/v1\nroles:\n");
    role(yaml, "everything", EnumSet.allOf(Action.class));
    roles.forEach((name, actions) -> role(yaml, name, actions));
    return yaml.append(
            """
            rules:
              - name: the team may do everything
                for: { groups: [group:default/team] }
                role: everything
                scopes: ["orders-prod:/"]
                credentials: [lease-token, lease-key]
            """)
        .append(
            roles.keySet().stream()
                .map(
                    role ->
                        """
                          - name: %1$s
                            for: { groups: [group:default/%1$s] }
                            role: %1$s
                            scopes: ["orders-prod:/"]
                        """
                            .formatted(role))
                .collect(Collectors.joining()))
        .toString();
  }

  private static void role(StringBuilder yaml, String name, Set<Action> actions) {
    yaml.append(
        "  %s:\n    actions: [%s]\n"
            .formatted(
                name, actions.stream().map(Action::shortName).collect(Collectors.joining(", "))));
  }
}
