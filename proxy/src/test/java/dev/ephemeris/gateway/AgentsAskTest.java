package dev.ephemeris.gateway;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.BOB;
import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static dev.ephemeris.gateway.OrgYaml.group;
import static dev.ephemeris.gateway.OrgYaml.user;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.identity.Agents;
import dev.ephemeris.gateway.identity.Audience;
import dev.ephemeris.gateway.identity.Authentication.Accepted;
import dev.ephemeris.gateway.lease.AccessRequests.Asked;
import dev.ephemeris.gateway.lease.AccessRequests.PickUp;
import dev.ephemeris.gateway.lease.Issuance;
import dev.ephemeris.gateway.repetition.Once;
import dev.ephemeris.policy.Delivery;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An agent is refused, asks people for whom it acts, and does what it was refused. */
class AgentsAskTest {

  private static final String HERE = "127.0.0.1";

  private final GatewayFixture fixture;
  private final Copilot copilot;

  AgentsAskTest() throws Exception {
    fixture = new GatewayFixture();
    copilot = new Copilot(fixture);
  }

  @BeforeEach
  void configure() throws Exception {
    fixture.write(
        "org.yaml",
        OrgYaml.of(
            group("team"),
            group("dba"),
            user(ALICE, "team", "dba"),
            user(BOB, "dba"),
            Copilot.user()));
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        roles:
          order-operator: { actions: [readMetadata, items/read, items/replace] }
        rules:
          - name: the team changes orders
            for: { groups: [group:default/team] }
            role: order-operator
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
          - name: the team reads orders
            for: { groups: [group:default/team] }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
          - name: its agents read them
            for: { principal: agent, actsFor: { groups: [group:default/team] } }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
          - name: its agents change them once somebody agrees
            for: { principal: agent, actsFor: { groups: [group:default/team] } }
            role: order-operator
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            approval: { from: [group:default/dba], expires: 2h }
        """);
    fixture.restart();
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  private Accepted accepted(String token) {
    return (Accepted)
        fixture.gateway().asking().tokens().authenticate(token, Audience.API, HERE).await();
  }

  private Accepted acting(String token) {
    String agent = copilot.token();
    return (Accepted)
        fixture
            .gateway()
            .asking()
            .agents()
            .of(
                new Agents.Shown(agent, accepted(agent)),
                new Agents.Shown(token, accepted(token)),
                HERE)
            .await();
  }

  private Reply replace(String leaseToken) throws Exception {
    return fixture.send(
        HttpRequest.newBuilder(
                fixture.gateway().dataPlane().resolve("/dbs/shop/colls/orders/docs/o1"))
            .header("authorization", URLEncoder.encode(leaseToken, StandardCharsets.UTF_8))
            .header("x-ms-version", "2020-07-15")
            .header("x-ms-documentdb-partitionkey", "[\"c1\"]")
            .PUT(BodyPublishers.ofString("{\"id\":\"o1\",\"customerId\":\"c1\"}")));
  }

  @Test
  void andDoWhatTheyWereRefusedOnceOthersAgree() throws Exception {
    String alice = fixture.token(ALICE);
    Reply exchanged =
        fixture.exchange(
            alice, copilot.token(), "\"scope\":\"" + ORDERS + "\",\"role\":\"data-reader\"");
    assertThat(exchanged.status()).as(exchanged.body()).isEqualTo(200);
    Reply refused = replace(exchanged.json().path("access_token").asText());
    assertThat(refused.status()).isEqualTo(403);
    Matcher told =
        Pattern.compile("Others can approve it; ask them by refusal “([A-Za-z0-9._-]+)”")
            .matcher(refused.json().path("message").asText());
    assertThat(told.find()).as(refused.body()).isTrue();
    // It is of no use to whom it acts for: they need no approval, and were refused nothing.
    assertThat(
            fixture
                .api(
                    "POST",
                    "/v1/access-requests",
                    alice,
                    "{\"refusal\":\"" + told.group(1) + "\",\"reason\":\"a refund\"}")
                .detail())
        .contains("Nothing was refused to you by that id");

    Accepted acting = acting(alice);
    Asked asked =
        fixture
            .gateway()
            .asking()
            .accessRequests()
            .ask(
                acting,
                HERE,
                told.group(1),
                Delivery.TOKEN,
                Optional.empty(),
                Optional.of("a refund is stuck"),
                Optional.empty(),
                false,
                Once.EACH_TIME)
            .await();
    assertThat(asked).isInstanceOf(Asked.Waiting.class);
    String id = ((Asked.Waiting) asked).request().id();
    String path = "/v1/access-requests/" + id;

    JsonNode seen = fixture.api("GET", path, fixture.token(BOB), "").json();
    assertThat(seen.path("requester").asText())
        .isEqualTo("user:default/copilot, acting for user:default/alice");
    assertThat(seen.path("principal").asText()).isEqualTo("ci:sub-copilot");
    assertThat(seen.path("actsFor").asText()).isEqualTo("corp:sub-alice");
    // Alice is a dba, too: she doesn't agree to what is done for her, nor does the agent.
    assertThat(fixture.api("POST", path + "/approvals", alice, "{}").status()).isEqualTo(403);
    assertThat(fixture.api("POST", path + "/approvals", copilot.token(), "{}").status())
        .isEqualTo(403);
    assertThat(fixture.api("POST", path + "/approvals", fixture.token(BOB), "{}").status())
        .isEqualTo(200);
    assertThat(fixture.api("POST", path + "/leases", alice, "").status()).isEqualTo(404);
    assertThat(fixture.api("POST", path + "/leases", copilot.token(), "").status()).isEqualTo(404);
    PickUp pickUp =
        fixture
            .gateway()
            .asking()
            .accessRequests()
            .pickUp(acting, HERE, id, Once.EACH_TIME)
            .await();
    assertThat(pickUp).isInstanceOf(PickUp.Leased.class);
    Issuance.Issued issued = (Issuance.Issued) ((PickUp.Leased) pickUp).issuance();
    assertThat(replace(issued.token().reveal()).status()).isEqualTo(200);

    JsonNode pickedUp = fixture.journal("accessPickedUp").getLast();
    assertThat(pickedUp.path("principal").asText()).isEqualTo("ci:sub-copilot");
    assertThat(pickedUp.path("actsFor").asText()).isEqualTo("corp:sub-alice");
    // Whom it acts for ends it as any other of their agents' leases.
    assertThat(
            fixture.api("DELETE", "/v1/leases/" + issued.lease().id().value(), alice, "").status())
        .isEqualTo(204);
    assertThat(replace(issued.token().reveal()).status()).isEqualTo(401);
  }
}
