package dev.ephemeris.gateway;

import static dev.ephemeris.gateway.Copilot.COPILOT;
import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.simulator.issuer.Person;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What agents use up: of their own, and of what there is for whom they act. */
class AgentBudgetsTest {

  private static final Person ASSISTANT =
      new Person("sub-assistant", "assistant", "Assistant", "assistant@example.test");

  /** Ten seconds' worth of it are ten reads. */
  private static final String A_UNIT_A_SECOND = "limits: { requestUnitsPerMinute: 60 }";

  private static final String PLENTY = "limits: { requestUnitsPerMinute: 600000 }";

  private final GatewayFixture fixture;
  private final Copilot copilot;

  AgentBudgetsTest() throws Exception {
    fixture = new GatewayFixture();
    copilot = new Copilot(fixture);
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  private void decidedBy(String people, String agents) throws Exception {
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: people read orders
            for: { principal: person }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            PEOPLE
          - name: agents read orders
            for: { principal: agent }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            AGENTS
        """
            .replace("PEOPLE", people)
            .replace("AGENTS", agents));
    fixture.restart();
  }

  private String lease(Person agent, Person whom) throws Exception {
    Reply reply = fixture.exchange(fixture.token(whom), copilot.token(agent));
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.json().path("access_token").asText();
  }

  private String lease(Person person) throws Exception {
    Reply reply =
        fixture.api(
            "POST",
            "/v1/leases",
            fixture.token(person),
            "{\"scope\":\"" + ORDERS + "\",\"role\":\"data-reader\"}");
    assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    return reply.json().path("token").asText();
  }

  private int read(String lease) throws Exception {
    return fixture.readOrder(lease).status();
  }

  /** Reads until it is refused; the refusal. */
  private String usedUp(String lease) throws Exception {
    Reply last = fixture.readOrder(lease);
    assertThat(last.status()).as(last.body()).isEqualTo(200);
    for (int i = 0; i < 1_000 && last.status() == 200; i++) {
      last = fixture.readOrder(lease);
    }
    assertThat(last.status()).as(last.body()).isEqualTo(429);
    return last.json().path("message").asText();
  }

  @Test
  void haveOneOfTheirOwnForEachWhomTheyActForHoweverManyLeases() throws Exception {
    decidedBy(PLENTY, A_UNIT_A_SECOND);
    String first = lease(COPILOT, ALICE);
    String second = lease(COPILOT, ALICE);

    assertThat(usedUp(first))
        .contains(
            "Over the budget of ci:sub-copilot, acting for corp:sub-alice",
            "60 request units per minute",
            "“agents read orders”");

    assertThat(read(second)).isEqualTo(429);
    assertThat(read(lease(COPILOT, OPAL))).isEqualTo(200);
    assertThat(read(lease(ASSISTANT, ALICE))).isEqualTo(200);
    assertThat(read(lease(ALICE))).isEqualTo(200);
    JsonNode decision = fixture.journal("decision").getLast();
    assertThat(decision.path("reason").asText()).isEqualTo("over-budget");
    assertThat(decision.path("rule").asText()).isEqualTo("agents read orders");
  }

  @Test
  void takeTogetherNoMoreThanTheRuleOfWhomTheyActForGives() throws Exception {
    decidedBy(A_UNIT_A_SECOND, PLENTY);
    String copilot = lease(COPILOT, ALICE);
    String assistant = lease(ASSISTANT, ALICE);
    String opals = lease(ASSISTANT, OPAL);
    String alices = lease(ALICE);
    assertThat(List.of(read(copilot), read(assistant), read(opals))).containsOnly(200);

    // By the stricter of both rules its own is used up by then, too.
    usedUp(copilot);

    Reply refused = fixture.readOrder(assistant);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.json().path("message").asText())
        .contains(
            "Over the budget of corp:sub-alice and all who act for them",
            "60 request units per minute",
            "“people read orders”");
    assertThat(fixture.journal("decision").getLast().path("rule").asText())
        .isEqualTo("people read orders");
    assertThat(read(opals)).isEqualTo(200);
    // She isn't kept from anything by what they do for her.
    for (int i = 0; i < 3; i++) {
      assertThat(read(alices)).isEqualTo(200);
    }
  }

  @Test
  void haveWhatWhomTheyActForLeaves() throws Exception {
    decidedBy(A_UNIT_A_SECOND, PLENTY);
    String copilot = lease(COPILOT, ALICE);
    assertThat(read(copilot)).isEqualTo(200);

    assertThat(usedUp(lease(ALICE))).contains("Over the budget of lease ");

    assertThat(fixture.readOrder(copilot).json().path("message").asText())
        .contains("Over the budget of corp:sub-alice and all who act for them");
    assertThat(read(lease(COPILOT, OPAL))).isEqualTo(200);
    // With another lease of hers, as ever.
    assertThat(read(lease(ALICE))).isEqualTo(200);
  }
}
