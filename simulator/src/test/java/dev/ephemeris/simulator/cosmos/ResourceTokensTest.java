package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ephemeris.cosmos.PartitionKey;
import io.vertx.core.MultiMap;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code access.csv} doesn't show: the form of resource tokens, and their end. */
class ResourceTokensTest {

  private static final String ORDERS = "dbs/shop/colls/orders";
  private static final MovableClock CLOCK = new MovableClock();

  private static RunningSimulator running;
  private static RawClient client;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator(CLOCK);
    client = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @BeforeEach
  void oneItem() {
    CLOCK.set(Duration.ZERO);
    running.resetWithContainer();
    running.put("{'id': '1', 'pk': 'a'}");
  }

  private static String mint(String resource) {
    return running
        .simulator
        .access()
        .mintResourceToken(PermissionMode.READ, resource, Optional.empty(), Duration.ofMinutes(10));
  }

  private static RawClient.Reply read(String target, String token) throws Exception {
    return client
        .request("GET", target)
        .header("x-ms-documentdb-partitionkey", "[\"a\"]")
        .header("authorization", token)
        .send();
  }

  private static RawClient.Reply readItem(String token) throws Exception {
    return read("/" + ORDERS + "/docs/1", token);
  }

  @Test
  void looksLikeTheServices() {
    assertThat(mint(ORDERS))
        .matches("type=resource&ver=1&sig=[A-Za-z0-9+/]{22}==;[A-Za-z0-9+/=]+;");
  }

  @Test
  void isTakenRawOrEncodedAndWithEitherSpellingOfTheVersion() throws Exception {
    String token = mint(ORDERS);

    assertThat(readItem(token).status()).isEqualTo(200);
    assertThat(readItem(URLEncoder.encode(token, StandardCharsets.UTF_8)).status()).isEqualTo(200);
    assertThat(readItem(token.replace("ver=1&", "ver=1.0&")).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"PT-5M-2S,403", "PT-4M-55S,200", "PT14M55S,200", "PT15M2S,403"})
  void isGoodFromFiveMinutesBeforeItsStartToFiveAfterItsEnd(Duration ahead, int status)
      throws Exception {
    String token = mint(ORDERS);

    CLOCK.set(ahead);
    RawClient.Reply reply = readItem(token);

    assertThat(reply.status()).isEqualTo(status);
    if (status == 403) {
      assertThat(reply.header("x-ms-substatus")).isEqualTo("0");
      assertThat(reply.message())
          .matches(
              "(?s)The authorization token is not valid at the current time. Please create another"
                  + " token and retry \\(token start time: .+ GMT, token expiry time: .+ GMT,"
                  + " current server time: .+ GMT\\)\\..*");
    }
  }

