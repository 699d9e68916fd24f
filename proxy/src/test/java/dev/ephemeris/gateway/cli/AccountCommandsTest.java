package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.AzureBeside;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.simulator.cosmos.KeyKind;
import dev.ephemeris.simulator.issuer.Person;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ephemeris account}, before Azure. */
class AccountCommandsTest {

  private final GatewayFixture fixture;
  private final AzureBeside azure;
  private final Terminal opal;
  private final Terminal alice;

  AccountCommandsTest(@TempDir Path home) throws Exception {
    fixture = new GatewayFixture();
    azure =
        new AzureBeside(
            fixture,
            "Microsoft.DocumentDB/databaseAccounts/read",
            "Microsoft.DocumentDB/databaseAccounts/listKeys/action",
            "Microsoft.DocumentDB/databaseAccounts/regenerateKey/action");
    opal = as(GatewayFixture.OPAL, home);
    alice = as(GatewayFixture.ALICE, home);
  }

  private Terminal as(Person who, Path home) {
    return Terminal.at(fixture, home).with("EPHEMERIS_TOKEN", fixture.token(who));
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    azure.close();
  }

  @Test
  void saysWhereTheKeysAreAndTurnsThemOver() throws Exception {
    assertThat(opal.run("account", "keys", "orders-prod"))
        .isEqualTo(
            new Screen(
                0,
                """
                Account orders-prod
                in use    the primary key
                rotated   never by this gateway
                """,
                ""));

    Screen rotate = opal.run("account", "rotate", "orders-prod", "--cut-off-others");

    assertThat(rotate.err()).isEmpty();
    assertThat(rotate.exitCode()).isZero();
    assertThat(rotate.out())
        .matches(
            """
            Account orders-prod
            in use    the primary key
            rotated   never by this gateway
            rotation  \\S+, started at \\S+Z by corp:sub-opal
            """);

    String out = untilKeysSay("regenerate-used at ");
    assertThat(out).contains("in use    the secondary key, since ").doesNotContain("failed");
    assertThat(opal.run("account", "rotate", "orders-prod").err())
        .contains(
            "The keys of “orders-prod” are being turned over already: “ephemeris account keys"
                + " orders-prod” says where that is.");

    String primary = fixture.account().access().key(KeyKind.PRIMARY);
    fixture.clock().advance(Duration.ofMinutes(3));
    String over = untilKeysSay("rotated   20");
    assertThat(over).contains("the secondary key").doesNotContain("rotation");
    assertThat(fixture.account().access().key(KeyKind.PRIMARY)).isNotEqualTo(primary);

    JsonNode programs = opal.run("account", "keys", "orders-prod", "-o", "json").json();
    assertThat(programs.path("inUse").asText()).isEqualTo("secondary");
    assertThat(programs.has("rotation")).isFalse();
    for (KeyKind kind : KeyKind.values()) {
      String key = fixture.account().access().key(kind);
      assertThat(out + over + programs).doesNotContain(key);
    }
  }

  private String untilKeysSay(String what) throws InterruptedException {
    long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      String out = opal.run("account", "keys", "orders-prod").out();
      if (out.contains(what)) {
        return out;
      }
      assertThat(System.nanoTime()).as(out).isLessThan(until);
      Thread.sleep(50);
    }
  }

  /** Whoever else has a key knows nothing of the gateway. */
  @Test
  void theFirstTimeOthersHaveToBeMeant() {
    String primary = fixture.account().access().key(KeyKind.PRIMARY);

    Screen refused = opal.run("account", "rotate", "orders-prod");

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.err())
        .contains("has never turned over the keys of “orders-prod”")
        .contains("--cut-off-others");
    assertThat(opal.run("account", "keys", "orders-prod").out()).doesNotContain("rotation");
    assertThat(fixture.account().access().key(KeyKind.PRIMARY)).isEqualTo(primary);
  }

  @Test
  void isForAccountsThatAreTheGatewaysOnly() {
    for (String command : new String[] {"keys", "rotate"}) {
      assertThat(opal.run("account", command, "another").err())
          .as(command)
          .contains("doesn't turn over keys of an account “another”");
      assertThat(opal.run("account", command, "../leases").err()).as(command).contains("../leases");
    }
  }

  @Test
  void isForThoseWhomThePolicyLets() {
    for (String command : new String[] {"keys", "rotate"}) {
      Screen refused = alice.run("account", command, "orders-prod");

      assertThat(refused.exitCode()).as(command).isNotZero();
      assertThat(refused.out()).as(command).isEmpty();
      assertThat(refused.err()).as(command).contains("ephemeris/accounts/rotate");
    }
  }
}
