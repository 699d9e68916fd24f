package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.simulator.issuer.DevelopmentIssuer;
import dev.ephemeris.simulator.issuer.Person;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * An agent beside a gateway: a workload of {@code ci}, another issuer than that of people. Its
 * tokens are made as a person's would be.
 */
public final class Copilot {

  public static final Person COPILOT =
      new Person("sub-copilot", "copilot", "Copilot", "copilot@example.test");

  /** A rule by which agents read orders for whoever may. */
  public static final String READS =
      """
        - name: agents read for it
          for: { principal: agent }
          role: data-reader
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
      """;

  private static final String CLIENT = "copilot";

  private final GatewayFixture fixture;
  private final DevelopmentIssuer ci;

  /** Is known from the gateway's next start on. Its issuer has a client that isn't it, too. */
  public Copilot(GatewayFixture fixture) throws IOException {
    this.fixture = fixture;
    this.ci = fixture.issuerBeside("ci", "workload", "example.com/workload", CLIENT, "other");
  }

  /** What it is in a catalog. */
  static String user(String... groups) {
    return OrgYaml.user(COPILOT.name(), "example.com/workload: " + COPILOT.subject(), groups);
  }

  public String token() {
    return token(claims -> {});
  }

  String token(Consumer<JWTClaimsSet.Builder> change) {
    return ci.accessToken(COPILOT, CLIENT, change);
  }

  /** One of another agent's that comes by the same client. */
  String token(Person agent) {
    return ci.accessToken(agent, CLIENT);
  }

  URI issuer() {
    return ci.issuer();
  }

  /** Acts for Alice, by a sign-in after all before; the token that she has of it. */
  public String actForAlice() throws IOException, InterruptedException {
    fixture.clock().advance(Duration.ofSeconds(2));
    String alice =
        fixture
            .issuer()
            .accessToken(
                GatewayFixture.ALICE,
                GatewayFixture.CLIENT,
                claims -> claims.claim("auth_time", fixture.clock().instant().getEpochSecond()));
    Reply lease = fixture.exchange(alice, token());
    assertThat(lease.status()).as(lease.body()).isEqualTo(200);
    return alice;
  }
}
