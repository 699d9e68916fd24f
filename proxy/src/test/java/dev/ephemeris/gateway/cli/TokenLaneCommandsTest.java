package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases of the lane token, as people and scripts meet them. */
class TokenLaneCommandsTest {

  private final GatewayFixture fixture;
  private final Terminal terminal;

  TokenLaneCommandsTest(@TempDir Path home) throws Exception {
    fixture = new GatewayFixture();
    fixture.configure(
        text ->
            text.replace(
                "keyFile: account.key", "keyFile: account.key\n    lanes: [proxy, token]"));
    fixture.restart();
    terminal =
        Terminal.at(fixture, home).with("EPHEMERIS_TOKEN", fixture.token(GatewayFixture.ALICE));
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  private JsonNode issued() throws Exception {
    return terminal
        .run("lease", GatewayFixture.ORDERS, "--lane", "token", "--ttl", "10m", "-o", "json")
        .json();
  }

  @Test
  void leaseSaysUntilWhenTheTokenWorksAndWhere() throws Exception {
    Screen lease = terminal.run("lease", GatewayFixture.ORDERS, "--lane", "token", "--ttl", "10m");

    assertThat(lease.err()).isEmpty();
    assertThat(lease.exitCode()).isZero();
    assertThat(lease.out())
        .containsPattern("\nworks     until 20\\S+Z: nobody can revoke a resource token")
        .containsPattern("\n  export COSMOS_LEASE='type=resource&ver=1&sig=\\S+'\n")
        .contains("endpoint: \"" + fixture.account().endpoint() + "\"");
  }

  /**
   * It is the gateway's; the account has one that every machine trusts, unless that is replaced.
   */
  @Test
  void leaseHasNobodyTrustTheGatewaysCertificateAtTheAccount() {
    Screen lease = terminal.run("lease", GatewayFixture.ORDERS, "--lane", "token");

    assertThat(lease.out()).doesNotContain("trustStore").doesNotContain("NODE_EXTRA_CA_CERTS");
    assertThat(terminal.run("lease", GatewayFixture.ORDERS).out())
        .contains("trustStore")
        .contains("NODE_EXTRA_CA_CERTS");
  }

  @Test
  void renewPrintsTheNewTokenAlone() throws Exception {
    JsonNode issued = issued();

    Screen renew =
        terminal.run("renew", issued.at("/lease/id").asText(), "--ttl", "30m", "--token-only");

    assertThat(renew.err()).isEmpty();
    assertThat(renew.out()).matches("type=resource&ver=1&sig=\\S+\n");
    assertThat(renew.out().strip()).isNotEqualTo(issued.path("token").asText());
  }

  @Test
  void revokeSaysThatTheTokenGoesOn() throws Exception {
    JsonNode lease = issued().path("lease");
    String id = lease.path("id").asText();

    assertThat(terminal.run("revoke", id).out())
        .isEqualTo(
            "Lease "
                + id
                + " has ended.\nIts resource token works until "
                + lease.path("worksUntil").asText()
                + " all the same: nobody can revoke one.\n");

    fixture.clock().advance(Duration.ofMinutes(30));
    assertThat(terminal.run("leases").out()).containsPattern(id + " .*token +revoked");
  }

  @Test
  void theLaneHasToBePermitted() {
    Screen lease = terminal.run("lease", GatewayFixture.ORDERS, "--lane", "rbac");

    assertThat(lease.exitCode()).isNotZero();
    assertThat(lease.out()).isEmpty();
    assertThat(lease.err()).contains("neither account nor rule permit this lane");
  }
}
