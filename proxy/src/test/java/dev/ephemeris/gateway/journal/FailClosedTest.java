package dev.ephemeris.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No effect without a record. */
class FailClosedTest {

  private final GatewayFixture fixture;

  FailClosedTest() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void recordsWhatIsAboutToHappenAndWhatBecameOfIt() throws Exception {
    String token = fixture.lease().path("token").textValue();

    assertThat(fixture.readOrder(token).status()).isEqualTo(200);

    var intent = fixture.journal("requestIntent").getLast();
    assertThat(intent.path("operation").asText()).isEqualTo("READ_ITEM");
    assertThat(intent.path("actions").toString()).isEqualTo("[\"items/read\"]");
    assertThat(intent.path("scope").asText()).isEqualTo(GatewayFixture.ORDERS);
    assertThat(intent.path("principal").asText()).isEqualTo("corp:sub-alice");
    await(() -> !fixture.journal("requestOutcome").isEmpty());
    var outcome = fixture.journal("requestOutcome").getLast();
    assertThat(outcome.path("requestId")).isEqualTo(intent.path("requestId"));
    assertThat(outcome.path("statusCode").asInt()).isEqualTo(200);
    assertThat(outcome.path("requestCharge").asDouble()).isPositive();
  }

  @Test
  void letsNothingThroughThatItCannotRecord() throws Exception {
    String alice = fixture.token(GatewayFixture.ALICE);
    var lease = fixture.lease();
    String token = lease.path("token").textValue();
    assertThat(fixture.api("GET", "/v1/me", alice, "").status()).isEqualTo(200);
    assertThat(fixture.readOrder(token).status()).isEqualTo(200);
    int received = fixture.account().received().size();
    int leases = leases(alice).size();

    fixture.loseJournal();

    Reply read = fixture.readOrder(token);
    assertThat(read.status()).isEqualTo(503);
    assertThat(read.json().path("message").asText()).contains("journal");
    assertThat(fixture.account().received()).hasSize(received);
    Reply issue =
        fixture.api("POST", "/v1/leases", alice, "{\"scope\":\"" + GatewayFixture.ORDERS + "\"}");
    assertThat(issue.status()).isEqualTo(503);
    assertThat(issue.detail()).contains("the journal takes no records");
    assertThat(leases(alice)).hasSize(leases);
    assertThat(fixture.api("GET", "/v1/me", "nonsense", "").status()).isEqualTo(503);
    Reply signIn = fixture.api("GET", "/v1/me", fixture.token(GatewayFixture.ALICE), "");
    assertThat(signIn.status()).isEqualTo(503);
    assertThat(signIn.detail()).contains("the journal can't keep the session");
    assertThat(
            fixture
                .api("DELETE", "/v1/leases/" + lease.at("/lease/id").textValue(), alice, "")
                .status())
        .isEqualTo(503);
  }

  private List<String> leases(String token) throws Exception {
    return fixture.api("GET", "/v1/leases", token, "").json().findValuesAsText("id");
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  /** The outcome is written once the answer has gone out. */
  private static void await(Condition condition) throws Exception {
    for (int i = 0; i < 500 && !condition.holds(); i++) {
      Thread.sleep(10);
    }
  }
}
