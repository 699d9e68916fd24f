package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.cosmos.CosmosRequest;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.PolicySource;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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

  private static final List<Route> ROUTES = routes();

  private static DataPlaneFixture fixture;
  private static RawHttp http;

  private static JsonNode offer = JSON.missingNode();

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

  /** A row, and a lease of these actions. */
  record Attempt(Route route, Set<Action> actions) {
    @Override
    public String toString() {
      return route + " with " + role(actions);
    }
  }

  @BeforeAll
  static void start() throws Exception {
    fixture = new DataPlaneFixture(new PolicySource("routes.yaml", policy()));
    http = new RawHttp(fixture.certificate().clientTls(), fixture.gateway());
    fill();
  }

  @AfterAll
  static void stop() throws Exception {
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
    create("triggers", "{'id':'stamp','body':'','triggerType':'Pre','triggerOperation':'All'}");
    create("udfs", "{'id':'tax','body':''}");
    JsonNode self =
        JSON.readTree(send(owner(), "GET", "/dbs/shop/colls/orders", List.of(), "").body())
            .path("_self");
    for (JsonNode any :
        JSON.readTree(send(owner(), "GET", "/offers", List.of(), "").body()).path("Offers")) {
      offer = any.path("resource").equals(self) ? any : offer;
    }
  }

  private static void create(String scripts, String definition) throws Exception {
    RawHttp.Answer made =
        send(
            owner(),
            "POST",
            "/dbs/shop/colls/orders/" + scripts,
            List.of("content-type: application/json"),
            definition.replace('\'', '"'));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
  }

  static Stream<Attempt> allowed() {
    return ROUTES.stream()
        .flatMap(route -> route.enough().stream().map(enough -> new Attempt(route, enough)));
  }

  static Stream<Attempt> denied() {
    return ROUTES.stream()
        .flatMap(route -> route.tooFew().stream().map(few -> new Attempt(route, few)));
  }

  @Test
  void theTableHasEveryOperation() {
    assertThat(ROUTES.stream().map(Route::operation).distinct())
        .containsExactlyInAnyOrder(Operation.values());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("allowed")
  void isAnsweredWithTheActionsThatItTakes(Attempt attempt) throws Exception {
    RawHttp.Answer answer = send(attempt.route(), token("orders-prod:/", role(attempt.actions())));

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
    RawHttp.Answer answer = send(attempt.route(), token("orders-prod:/", role(attempt.actions())));

    assertThat(statuses(answer)).as(answer.body()).isEqualTo(attempt.route().denied());
    assertThat(forwarded()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("routes")
  void isRefusedWithALeaseOnSomethingElse(Route route) throws Exception {
    RawHttp.Answer answer = send(route, token("orders-prod:/dbs/other/colls/orders", "everything"));

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
    RawHttp.Answer answer =
        http.send(
            route.method(),
            filled(route.target()),
            route.headers(),
            filled(route.body()).getBytes(StandardCharsets.UTF_8));

    assertThat(statuses(answer)).isEqualTo("401");
    assertThat(forwarded()).isEmpty();
  }

  /** Of the operation that the table says it is; else the rest would prove another one. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("routes")
  void isWhatTheTableSays(Route route) {
    List<Map.Entry<String, String>> headers =
        route.headers().stream()
            .map(line -> line.split(": ", 2))
            .map(header -> Map.entry(header[0], header[1]))
            .toList();

    assertThat(CosmosRequest.parse(route.method(), filled(route.target()), headers))
        .isInstanceOfSatisfying(
            CosmosRequest.class,
            request -> assertThat(request.operation()).isEqualTo(route.operation()));
  }

  private static RawHttp.Answer send(Route route, String token) throws Exception {
    return send(
        token, route.method(), filled(route.target()), route.headers(), filled(route.body()));
  }

  private static RawHttp.Answer send(
      String token, String method, String target, List<String> headers, String body)
      throws Exception {
    List<String> lines = new ArrayList<>(headers);
    lines.add("authorization: " + URLEncoder.encode(token, StandardCharsets.UTF_8));
    return http.send(method, target, lines, body.getBytes(StandardCharsets.UTF_8));
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

  private static String owner() {
    return token("orders-prod:/", "everything");
  }

  private static String token(String scope, String role) {
    return fixture.lease(scope, role).token().reveal();
  }

  private static String filled(String text) {
    return text.replace("{shop}", encoded(fixture.simulator().rid("shop")))
        .replace("{orders}", encoded(fixture.simulator().rid("shop", "orders")))
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
            """)
        .toString();
  }

  private static void role(StringBuilder yaml, String name, Set<Action> actions) {
    yaml.append(
        "  %s:\n    actions: [%s]\n"
            .formatted(
                name, actions.stream().map(Action::shortName).collect(Collectors.joining(", "))));
  }
}
