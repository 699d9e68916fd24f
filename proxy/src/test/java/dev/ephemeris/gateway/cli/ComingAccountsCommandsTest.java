package dev.ephemeris.gateway.cli;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.AzureBeside;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.simulator.azure.ArmAccount;
import dev.ephemeris.simulator.issuer.Person;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ephemeris account list}, {@code add} and {@code remove}, before Azure. */
class ComingAccountsCommandsTest {

  private static GatewayFixture fixture;
  private static AzureBeside azure;
  private static ArmAccount preview;
  private static Terminal opal;
  private static Terminal alice;

  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    fixture = new GatewayFixture();
    azure =
        new AzureBeside(
            fixture,
            "Microsoft.DocumentDB/databaseAccounts/read",
            "Microsoft.DocumentDB/databaseAccounts/listKeys/action");
    AzureBeside.letTheTeamReadPreviews(fixture);
    preview = azure.preview(fixture, "orders-pr-7", Map.of("stage", "qa"));
    azure.letCome(fixture, "tag: stage, longest: 7d, keys: { kind: resource-manager }");
    opal = as(OPAL, home);
    alice = as(ALICE, home);
  }

  private static Terminal as(Person who, Path home) {
    return Terminal.at(fixture, home).with("EPHEMERIS_TOKEN", fixture.token(who));
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
    azure.close();
  }

  /** None but the one that was there at first. */
  @AfterEach
  void takeAway() {
    Screen unused = opal.run("account", "remove", "orders-pr-7");
    assertThat(list().out()).doesNotContain("preview-7");
  }

  @Test
  void oneIsAddedForATimeAndLeasedAndTakenAway() throws Exception {
    Screen added = add("--for", "7d");

    assertThat(added.err()).isEmpty();
    assertThat(added.exitCode()).isZero();
    assertThat(added.out())
        .matches(
            """
            Account orders-pr-7 is behind the gateway, in environment preview-7
            at        %s
            lanes     proxy
            ends      \\S+:\\d\\dZ \\(in (7d|6d 23h)\\)

            A lease there, as far as the policy lets you:
              ephemeris lease orders-pr-7/DATABASE/CONTAINER
            """
                .formatted(preview.cosmos().endpoint()));
    assertThat(list().out())
        .containsPattern(
            """
            ACCOUNT +ENVIRONMENT +LANES +ORIGIN +ENDS
            orders-pr-7 +preview-7 +proxy +added +\\S+Z \\(in .*\\)
            orders-prod +prod +proxy +configured +-
            """);
    String lease = alice.run("lease", "orders-pr-7/shop/orders", "--token-only").out().strip();
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);

    Screen removed = opal.run("account", "remove", "orders-pr-7");

    assertThat(removed)
        .isEqualTo(
            new Screen(
                0,
                "Account orders-pr-7 isn't behind the gateway any more; its leases have ended.\n",
                ""));
    assertThat(fixture.readOrder(lease).status()).isEqualTo(401);
    assertThat(list().out()).doesNotContain("preview-7").contains("orders-prod");
  }

  @Test
  void howLongCanBeSaidAsATimeAndAnother() throws Exception {
    Instant end =
        fixture.clock().instant().plus(Duration.ofHours(5)).truncatedTo(ChronoUnit.MINUTES);

    JsonNode first = add("--until", end.toString().replace(":00Z", "Z"), "--output", "json").json();
    Screen again = add("--for", "2h");

    assertThat(first.path("account").asText()).isEqualTo("orders-pr-7");
    assertThat(first.path("resourceId").asText()).isEqualTo(preview.id());
    assertThat(Instant.parse(first.path("endsAt").asText())).isEqualTo(end);
    assertThat(again.out()).containsPattern("\nends +\\S+Z \\(in (2h|1h 59m)\\)\n");
  }

  @Test
  void whatTheGatewayRefusesIsToldWithWhy() {
    assertRefused(add("--for", "8d"), "It can be there until ", " at the latest");
    assertRefused(
        add("--until", "2020-01-01"), " at the latest, and not until 2020-01-01T00:00:00Z");
    assertRefused(
        opal.run("account", "add", preview.id(), "--environment", "prod", "--for", "1d"),
        "in environment “prod”");
    assertRefused(
        opal.run("account", "remove", "orders-prod"),
        "Account “orders-prod” wasn't added by anybody. The configuration lists it");
    assertRefused(
        opal.run("account", "remove", "orders-pr-9"), "There is no account “orders-pr-9”");
    assertThat(list().out()).doesNotContain("preview-7");
  }

  @Test
  void isForThoseWhomThePolicyLets() {
    assertRefused(alice.run("account", "list"), "ephemeris/accounts/read");
    assertRefused(
        alice.run("account", "add", preview.id(), "--environment", "preview-7", "--for", "1d"),
        "ephemeris/accounts/add");
    assertRefused(alice.run("account", "remove", "orders-pr-7"), "ephemeris/accounts/add");
  }

  @Test
  void whatIsNotAsAzureHasItIsToldBelow() throws Exception {
    Instant until = Instant.now().plusSeconds(30);
    while (!list().out().contains("Notice")) {
      assertThat(Instant.now()).isBefore(until);
      Thread.sleep(50);
    }

    assertThat(list().out())
        .endsWith(
            """
            configured  -

            Notice: Account “orders-pr-7” in Azure has tag stage=qa, whose value isn't among the environments of accounts in %s.
            """
                .formatted(AzureBeside.PREVIEWS));
  }

  private static Screen list() {
    return opal.run("account", "list");
  }

  private static Screen add(String... howLong) {
    return opal.run(
        Stream.of(
                List.of("account", "add", preview.id(), "--environment", "preview-7"),
                List.of(howLong))
            .flatMap(List::stream)
            .toArray(String[]::new));
  }

  private static void assertRefused(Screen screen, String... why) {
    assertThat(screen.exitCode()).isEqualTo(Failure.Kind.REFUSED.exitCode);
    assertThat(screen.out()).isEmpty();
    assertThat(screen.err()).contains(why);
  }
}
