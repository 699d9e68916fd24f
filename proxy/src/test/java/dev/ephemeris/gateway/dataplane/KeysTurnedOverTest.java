package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.AzureBeside;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.simulator.cosmos.AccountAccess;
import dev.ephemeris.simulator.cosmos.KeyKind;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests while somebody else turns the account's keys over. */
class KeysTurnedOverTest {

  /** From one reading of the keys to the next. */
  private static final Duration A_WHILE = Duration.ofSeconds(11);

  private final GatewayFixture fixture;
  private final AccountAccess access;
  private String lease = "";

  KeysTurnedOverTest() throws Exception {
    fixture = new GatewayFixture();
    access = fixture.account().access();
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  /** The gateway has both keys, and reads them in Azure; the first was good a moment ago. */
  private AzureBeside azure() throws Exception {
    AzureBeside azure =
        new AzureBeside(
            fixture,
            "Microsoft.DocumentDB/databaseAccounts/read",
            "Microsoft.DocumentDB/databaseAccounts/listKeys/action");
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: the team writes orders
            for: { groups: [group:default/team] }
            role: data-contributor
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
        """);
    fixture.restart();
    lease = fixture.lease("data-contributor").path("token").asText();
    assertThat(read().status()).isEqualTo(200);
    return azure;
  }

  private Reply read() throws Exception {
    return fixture.readOrder(lease);
  }

  private Reply create(String id) throws Exception {
    return fixture.send(
        HttpRequest.newBuilder(fixture.gateway().dataPlane().resolve("/dbs/shop/colls/orders/docs"))
            .timeout(Duration.ofSeconds(30))
            .header("authorization", URLEncoder.encode(lease, StandardCharsets.UTF_8))
            .header("content-type", "application/json")
            .header("x-ms-version", "2020-07-15")
            .header("x-ms-documentdb-partitionkey", "[\"c1\"]")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"id\":\"" + id + "\",\"customerId\":\"c1\"}")));
  }

  @Test
  void theOtherKeyServesUntilTheFirstIsReadAnew() throws Exception {
    try (AzureBeside azure = azure()) {
      assertThat(azure.account().cosmos()).isSameAs(fixture.account());
      access.regenerateKey(KeyKind.PRIMARY);

      assertThat(read().status()).isEqualTo(200);
      Reply created = create("o2");
      assertThat(created.status()).isEqualTo(201);
      assertThat(created.json().path("id").asText()).isEqualTo("o2");

      // Read anew, or there would be no key left.
      fixture.clock().advance(A_WHILE);
      assertThat(read().status()).isEqualTo(200);
      access.regenerateKey(KeyKind.SECONDARY);
      assertThat(create("o3").status()).isEqualTo(201);
    }
  }

  @Test
  void whereNoKeyIsTakenTheAccountsOwnWordsComeThrough() throws Exception {
    try (AzureBeside azure = azure()) {
      assertThat(azure.account().cosmos()).isSameAs(fixture.account());
      access.regenerateKey(KeyKind.PRIMARY);
      access.regenerateKey(KeyKind.SECONDARY);

      assertUnauthorized(create("o2"));
      assertThat(fixture.account().find("shop", "orders", "o2")).isEmpty();

      fixture.clock().advance(A_WHILE);
      assertThat(create("o2").status()).isEqualTo(201);
    }
  }

  /** There is no other: the first answer is the last, and arrives whole. */
  @Test
  void aSingleKeyThatIsRefusedIsSaidToBe() throws Exception {
    lease = fixture.lease().path("token").asText();
    access.regenerateKey(KeyKind.PRIMARY);

    for (int i = 0; i < 20; i++) {
      assertUnauthorized(read());
    }
  }

  private static void assertUnauthorized(Reply reply) {
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.json().path("code").asText()).isEqualTo("Unauthorized");
  }
}
