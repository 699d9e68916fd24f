package dev.ephemeris.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.sdk.SdkCall.Target;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperationsTest {

  /** What differs between any two requests. */
  private static final Pattern PASSING =
      Pattern.compile(
          "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\"(_ts|_lsn)\" ?: ?\"?[0-9TZ:.-]+\"?");

  private static SdkWorld world;
  private static Map<String, SdkCall> sdks;
  private static String lease;

  @BeforeAll
  static void start() throws Exception {
    world = new SdkWorld();
    world.reset();
    lease = world.lease();
    sdks =
        Map.of(
            "java", new JavaSdk(),
            "js", new JavaScriptSdk(world.fixture().certificate().authority()));
  }

  @AfterAll
  static void stop() throws Exception {
    for (SdkCall sdk : sdks.values()) {
      sdk.close();
    }
    world.close();
  }

  @ParameterizedTest(name = "{0} by {1}, {2}, {3}")
  @CsvFileSource(resources = "operations.csv", numLinesToSkip = 1)
  void answers(String operation, String sdk, String route, String access, int status, int subStatus)
      throws Exception {
    JsonNode answer = run(operation, sdk, route, access);

    assertThat(answer.path("status").intValue()).as("%s", answer).isEqualTo(status);
    assertThat(answer.path("subStatus").intValue()).as("%s", answer).isEqualTo(subStatus);
    switch (route + " " + access) {
      case "direct allowed" -> assertThat(world.fixture().simulator().received()).isNotEmpty();
      case "direct denied" -> assertThat(world.itemRequests()).isEmpty();
      case "gateway allowed" ->
          assertThat(comparable(answer))
              .isEqualTo(comparable(run(operation, sdk, "direct", "allowed")));
      case "gateway denied" -> {
        assertThat(world.itemRequests()).isEmpty();
        assertThat(answer.path("message").textValue())
            .contains("Denied by Ephemeris: user:default/alice may not take ")
            .contains(
                isOnItems(operation)
                    ? "rule “" + SdkWorld.DENYING_RULE + "” denies it"
                    : "no rule allows it");
      }
      default -> throw new IllegalArgumentException(route + " " + access);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "js"})
  void hasARowForEachCase(String sdk) throws IOException {
    try (InputStream table =
        Objects.requireNonNull(OperationsTest.class.getResourceAsStream("operations.csv"))) {
      assertThat(
              new String(table.readAllBytes(), StandardCharsets.UTF_8)
                  .lines()
                  .map(line -> line.split(","))
                  .filter(row -> row[1].equals(sdk))
                  .map(row -> row[0])
                  .collect(Collectors.toSet()))
          .isEqualTo(sdk(sdk).operations());
    }
  }

  @Test
  void showsNoDifferenceBetweenWhatIsHiddenAndWhatIsMissing() throws Exception {
    String hidden = denied("vault", "orders").path("message").textValue();
    String missing = denied("nowhere", "orders").path("message").textValue();

    assertThat(PASSING.matcher(hidden).replaceAll("#").replace("vault", "nowhere"))
        .isEqualTo(PASSING.matcher(missing).replaceAll("#"));
  }

  private static JsonNode denied(String database, String container) throws Exception {
    world.reset();
    return sdk("java").run("read-item", new Target(world.gateway(), lease, database, container));
  }

  private static JsonNode run(String operation, String sdk, String route, String access)
      throws Exception {
    world.reset();
    return sdk(sdk).run(operation, target(operation, route, access));
  }

  private static SdkCall sdk(String name) {
    return Objects.requireNonNull(sdks.get(name), name);
  }

  private static Target target(String operation, String route, String access) {
    boolean allowed = access.equals("allowed");
    if (route.equals("direct")) {
      // A lease is nothing that the account itself knows.
      String credential = allowed ? world.accountKey() : lease;
      return new Target(world.account(), credential, "shop", "orders");
    }
    if (allowed) {
      return new Target(world.gateway(), lease, "shop", "orders");
    }
    return isOnItems(operation)
        ? new Target(world.gateway(), lease, "shop", "closed")
        : new Target(world.gateway(), lease, "vault", "orders");
  }

  private static boolean isOnItems(String operation) {
    return !operation.startsWith("read-database")
        && !operation.startsWith("read-container")
        && !operation.startsWith("read-ranges")
        && !operation.startsWith("read-account");
  }

  private static String comparable(JsonNode answer) {
    return PASSING.matcher(answer.toPrettyString()).replaceAll("…");
  }
}
