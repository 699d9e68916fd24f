package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AccountKeysTest {

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
  void asAtTheStart() {
    CLOCK.set(Duration.ZERO);
    running.resetWithContainer();
  }

  private static String key(KeyKind kind) {
    return running.simulator.access().key(kind);
  }

  private static RawClient.Reply get(String key) throws Exception {
    return send("GET", key);
  }

  private static RawClient.Reply send(String method, String key) throws Exception {
    String date = HttpDate.format(CLOCK.instant());
    String signature = MasterKey.ofBase64(key).sign(method, "dbs", "dbs/shop", date);
    return client
        .request(method, "/dbs/shop")
        .header("x-ms-date", date)
        .header(
            "authorization",
            URLEncoder.encode("type=master&ver=1.0&sig=" + signature, StandardCharsets.UTF_8))
        .send();
  }

  @ParameterizedTest
  @EnumSource
  void letsAllFourRead(KeyKind kind) throws Exception {
    assertThat(get(key(kind)).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource
  void letsOnlyTwoWrite(KeyKind kind) throws Exception {
    RawClient.Reply reply = send("DELETE", key(kind));

    if (kind.name().endsWith("READONLY")) {
      assertThat(reply.status()).isEqualTo(401);
      assertThat(reply.message())
          .startsWith(
              "The input authorization token can't serve the request. Please check that the"
                  + " expected payload is built as per the protocol, and check the key being used."
                  + " Server used the following payload to sign: 'delete\\ndbs\\ndbs/shop\\n");
    } else {
      assertThat(reply.status()).isEqualTo(204);
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesAReplacedKeyAtOnce(KeyKind kind) throws Exception {
    String old = key(kind);

    String made = running.simulator.access().regenerateKey(kind);

    assertThat(made).isNotEqualTo(old).isEqualTo(key(kind));
    assertThat(get(old).status()).isEqualTo(401);
    assertThat(get(made).status()).isEqualTo(200);
    for (KeyKind other : KeyKind.values()) {
      assertThat(get(key(other)).status()).as("%s", other).isEqualTo(200);
    }
  }

  @Test
  void takesAReplacedKeyUntilTheDelayIsOver() throws Exception {
    String made = running.simulator.access().regenerateKey(KeyKind.PRIMARY, Duration.ofMinutes(30));

    CLOCK.set(Duration.ofMinutes(29));
    assertThat(get(RunningSimulator.KEY).status()).isEqualTo(200);
    assertThat(get(made).status()).isEqualTo(200);
    CLOCK.set(Duration.ofMinutes(31));
    assertThat(get(RunningSimulator.KEY).status()).isEqualTo(401);
    assertThat(get(made).status()).isEqualTo(200);
  }

  @Test
  void keepsAnEarlierEndWhenAKeyIsReplacedAgain() throws Exception {
    AccountAccess access = running.simulator.access();
    access.regenerateKey(KeyKind.PRIMARY, Duration.ofMinutes(10));
    String second = access.regenerateKey(KeyKind.PRIMARY, Duration.ofMinutes(30));

    CLOCK.set(Duration.ofMinutes(11));

    assertThat(get(RunningSimulator.KEY).status()).isEqualTo(401);
    assertThat(get(second).status()).isEqualTo(200);
  }

  @Test
  void hasTheFirstKeysAgainAfterAReset() throws Exception {
    String secondary = key(KeyKind.SECONDARY);
    running.simulator.access().regenerateKey(KeyKind.PRIMARY);
    running.simulator.access().regenerateKey(KeyKind.SECONDARY);

    running.resetWithContainer();

    assertThat(get(RunningSimulator.KEY).status()).isEqualTo(200);
    assertThat(key(KeyKind.SECONDARY)).isEqualTo(secondary);
  }

  @Test
  void refusesAllOfThemWhileLocalAuthorizationIsDisabled() throws Exception {
    running.simulator.access().disableLocalAuth(true);
    for (KeyKind kind : KeyKind.values()) {
      RawClient.Reply reply = get(key(kind));

      assertThat(reply.status()).isEqualTo(401);
      assertThat(reply.header("x-ms-substatus")).isEqualTo("5202");
      assertThat(reply.message())
          .startsWith(
              "Local Authorization is disabled. Use an AAD token to authorize all requests.");
    }

    running.simulator.access().disableLocalAuth(false);
    assertThat(get(RunningSimulator.KEY).status()).isEqualTo(200);
  }
}
