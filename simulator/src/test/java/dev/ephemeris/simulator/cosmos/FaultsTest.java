package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.HttpDate;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FaultsTest {

  private static final String ORDERS = "dbs/shop/colls/orders";
  private static final String ITEM = ORDERS + "/docs/1";

  private static RunningSimulator running;
  private static RawClient client;

  @BeforeAll
  static void start() throws Exception {
    // The SDK offers no other way to trust a certificate for one client only.
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    running = new RunningSimulator();
    client = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @BeforeEach
  void oneItem() {
    running.resetWithContainer();
    running.put("{'id': '1', 'pk': 'a'}");
  }

  private static Faults faults() {
    return running.simulator.faults();
  }

  private static RawClient.Reply read() throws Exception {
    return client
        .request("GET", "/" + ITEM)
        .signed("docs", ITEM)
        .header("x-ms-documentdb-partitionkey", "[\"a\"]")
        .send();
  }

  @Test
  void refusesAsOftenAsAsked() throws Exception {
    faults().next(2, RequestPattern.ANY, Fault.status(503, 21, "Not now."));

    for (int i = 0; i < 2; i++) {
      RawClient.Reply refused = read();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("x-ms-substatus")).isEqualTo("21");
      assertThat(refused.json().path("code").textValue()).isEqualTo("ServiceUnavailable");
      assertThat(refused.message()).startsWith("Not now.");
    }
    assertThat(read().status()).isEqualTo(200);
    assertThat(running.simulator.received()).extracting("statusCode").contains(503, 200);
  }

  @Test
  void refusesUntilItIsCleared() throws Exception {
    faults().always(RequestPattern.ANY, Fault.staleSession());
    for (int i = 0; i < 3; i++) {
      assertThat(read().status()).isEqualTo(404);
    }

    faults().clear();

    assertThat(read().status()).isEqualTo(200);
  }

  @Test
  void isDisarmedByAReset() throws Exception {
    faults().always(RequestPattern.ANY, Fault.staleSession());

    oneItem();

    assertThat(read().status()).isEqualTo(200);
  }

  @Test
  void countsTheFaultThatWasArmedFirst() throws Exception {
    faults().next(1, RequestPattern.ANY, Fault.status(500, 0, "First."));
    faults().next(1, RequestPattern.ANY, Fault.status(503, 0, "Second."));

    assertThat(read().status()).isEqualTo(500);
    assertThat(read().status()).isEqualTo(503);
    assertThat(faults().armed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/dbs/shop/colls/orders/docs/1,503",
    "*,/dbs/.*,503",
    "GET,.*/docs/.*,503",
    "POST,.*,200",
    "GET,/dbs/shop,200",
    "GET,docs,200"
  })
  void isOnlyForTheRequestsThatItNames(String method, String path, int status) throws Exception {
    faults().always(RequestPattern.of(method, path), Fault.status(503, 0, "Not now."));

    assertThat(read().status()).isEqualTo(status);
  }

  @Test
  void changesNothingWhenItRefuses() throws Exception {
    faults().next(1, RequestPattern.ANY, Fault.status(408, 0, "Too late."));

    assertThat(delete().status()).isEqualTo(408);

    assertThat(running.simulator.find("shop", "orders", "1")).isPresent();
    assertThat(running.simulator.effects()).isEmpty();
  }

  private static RawClient.Reply delete() throws Exception {
    return client
        .request("DELETE", "/" + ITEM)
        .signed("docs", ITEM)
        .header("x-ms-documentdb-partitionkey", "[\"a\"]")
        .send();
  }

  @Test
  void waits() throws Exception {
    faults().next(1, RequestPattern.ANY, Fault.delayed(Duration.ofMillis(300)));

    long before = System.nanoTime();
    assertThat(read().status()).isEqualTo(200);

    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isGreaterThanOrEqualTo(Duration.ofMillis(300));
  }

  @ParameterizedTest
  @EnumSource
  void cutsTheConnectionWhenAsked(Fault.Moment moment) throws Exception {
    String body = read().response().body();
    faults().next(1, RequestPattern.ANY, Fault.cut(moment));

    Arrived arrived = arrived("GET");

    assertThat(arrived.reset()).isEqualTo(moment != Fault.Moment.TRUNCATED);
    assertThat(arrived.head().isEmpty())
        .isEqualTo(moment == Fault.Moment.BEFORE_EFFECT || moment == Fault.Moment.BEFORE_ANSWER);
    if (!arrived.head().isEmpty()) {
      assertThat(arrived.head()).contains("content-length: " + body.length());
    }
    boolean half = moment == Fault.Moment.IN_BODY || moment == Fault.Moment.TRUNCATED;
    assertThat(arrived.body()).isEqualTo(half ? body.substring(0, body.length() / 2) : "");
    assertThat(read().status()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource
  void cutsTheConnectionBeforeOrAfterTheEffect(Fault.Moment moment) throws Exception {
    faults().next(1, RequestPattern.ANY, Fault.cut(moment));

    Arrived arrived = arrived("DELETE");

    boolean done = moment != Fault.Moment.BEFORE_EFFECT;
    assertThat(arrived.body()).isEmpty();
    assertThat(running.simulator.find("shop", "orders", "1").isEmpty()).isEqualTo(done);
    assertThat(running.simulator.effects()).hasSize(done ? 1 : 0);
    assertThat(running.simulator.received().getLast().statusCode()).isEqualTo(done ? 204 : 0);
  }

  /** What a client sees of an answer, byte by byte. */
  private record Arrived(String head, String body, boolean reset) {}

  private static Arrived arrived(String method) throws Exception {
    try (SSLSocket socket = connect()) {
      Instant now = Instant.now();
      String request =
          method
              + " /"
              + ITEM
              + " HTTP/1.1\r\nhost: localhost\r\nx-ms-documentdb-partitionkey: [\"a\"]\r\n"
              + "x-ms-date: "
              + HttpDate.format(now)
              + "\r\nauthorization: "
              + RunningSimulator.sign(method, "docs", ITEM, now)
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      StringBuilder text = new StringBuilder();
      boolean reset = false;
      try {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[8192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          text.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
      } catch (SocketException connectionReset) {
        reset = true;
      }
      int end = text.indexOf("\r\n\r\n");
      return end < 0
          ? new Arrived(text.toString(), "", reset)
          : new Arrived(text.substring(0, end), text.substring(end + 4), reset);
    }
  }

  private static SSLSocket connect() throws Exception {
    SSLSocket socket =
        (SSLSocket)
            running
                .certificate
                .clientTls()
                .getSocketFactory()
                .createSocket("localhost", running.simulator.endpoint().getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  @Test
  void isForOneRequestAtLeast() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> faults().next(0, RequestPattern.ANY, Fault.staleSession()));
    assertThatIllegalArgumentException().isThrownBy(() -> Fault.status(200, 0, "Fine."));
    assertThatIllegalArgumentException().isThrownBy(() -> Fault.delayed(Duration.ZERO));
  }

  @Test
  void isWaitedOutByTheSdkWhenItThrottles() {
    try (CosmosClient sdk = sdk()) {
      faults()
          .next(3, RequestPattern.of("GET", ".*/docs/1"), Fault.throttled(Duration.ofMillis(50)));

      CosmosItemResponse<JsonNode> response = readWith(sdk);

      assertThat(response.getStatusCode()).isEqualTo(200);
      assertThat(running.simulator.received())
          .filteredOn(request -> request.statusCode() == 429)
          .hasSize(3);
      assertThat(response.getDiagnostics().getDuration())
          .isGreaterThanOrEqualTo(Duration.ofMillis(150));
    }
  }

  @Test
  void isToldToTheSdkWhenTheSessionIsStale() {
    try (CosmosClient sdk = sdk()) {
      faults().always(RequestPattern.of("GET", ".*/docs/1"), Fault.staleSession());

      assertThatExceptionOfType(CosmosException.class)
          .isThrownBy(() -> readWith(sdk))
          .satisfies(
              stale -> {
                assertThat(stale.getStatusCode()).isEqualTo(404);
                assertThat(stale.getSubStatusCode()).isEqualTo(1002);
              });
    }
  }

  private static CosmosClient sdk() {
    return new CosmosClientBuilder()
        .endpoint(running.simulator.endpoint().toString())
        .key(RunningSimulator.KEY)
        .gatewayMode()
        .buildClient();
  }

  private static CosmosItemResponse<JsonNode> readWith(CosmosClient sdk) {
    return sdk.getDatabase("shop")
        .getContainer("orders")
        .readItem("1", new PartitionKey("a"), JsonNode.class);
  }
}
