package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.gateway.lease.Issuance;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
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
  private static final String EMULATOR_KEY =
      "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

  private static DataPlaneFixture fixture;
  private static final Map<String, Issuance.Issued> LEASES = new HashMap<>();
  private static final Map<String, URI> GATEWAYS = new HashMap<>();

  /** One row of the file. */
  record Attempt(
      String family,
      String name,
      String without,
      String lease,
      String method,
      String target,
      List<String> headers,
      String body,
      String refusedWith,
      String shows) {

    @Override
    public String toString() {
      return family + ": " + name;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    fixture = new DataPlaneFixture("bypass-policy.yaml");
    LEASES.put("reader", fixture.lease("orders-prod:/", "data-reader"));
    LEASES.put("creator", fixture.lease("orders-prod:/dbs/shop/colls/orders", "item-creator"));
    LEASES.put("replacer", fixture.lease("orders-prod:/dbs/shop/colls/orders", "item-replacer"));
    GATEWAYS.put("", fixture.gateway(steps -> steps, BODY_LIMIT));
    for (String step :
        List.of("parse", "authenticate", "resolve", "decide", "guard", "forward", "rewrite")) {
      GATEWAYS.put(
          step,
          fixture.gateway(
              CarelessSteps.without(step, fixture, lease("reader").lease()), BODY_LIMIT));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  @BeforeEach
  void fill() throws Exception {
    fixture.simulator().reset();
    fixture.simulator().createDatabase("shop");
    fixture.simulator().createContainer("shop", "orders", "/customerId");
    fixture.simulator().createContainer("shop", "payroll", "/name");
    fixture
        .simulator()
        .put(
            "shop",
            "orders",
            JSON.readTree("{\"id\":\"order-1\",\"customerId\":\"c1\",\"secret\":\"s3cr3t-note\"}"));
    fixture
        .simulator()
        .put(
            "shop",
            "payroll",
            JSON.readTree("{\"id\":\"salary-1\",\"name\":\"alice\",\"salary\":90000}"));
  }

  static Stream<Attempt> attempts() throws Exception {
    try (InputStream file = BypassTest.class.getResourceAsStream("bypasses.csv")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(BypassTest::attempt);
    }
  }

  private static Attempt attempt(String line) {
    String[] cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toArray(String[]::new);
    assertThat(cells).as(line).hasSize(10);
    List<String> headers = cells[6].isEmpty() ? List.of() : List.of(cells[6].split(";;"));
    return new Attempt(
        cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], headers, cells[7], cells[8],
        cells[9]);
  }

  @ParameterizedTest
  @MethodSource("attempts")
  void isRefused(Attempt attempt) throws Exception {
    // When
    RawHttp.Answer answer = send("", attempt);
    // Then
    String everything = String.join("\n", answer.headers()) + "\n" + answer.body();
    if (attempt.refusedWith().startsWith("200-without:")) {
      assertThat(answer.status()).isEqualTo(200);
      assertThat(everything)
          .doesNotContain(filled(attempt.refusedWith().substring("200-without:".length())));
    } else {
      assertThat(answer.status() + "/" + answer.subStatus())
          .as(answer.body())
          .isEqualTo(attempt.refusedWith());
      assertThat(everything).doesNotContain("90000", "s3cr3t-note");
      if (!attempt.method().equals("HEAD")) {
        assertThat(JSON.readTree(answer.body()).path("message").asText()).isNotEmpty();
      }
    }
    assertThat(item("order-1").orElseThrow().has("changed")).isFalse();
  }

  @ParameterizedTest
  @MethodSource("attempts")
  void getsThroughWithoutItsStep(Attempt attempt) throws Exception {
    // When
    RawHttp.Answer answer = send(attempt.without(), attempt);
    // Then
    String shows = filled(attempt.shows());
    String everything = String.join("\n", answer.headers()) + "\n" + answer.body();
    if (shows.startsWith("status:")) {
      assertThat("status:" + answer.status()).isEqualTo(shows);
    } else if (shows.startsWith("gone:")) {
      assertThat(item(shows.substring("gone:".length()))).as(everything).isEmpty();
    } else if (shows.startsWith("changed:")) {
      assertThat(item(shows.substring("changed:".length())).orElseThrow().has("changed"))
          .as(everything)
          .isTrue();
    } else {
      assertThat(everything).contains(shows);
    }
  }

  @Test
  void coversTenFamiliesAndMore() throws Exception {
    assertThat(attempts().map(Attempt::family).distinct().count()).isGreaterThanOrEqualTo(10);
    assertThat(attempts().count()).isGreaterThanOrEqualTo(15);
  }

  private static RawHttp.Answer send(String gateway, Attempt attempt) throws Exception {
    List<String> headers = new ArrayList<>(attempt.headers());
    credential(attempt).ifPresent(value -> headers.add("authorization: " + value));
    headers.add("x-ms-version: 2020-07-15");
    return new RawHttp(
            fixture.certificate().clientTls(), Objects.requireNonNull(GATEWAYS.get(gateway)))
        .send(
            attempt.method(),
            filled(attempt.target()),
            headers,
            filled(attempt.body()).getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<String> credential(Attempt attempt) {
    String reader = encoded(lease("reader").token().reveal());
    return switch (attempt.lease()) {
      case "none" -> Optional.empty();
      case "forged" ->
          Optional.of(
              reader.substring(0, reader.length() - 1) + (reader.endsWith("A") ? "B" : "A"));
      case "joined" -> Optional.of(reader + "," + reader);
      case "emulator" -> {
        String date = HttpDate.format(Instant.now());
        yield Optional.of(
            encoded(
                "type=master&ver=1.0&sig="
                    + MasterKey.ofBase64(EMULATOR_KEY)
                        .sign("get", "docs", "dbs/shop/colls/orders/docs/order-1", date)));
      }
      default -> Optional.of(encoded(lease(attempt.lease()).token().reveal()));
    };
  }

  private static Issuance.Issued lease(String name) {
    return Objects.requireNonNull(LEASES.get(name));
  }

  private static String encoded(String token) {
    return URLEncoder.encode(token, StandardCharsets.UTF_8);
  }

  private static String filled(String text) {
    return text.replace("{shopRid}", fixture.simulator().rid("shop"))
        .replace("{payrollRid}", fixture.simulator().rid("shop", "payroll"))
        .replace(
            "{salaryRid}",
            fixture
                .simulator()
                .find("shop", "payroll", "salary-1")
                .map(salary -> salary.path("_rid").asText())
                .orElseThrow())
        .replace("{upstream}", "localhost:" + fixture.simulator().endpoint().getPort())
        .replace("{filler}", "x".repeat(BODY_LIMIT));
  }

  private static Optional<JsonNode> item(String id) {
    return fixture.simulator().find("shop", "orders", id);
  }
}
