package dev.ephemeris.gateway.cli;

import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asking others, and answering, as people and scripts meet it. */
class AccessRequestCommandsTest {

  private static GatewayFixture fixture;

  private final Terminal alice;
  private final Terminal opal;

  AccessRequestCommandsTest(@TempDir Path home) {
    alice =
        Terminal.at(fixture, home.resolve("alice"))
            .with("EPHEMERIS_TOKEN", fixture.token(GatewayFixture.ALICE));
    opal =
        Terminal.at(fixture, home.resolve("opal"))
            .with("EPHEMERIS_TOKEN", fixture.token(GatewayFixture.OPAL));
  }

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
    fixture.append(
        "policy.yaml",
        """
          - name: changes take a second pair of eyes
            for: { groups: [group:default/team] }
            role: data-contributor
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            ttl: { default: 30m, max: 2h }
            approval: { from: [group:default/platform], expires: 1h, breakGlass: 10m }
        """);
    fixture.restart();
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  @BeforeEach
  void forget() throws Exception {
    fixture.sql("DELETE FROM access_request");
  }

  private Screen request(String... more) {
    String[] all = new String[7 + more.length];
    String[] common = {
      "request", ORDERS, "--role", "data-contributor", "--reason", "a refund is stuck", "--ttl=20m"
    };
    System.arraycopy(common, 0, all, 0, common.length);
    System.arraycopy(more, 0, all, common.length, more.length);
    return alice.run(all);
  }

  private String requested() throws Exception {
    return request("-o", "json").json().path("id").asText();
  }

  @Test
  void aRefusedLeaseSaysHowToAsk() {
    Screen refused = alice.run("lease", ORDERS, "--role", "data-contributor");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .contains("after approval by 1 of group:default/platform")
        .contains("“ephemeris request " + ORDERS + " --role data-contributor --reason …”");
  }

  @Test
  void somebodyAsksAnotherAnswersAndTheLeaseIsPickedUpOnce() throws Exception {
    Screen asked = request("--ticket", "OPS-17");
    assertThat(asked.err()).isEmpty();
    assertThat(asked.out())
        .containsPattern("^Access request ar-[a-z2-7]{20}: waiting\n")
        .contains(
            "who       user:default/alice",
            "wants     role data-contributor (",
            ") on " + ORDERS + " for 20m, lane proxy",
            "why       a refund is stuck (OPS-17)",
            "rule      changes take a second pair of eyes",
            "approval  1 of group:default/platform");
    String id = asked.out().replaceFirst("(?s)^Access request (ar-\\w+):.*", "$1");

    assertThat(opal.run("requests", "--to-answer").out())
        .contains(id, "user:default/alice", "a refund is stuck");
    assertThat(alice.run("requests", "--to-answer").out())
        .isEqualTo("Nobody waits for your answer.\n");
    assertThat(alice.run("approve", id).err()).contains("It is your own");
    assertThat(alice.run("pick-up", id).exitCode()).isEqualTo(1);
    Screen approved = opal.run("approve", id, "--ttl", "10m", "--comment", "not longer");
    assertThat(approved.err()).isEmpty();
    assertThat(approved.out())
        .contains(
            ": approved\n",
            "approved by user:default/opal at ",
            ": not longer",
            "agreed    on " + ORDERS + " for 10m",
            "ephemeris pick-up " + id);
    Screen lease = alice.run("pick-up", id, "--token-only");
    assertThat(lease.out()).startsWith("type=resource&ver=1.0&sig=");
    assertThat(fixture.readOrder(lease.out().strip()).status()).isEqualTo(200);
    Screen again = alice.run("pick-up", id);
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("was picked up: lease ");
    assertThat(alice.run("requests", id).out()).containsPattern(": picked-up\n(.*\n)*lease     a");
    assertThat(alice.run("requests").out()).contains(id, "picked-up");
  }

  @Test
  void whoeverWaitsGetsTheLeaseWhenOthersAgree() throws Exception {
    alice.meanwhile(
        time -> {
          String id = alice.shown().replaceFirst("(?s).*(ar-[a-z2-7]+).*", "$1");
          assertThat(opal.run("approve", id).exitCode()).isZero();
        });

    Screen lease = request("--wait", "--token-only");

    assertThat(lease.err()).contains("waits for 1 of group:default/platform");
    assertThat(fixture.readOrder(lease.out().strip()).status()).isEqualTo(200);
    assertThat(alice.pauses()).hasSize(1);
  }

  @Test
  void whoeverWaitsIsToldIfOthersDoNot() {
    alice.meanwhile(
        time -> {
          String id = alice.shown().replaceFirst("(?s).*(ar-[a-z2-7]+).*", "$1");
          opal.run("deny", id, "--comment", "use the replay tool");
        });

    Screen denied = request("--wait");

    assertThat(denied.exitCode()).isEqualTo(1);
    assertThat(denied.out()).isEmpty();
    assertThat(denied.err()).contains("is denied, by user:default/opal: use the replay tool.");
  }

  @Test
  void oneTakesItBack() throws Exception {
    String id = requested();

    assertThat(alice.run("withdraw", id).out()).contains(": withdrawn\n");
    assertThat(opal.run("approve", id).err()).contains("was withdrawn");
  }

  @Test
  void theGlassIsBrokenAndLookedAt() throws Exception {
    Screen broken =
        alice.run(
            "request",
            ORDERS,
            "--role=data-contributor",
            "--reason=the site is down",
            "--break-glass");

    assertThat(broken.exitCode()).isZero();
    assertThat(broken.out()).startsWith("Lease a").contains("export COSMOS_LEASE=");
    String id = broken.err().replaceFirst("(?s).*(ar-[a-z2-7]+).*", "$1");
    assertThat(broken.err()).contains("The glass is broken: " + id + " waits for somebody");
    assertThat(opal.run("requests", "--to-answer").out()).contains(id, "unreviewed");
    assertThat(opal.run("review", id, "--no-justified", "--comment", "it wasn't").out())
        .contains(": reviewed\n", "the glass was broken", "unjustified by user:default/opal");
    assertThat(alice.run("leases").out()).contains("revoked");
  }

  /** Whether or not whoever reviews has agreed to it. */
  @Test
  void whatWasAgreedToIsNotReviewed() throws Exception {
    String id = requested();
    String said = "For access request " + id + " the glass wasn't broken";

    assertThat(opal.run("review", id, "--justified").err()).contains(said);
    assertThat(opal.run("approve", id).exitCode()).isZero();
    Screen reviewed = opal.run("review", id, "--justified");

    assertThat(reviewed.exitCode()).isEqualTo(1);
    assertThat(reviewed.err()).contains(said);
  }

  /** Nobody's words colour or move another's terminal. */
  @Test
  void whatOthersSayIsShownAsText() throws Exception {
    Screen asked =
        alice.run("request", ORDERS, "--role=data-contributor", "--reason=\u202Eegassem \u009b31m");

    assertThat(asked.out() + asked.err()).doesNotContain("\u202E", "\u009b");
    assertThat(opal.run("requests", "--to-answer").out()).doesNotContain("\u202E", "\u009b");
  }
}
