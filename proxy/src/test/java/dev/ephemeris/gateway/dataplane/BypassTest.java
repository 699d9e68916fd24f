package dev.ephemeris.gateway.dataplane;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.simulator.cosmos.Effect;
import dev.ephemeris.simulator.cosmos.ReceivedRequest;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attempts to get around the gateway: refused, and each shown to be possible without its step. */
class BypassTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BODY_LIMIT = 20_000;
  private static final int ATTEMPTS = 5;

  /** What nobody here may read. */
  private static final List<String> SECRETS = List.of("90000", "s3cr3t-note", "of-tenantB");

  /** Of the simulator's record of requests, so that none of an attempt's is dropped. */
  private static final int MANY = 500;

  private static DataPlaneFixture fixture;
  private static BypassCredentials credentials;

  /** How many effects there were once all was there. */
  private static int madeByFilling = -1;

  private static final Map<String, URI> GATEWAYS = new HashMap<>();

  /** What came of an attempt. */
  private record Result(RawHttp.Answer answer, List<ReceivedRequest> sent, List<Effect> effects) {

    String everything() {
      return String.join("\n", answer.headers()) + "\n" + answer.body();
    }

    /** Without the gateway's own reads, which name no lease. */
    List<ReceivedRequest> forwarded() {
      return sent.stream()
          .filter(request -> request.header("user-agent").orElse("").contains("ephemeris-lease/"))
          .toList();
    }

    boolean shows(String what) {
      String[] kind = what.split(":", 2);
      return switch (kind[0]) {
        case "status" -> Integer.toString(answer.status()).equals(kind[1]);
        case "effect" ->
            effects.stream()
                .anyMatch(one -> (one.operation() + " " + one.resource()).equals(kind[1]));
        case "sent" -> sent.stream().anyMatch(request -> text(request).contains(kind[1]));
        default -> everything().contains(what);
      };
    }

    private static String text(ReceivedRequest request) {
      StringBuilder text = new StringBuilder(request.method() + " " + request.target() + "\n");
      request
          .headers()
          .forEach(
              header ->
                  text.append(header.getKey().toLowerCase(Locale.ROOT))
                      .append(": ")
                      .append(header.getValue())
                      .append('\n'));
      return text.append(request.body().toString(StandardCharsets.ISO_8859_1)).toString();
    }
  }

  @BeforeAll
  static void start() throws Exception {
    fixture = new DataPlaneFixture("bypass-policy.yaml");
    credentials = new BypassCredentials(fixture);
    GATEWAYS.put("", fixture.gateway(steps -> steps, BODY_LIMIT));
    for (String step : CarelessSteps.NAMES) {
      GATEWAYS.put(
          step,
          fixture.gateway(
              CarelessSteps.without(
                  step,
                  fixture.client(),
                  fixture.simulator().endpoint(),
                  credentials.lease("reader").lease()),
              BODY_LIMIT));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  @BeforeEach
  void fillAgain() throws Exception {
    if (fixture.simulator().effects().size() != madeByFilling
        || fixture.simulator().received().size() > MANY) {
      fill();
      madeByFilling = fixture.simulator().effects().size();
    }
  }

  private static void fill() throws Exception {
    fixture.simulator().reset();
    for (String database : List.of("shop", "app", "secret")) {
      fixture.simulator().createDatabase(database);
    }
    fixture.simulator().createContainer("shop", "orders", "/customerId");
    fixture.simulator().createContainer("shop", "payroll", "/name");
    for (String container : List.of("tools", "metered", "paged", "small")) {
      fixture.simulator().createContainer("shop", container, "/pk");
    }
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
    put("shop", "orders", "{'id':'order-1','customerId':'c1','secret':'s3cr3t-note'}");
    put("shop", "payroll", "{'id':'salary-1','name':'alice','salary':90000}");
    put("shop", "tools", "{'id':'tool-1','pk':'a','use':'hammering'}");
    for (int i = 0; i < 4; i++) {
      put("shop", "metered", "{'id':'metered-%d','pk':'a'}".formatted(i));
      put("shop", "paged", "{'id':'paged-%d','pk':'a'}".formatted(i));
    }
    for (String tenant : List.of("tenantA", "tenantB")) {
      put("app", "events", "{'id':'of-%1$s','tenant':'%1$s','user':'u1'}".formatted(tenant));
    }
    fixture
        .simulator()
        .register(
            "shop",
            "orders",
            "wipe",
            (partition, arguments) ->
                JSON.createArrayNode().add(partition.delete(arguments.getFirst().textValue())));
    fixture
        .simulator()
        .register(
            "app",
            "events",
            "all",
            (partition, arguments) -> JSON.createArrayNode().addAll(partition.items()));
    asAccount("users", "dbs/shop", "{\"id\":\"u\"}");
    asAccount(
        "permissions",
        "dbs/shop/users/u",
        "{\"id\":\"p\",\"permissionMode\":\"All\",\"resource\":\"dbs/shop/colls/payroll\"}");
    // A trigger that changes another item than the one that is written.
    fixture
        .simulator()
        .registerPostTrigger(
            "shop",
            "orders",
            "mark",
            (partition, written) ->
                partition.put(
                    ((ObjectNode) partition.find("order-1").orElseThrow()).put("changed", true)));
  }

  private static void put(String database, String container, String item) throws Exception {
    fixture.simulator().put(database, container, JSON.readTree(item.replace('\'', '"')));
  }

  /** Creates something as only who has the account's key can. */
  private static void asAccount(String type, String link, String body) throws Exception {
    String date = HttpDate.format(Instant.now());
    String signature =
        MasterKey.ofBase64(DataPlaneFixture.UPSTREAM_KEY).sign("post", type, link, date);
    RawHttp.Answer made =
        new RawHttp(fixture.certificate().clientTls(), fixture.simulator().endpoint())
            .send(
                "POST",
                "/" + link + "/" + type,
                List.of(
                    "x-ms-date: " + date,
                    "authorization: "
                        + URLEncoder.encode(
                            "type=master&ver=1.0&sig=" + signature, StandardCharsets.UTF_8)),
                body.getBytes(StandardCharsets.US_ASCII));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
  }

  static List<BypassAttempt> attempts() throws Exception {
    return BypassAttempt.all();
  }

  @ParameterizedTest
  @MethodSource("attempts")
  void isRefused(BypassAttempt attempt) throws Exception {
    // Given
    String shows = filled(attempt.shows());
    // When
    Result result = send("", attempt);
    // Then
    RawHttp.Answer answer = result.answer();
    assertThat(result.effects()).isEmpty();
    if (attempt.isDisarmed()) {
      assertThat(answer.status()).as(answer.body()).isIn(200, 304);
      assertThat(result.shows(shows)).as(result.everything()).isFalse();
      return;
    }
    assertThat(answer.status() + "/" + answer.subStatus())
        .as(answer.body())
        .isEqualTo(attempt.refusedWith());
    assertThat(result.everything()).doesNotContain(SECRETS);
    assertThat(result.forwarded()).isEmpty();
    if (answer.status() >= 400 && !attempt.method().equals("HEAD")) {
      assertThat(JSON.readTree(answer.body()).path("message").asText()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("attempts")
  void getsThroughWithoutItsStep(BypassAttempt attempt) throws Exception {
    // Given
    String shows = filled(attempt.shows());
    // When
    Result result = send(attempt.without(), attempt);
    // Then
    assertThat(result.shows(shows))
        .as("%s %s %s", result.everything(), result.sent(), result.effects())
        .isTrue();
  }

  @Test
  void eachFamilyHasItsAttempts() throws Exception {
    Map<BypassFamily, Long> attempts =
        BypassAttempt.all().stream().collect(groupingBy(BypassAttempt::family, counting()));

    for (BypassFamily family : BypassFamily.values()) {
      long own =
          family == BypassFamily.FRAMING
              ? FramingTest.messages().stream().filter(FramingTest.Message::isRefused).count()
              : attempts.getOrDefault(family, 0L);
      assertThat(own).as(family.title()).isGreaterThanOrEqualTo(ATTEMPTS);
    }
    assertThat(BypassAttempt.all().stream().map(BypassAttempt::toString)).doesNotHaveDuplicates();
  }

  /** Each step is there for something: without it some attempt gets through. */
  @Test
  void eachStepStopsSomething() throws Exception {
    assertThat(BypassAttempt.all().stream().map(BypassAttempt::without).distinct())
        .containsExactlyInAnyOrderElementsOf(CarelessSteps.NAMES);
  }

  @Test
  void eachFamilyIsInTheDocumentation() throws Exception {
    String page = Files.readString(Path.of("../docs/bypasses.md"));

    for (BypassFamily family : BypassFamily.values()) {
      assertThat(page).contains("| " + family.title() + " |");
    }
  }

  private static Result send(String gateway, BypassAttempt attempt) throws Exception {
    URI to = Objects.requireNonNull(GATEWAYS.get(gateway), gateway);
    RawHttp http = new RawHttp(fixture.certificate().clientTls(), to);
    List<String> headers = new ArrayList<>();
    if (attempt.who().equals("metered")) {
      headers.add(
          "authorization: "
              + URLEncoder.encode(credentials.metered().token().reveal(), StandardCharsets.UTF_8));
      // The first request is let through, whatever it costs, and uses up all that there is.
      assertThat(
              http.send(
                      "GET",
                      "/dbs/shop/colls/metered/docs/metered-0",
                      List.of(headers.getFirst(), "x-ms-documentdb-partitionkey: [\"a\"]"),
                      new byte[0])
                  .status())
          .isEqualTo(200);
    } else {
      headers.addAll(credentials.headers(attempt));
    }
    attempt.headers().forEach(header -> headers.add(filled(header)));
    headers.add("x-ms-version: 2020-07-15");
    int sent = fixture.simulator().received().size();
    int effects = fixture.simulator().effects().size();
    RawHttp.Answer answer =
        http.send(
            attempt.method(),
            filled(attempt.target()),
            headers,
            filled(attempt.body()).getBytes(StandardCharsets.ISO_8859_1));
    List<ReceivedRequest> received = fixture.simulator().received();
    List<Effect> all = fixture.simulator().effects();
    return new Result(
        answer, received.subList(sent, received.size()), all.subList(effects, all.size()));
  }

  private static String filled(String text) {
    String filled = text;
    for (String name :
        List.of("shop/orders/order-1", "shop/payroll/salary-1", "app/events/of-tenantB")) {
      String[] parts = name.split("/", -1);
      filled =
          filled.replace(
              "{" + parts[2] + "}",
              fixture
                  .simulator()
                  .find(parts[0], parts[1], parts[2])
                  .map(item -> item.path("_rid").asText())
                  .orElse(""));
    }
    return filled
        .replace("{shop}", fixture.simulator().rid("shop"))
        .replace("{orders}", fixture.simulator().rid("shop", "orders"))
        .replace("{payroll}", fixture.simulator().rid("shop", "payroll"))
        .replace("{upstream}", "localhost:" + fixture.simulator().endpoint().getPort())
        .replace("{filler}", "x".repeat(BODY_LIMIT))
        .replace("{0x80}", "\u0080");
  }
}
