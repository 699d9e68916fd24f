package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.AzureBeside;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.simulator.azure.Delays;
import dev.ephemeris.simulator.cosmos.Fault;
import dev.ephemeris.simulator.cosmos.KeyKind;
import dev.ephemeris.simulator.cosmos.RequestPattern;
import dev.ephemeris.simulator.issuer.Person;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
    fixture.configure(
        text ->
            text.replace(
                "keyFile: account.key", "keyFile: account.key\n    lanes: [proxy, token]"));
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

  /** One goes on to its end; what a person sees of it is all that there is to know. */
  @Test
  void panicWaitsForNothingAndSaysWhatBecameOfTokens() throws Exception {
    JsonNode issued =
        alice.run("lease", GatewayFixture.ORDERS, "--lane", "token", "-o", "json").json();
    azureTakesItsTime();

    Screen panic = opal.run("account", "panic", "orders-prod", "--cut-off-others");

    String until = issued.at("/lease/worksUntil").asText();
    assertThat(panic.err()).isEmpty();
    assertThat(panic.out())
        .matches(
            """
            Account orders-prod
            in use    the primary key
            rotated   never by this gateway
            panic     \\S+, started at \\S+Z by corp:sub-opal
            tokens    the last that the gateway gave works until %s at most
                      nobody is given another until this is over
            """
                .formatted(until));
    assertThat(alice.run("leases").out()).containsPattern("token +revoked");
    JsonNode revoked = fixture.journal("leaseRevoked").getLast();
    assertThat(revoked.path("leaseId").asText()).isEqualTo(issued.at("/lease/id").asText());
    assertThat(revoked.path("by").asText()).isEqualTo("corp:sub-opal");
    Screen another = alice.run("lease", GatewayFixture.ORDERS, "--lane", "token");
    assertThat(another.out()).isEmpty();
    assertThat(another.err())
        .contains("A key of account “orders-prod” may have leaked", "use the lane proxy");
    assertThat(alice.run("lease", GatewayFixture.ORDERS).exitCode()).isZero();
    assertThat(opal.run("account", "panic", "orders-prod", "--cut-off-others").err())
        .contains("in a panic already");

    azure.azure().delays(Delays.NONE);
    fixture.clock().advance(Duration.ofMinutes(4));
    String over = untilKeysSay("rotated   20");

    assertThat(over)
        .containsPattern("\npanic     at \\S+Z by corp:sub-opal\n")
        .contains(
            """
            tokens    those of before go on: the account still lets one in
                      the last that the gateway gave works until %s at most
                      those that others made with a key, up to a day from then
            """
                .formatted(until));
    assertThat(alice.run("lease", GatewayFixture.ORDERS, "--lane", "token").exitCode()).isZero();
    assertThat(fixture.journal().toString() + over)
        .doesNotContain("type=resource", issued.path("token").asText());
  }

  private void azureTakesItsTime() {
    azure
        .azure()
        .delays(
            Delays.NONE
                .withRegeneration(Duration.ofMinutes(3))
                .withRetryAfter(Duration.ofSeconds(1)));
  }

  /** It was let have a lease, which wasn't there yet when the others were ended. */
  @Test
  void whoAskedForATokenBeforeThePanicIsGivenNoneInIt() throws Exception {
    azureTakesItsTime();
    fixture
        .account()
        .faults()
        .next(1, RequestPattern.of("POST", ".*/permissions"), Fault.delayed(Duration.ofSeconds(2)));
    CompletableFuture<Screen> asked =
        CompletableFuture.supplyAsync(
            () -> alice.run("lease", GatewayFixture.ORDERS, "--lane", "token"));
    long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!fixture.account().faults().armed().isEmpty()) {
      assertThat(System.nanoTime()).isLessThan(until);
      Thread.sleep(10);
    }

    assertThat(opal.run("account", "panic", "orders-prod", "--cut-off-others").exitCode()).isZero();

    assertThat(asked.join().out()).isEmpty();
    assertThat(asked.join().err()).contains("may have leaked");
    assertThat(fixture.journal("tokenMinted")).isEmpty();
  }

  @Test
  void panicHasToBeMeant() {
    Screen refused = opal.run("account", "panic", "orders-prod");

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.err()).contains("--cut-off-others", "waits for nobody");
    assertThat(opal.run("account", "keys", "orders-prod").out()).doesNotContain("panic");
    assertThat(opal.run("account", "panic", "another", "--cut-off-others").err())
        .contains("doesn't turn over keys of an account “another”");
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
    for (String command : new String[] {"keys", "rotate", "panic"}) {
      Screen refused = alice.run("account", command, "orders-prod");

      assertThat(refused.exitCode()).as(command).isNotZero();
      assertThat(refused.out()).as(command).isEmpty();
      assertThat(refused.err())
          .as(command)
          .contains("ephemeris/accounts/" + (command.equals("keys") ? "rotate" : command));
    }
  }
}