  @Test
  void saysThatItIsntEnough() throws Exception {
    RawClient.Reply reply = read("/dbs/shop", mint(ORDERS));

    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.header("x-ms-substatus")).isEqualTo("0");
    assertThat(reply.message())
        .startsWith(
            "Insufficient permissions provided in the authorization header for the corresponding"
                + " request. Please retry with another authorization header.");
  }

  @Test
  void countsForNothingOnceAnythingInItIsChanged() throws Exception {
    String token = mint(ORDERS);
    String other = mint(ORDERS + "/docs/1");
    String signature = token.substring(0, token.indexOf(';') + 1);
    String flipped =
        token.replace("sig=" + token.charAt(24), "sig=" + (token.charAt(24) == 'A' ? 'B' : 'A'));
    assertThat(flipped).isNotEqualTo(token);

    for (String forged :
        new String[] {
          signature + other.substring(other.indexOf(';') + 1),
          flipped,
          signature + ";",
          token + token.substring(token.indexOf("sig=") + 4),
          token.substring(0, token.length() - 1)
        }) {
      RawClient.Reply reply = readItem(forged);

      assertThat(reply.status()).as(forged).isEqualTo(401);
      assertThat(reply.message())
          .startsWith("The input authorization token can't serve the request. The wrong key");
    }
  }

  @Test
  void meansTheContainerThatItWasMintedFor() throws Exception {
    String token = mint(ORDERS);
    assertThat(client.request("DELETE", "/" + ORDERS).signed("colls", ORDERS).send().status())
        .isEqualTo(204);
    running.simulator.createContainer("shop", "orders", "/pk");
    running.put("{'id': '1', 'pk': 'a'}");

    assertThat(readItem(token).status()).isEqualTo(403);
    assertThat(readItem(mint(ORDERS)).status()).isEqualTo(200);
  }

  @Test
  void outlivesTheKeys() throws Exception {
    String token = mint(ORDERS);

    for (KeyKind kind : KeyKind.values()) {
      running.simulator.access().regenerateKey(kind);
    }

    assertThat(readItem(token).status()).isEqualTo(200);
  }

  @Test
  void endsWithItsKeyWhereThatIsSet() throws Exception {
    AccountAccess access = running.simulator.access();
    access.endResourceTokensWithKeys(true);
    String token = mint(ORDERS);
    CLOCK.forward(Duration.ofSeconds(1));
    for (KeyKind other : List.of(KeyKind.SECONDARY, KeyKind.PRIMARY_READONLY)) {
      access.regenerateKey(other);
    }
    assertThat(readItem(token).status()).isEqualTo(200);

    access.replaceKeyIn(KeyKind.PRIMARY, Duration.ofMinutes(1));

    assertThat(readItem(token).status()).isEqualTo(200);
    CLOCK.forward(Duration.ofMinutes(1));
    assertThat(readItem(token).status()).isEqualTo(401);
    assertThat(readItem(mint(ORDERS)).status()).isEqualTo(200);
    access.endResourceTokensWithKeys(false);
    assertThat(readItem(token).status()).isEqualTo(200);
  }

  @Test
  void isRefusedWhileLocalAuthorizationIsDisabled() throws Exception {
    String token = mint(ORDERS);

    running.simulator.access().disableLocalAuth(true);
    RawClient.Reply reply = readItem(token);

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.header("x-ms-substatus")).isEqualTo("5202");
  }

  @ParameterizedTest
  @CsvSource({
    "dbs/shop/colls/orders,1,200",
    "dbs/shop/colls/orders/docs/1,1,200",
    "dbs/shop/colls/orders/docs/1,2,403",
    "dbs/shop/colls/other,1,403"
  })
  void isTakenForPathsOfRids(String resource, String id, int status) throws Exception {
    running.simulator.createContainer("shop", "other", "/pk");
    running.put("{'id': '2', 'pk': 'a'}");
    String self =
        running.simulator.find("shop", "orders", id).orElseThrow().path("_self").textValue();

    assertThat(read("/" + self, mint(resource)).status()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dbs/shop",
        "dbs/shop/colls/missing",
        "dbs/missing/colls/orders",
        "",
        "dbs/shop/colls/orders/sprocs/s"
      })
  void isNotMintedForWhatIsNoContainerOrItem(String resource) {
    assertThatIllegalArgumentException().isThrownBy(() -> mint(resource));
  }

  @ParameterizedTest
  @CsvSource({"PT9S,false", "PT10S,true", "PT24H,true", "PT24H1S,false"})
  void lastsFromTenSecondsToADay(Duration lifetime, boolean allowed) {
    assertThat(ResourceTokens.canLast(lifetime)).isEqualTo(allowed);
    if (!allowed) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  running
                      .simulator
                      .access()
                      .mintResourceToken(PermissionMode.READ, ORDERS, Optional.empty(), lifetime));
    }
  }

  /** dotnet-v3 #4099: a prefix of a hierarchical key is enough for point operations only. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET  | docs/1 |       | [\"t\",\"u\"] | true",
        "GET  | docs/1 |       | [\"t\"]       | true",
        "GET  | docs/1 |       | [\"x\",\"u\"] | false",
        "GET  | docs/1 |       | []            | false",
        "POST | docs   |       | [\"t\",\"u\"] | true",
        "POST | docs   | query | [\"t\"]       | false",
        "POST | docs   | query | [\"t\",\"u\"] | false",
        "GET  | docs   |       | [\"t\"]       | false",
      })
  void grantsAPrefixOfAKeyForPointOperations(
      String method, String path, String selector, String sent, boolean allowed) {
    Account account = new Account(Instant::now);
    Database database = account.createDatabase("saas");
    account.createContainer(
        database,
        "events",
        new KeyDefinition(
            List.of(KeyPath.parse("/tenant").orElseThrow(), KeyPath.parse("/user").orElseThrow()),
            true),
        UniqueKeys.parse(Json.object()).orElseThrow(),
        Optional.empty(),
        Json.object());
    ResourceTokens tokens = new ResourceTokens(account, Instant::now);
    String token =
        tokens
            .signedBy(new Credential.Key(KeyKind.PRIMARY))
            .mint(
                PermissionMode.ALL,
                "dbs/saas/colls/events",
                PartitionKey.parse("[\"t\"]"),
                Duration.ofMinutes(1),
                Optional.empty())
            .orElseThrow();
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("x-ms-documentdb-partitionkey", sent);
    if (selector != null) {
      headers.add("x-ms-documentdb-isquery", "true");
    }
    Call call =
        Call.of(method, "/dbs/saas/colls/events/" + path, headers, new byte[0], "127.0.0.1");

    Optional<Answer> refusal =
        tokens.refusal(
            token.substring("type=resource&ver=1&sig=".length()), call, CallKind.of(call));

    assertThat(refusal.isEmpty()).isEqualTo(allowed);
  }
}
