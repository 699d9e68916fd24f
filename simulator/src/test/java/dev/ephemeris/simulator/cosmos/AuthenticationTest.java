package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.cosmos.HttpDate;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticationTest {

  private static RunningSimulator running;
  private static RawClient client;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    running.resetWithContainer();
    client = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/dbs", "/dbs/shop", "/nothing"})
  void refusesWhoShowsNothing(String target) throws Exception {
    RawClient.Reply reply = client.request("GET", target).send();

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.message()).startsWith("Required Header authorization is missing.");
    assertThat(reply.header("content-length")).isNotEqualTo("0");
  }

  @Test
  void letsTheKeyIn() throws Exception {
    assertThat(client.request("GET", "/").signed("", "").send().status()).isEqualTo(200);
  }

  @Test
  void takesTheHeaderRawToo() throws Exception {
    Instant now = Instant.now();
    String encoded = RunningSimulator.sign("GET", "dbs", "", now);
    String raw = URLDecoder.decode(encoded, StandardCharsets.UTF_8);

    RawClient.Reply reply =
        client
            .request("GET", "/dbs")
            .header("x-ms-date", HttpDate.format(now))
            .header("authorization", raw)
            .send();

    assertThat(reply.status()).isEqualTo(200);
  }

  @Test
  void showsWhatItWouldHaveSigned() throws Exception {
    RawClient.Reply reply = client.request("GET", "/dbs/shop").signed("dbs", "dbs/other").send();

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.message())
        .contains("Server used the following payload to sign: 'get\\ndbs\\ndbs/shop\\n");
  }

  @Test
  void refusesASignatureForAnotherVerb() throws Exception {
    Instant now = Instant.now();

    RawClient.Reply reply =
        client
            .request("DELETE", "/dbs/shop")
            .header("x-ms-date", HttpDate.format(now))
            .header("authorization", RunningSimulator.sign("GET", "dbs", "dbs/shop", now))
            .send();

    assertThat(reply.status()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({"PT-21M,403", "PT-19M,200", "PT4M,200", "PT6M,403"})
  void acceptsASignatureFromFiveMinutesEarlyToTwentyLate(Duration offset, int status)
      throws Exception {
    RawClient.Reply reply =
        client.request("GET", "/dbs").signed("dbs", "", Instant.now().plus(offset)).send();

    assertThat(reply.status()).isEqualTo(status);
    if (status == 403) {
      assertThat(reply.message())
          .startsWith("The authorization token is not valid at the current time.");
    }
  }

  @Test
  void needsTheDateThatWasSigned() throws Exception {
    RawClient.Reply reply =
        client
            .request("GET", "/dbs")
            .header("authorization", RunningSimulator.sign("GET", "dbs", "", Instant.now()))
            .send();

    assertThat(reply.status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type=resource&ver=1.0&sig=forged",
        "type=resource&ver=1&sig=AAAAAAAAAAAAAAAAAAAAAA==;AAAA;",
        "type=aad&ver=1.0&sig=eyJhbGciOiJub25lIn0.e30.",
        "type=master&ver=1.0&sig=AAAA",
        "type=sas&ver=1.0&sig=AAAA",
        "type=system&ver=1.0&sig=AAAA",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "nonsense"
      })
  void refusesWhatItDidNotIssue(String authorization) throws Exception {
    for (String header :
        new String[] {authorization, URLEncoder.encode(authorization, StandardCharsets.UTF_8)}) {
      RawClient.Reply reply =
          client
              .request("GET", "/dbs")
              .header("x-ms-date", HttpDate.format(Instant.now()))
              .header("authorization", header)
              .send();

      assertThat(reply.status()).isEqualTo(401);
      assertThat(reply.json().path("code").textValue()).isEqualTo("Unauthorized");
    }
  }

  @Test
  void signsRidLinksInLowerCase() throws Exception {
    String rid =
        client
            .request("GET", "/dbs/shop/colls/orders")
            .signed("colls", "dbs/shop/colls/orders")
            .send()
            .json()
            .path("_rid")
            .textValue();
    String self =
        client
            .request("GET", "/dbs/shop/colls/orders")
            .signed("colls", "dbs/shop/colls/orders")
            .send()
            .json()
            .path("_self")
            .textValue();

    RawClient.Reply reply =
        client
            .request("GET", "/" + self + "pkranges")
            .signed("pkranges", rid.toLowerCase(Locale.ROOT))
            .send();

    assertThat(reply.status()).isEqualTo(200);
  }
}
