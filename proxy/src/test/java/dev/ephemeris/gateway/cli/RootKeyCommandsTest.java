package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.AzureBeside;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.simulator.azure.Vault;
import dev.ephemeris.simulator.issuer.Person;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ephemeris root-key}, before a key vault and without one. */
class RootKeyCommandsTest {

  private final GatewayFixture fixture;
  private final Path home;

  RootKeyCommandsTest(@TempDir Path home) throws Exception {
    this.fixture = new GatewayFixture();
    this.home = home;
  }

  /** At the gateway of now: it listens elsewhere once it was started again. */
  private Terminal opal() {
    return as(GatewayFixture.OPAL);
  }

  private Terminal as(Person who) {
    return Terminal.at(fixture, home).with("EPHEMERIS_TOKEN", fixture.token(who));
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void turnsRootKeysOverAndRevokesTheOlderOne() throws Exception {
    try (AzureBeside azure =
        new AzureBeside(
            fixture,
            "Microsoft.DocumentDB/databaseAccounts/read",
            "Microsoft.DocumentDB/databaseAccounts/listKeys/action")) {
      String old = fixture.lease().path("token").textValue();
      Vault vault = azure.keepRootKeys(fixture);
      assertThat(fixture.readOrder(old).status()).isEqualTo(200);
      String own = fixture.ownTokenLease();
      assertThat(own).startsWith("a");

      Screen rotated = opal().run("root-key", "rotate");

      assertThat(rotated.err()).isEmpty();
      assertThat(rotated.out()).matches("Root key b derives from \\S+ \\(in \\d+s\\) on\\.\n");
      assertThat(opal().run("root-key", "rotate").err()).contains("a new root key already, “b”");
      assertThat(opal().run("root-key", "revoke", "a").err())
          .contains("Leases are derived from root key “a”", "ephemeris root-key rotate");
      fixture.clock().advance(Duration.ofMinutes(1));
      String fresh = fixture.lease().path("token").textValue();
      assertThat(fresh).contains("sig=b");
      assertThat(opal().run("root-key", "list").out())
          .matches(
              """
              KID +FROM +STATE +SINCE +LEASES +LAST ENDS
              b +key-vault +derives +\\S+Z +1 +\\S+Z *
              a +key-vault +verifies +\\S+Z +2 +\\S+Z *
              """);

      Screen revoked = opal().run("root-key", "revoke", "a");

      assertThat(revoked.err()).isEmpty();
      assertThat(revoked.out()).isEqualTo("Root key a is revoked; 2 leases ended with it.\n");
      assertThat(fixture.readOrder(old).status()).isEqualTo(401);
      assertThat(fixture.readOrder(old).json().path("message").asText()).contains("was revoked at");
      assertThat(fixture.readOrder(fresh).status()).isEqualTo(200);
      // Her own token is no worse than before, and opens another.
      assertThat(fixture.ownTokenLease()).startsWith("b");
      JsonNode list = opal().run("root-key", "list", "-o", "json").json().path("rootKeys");
      assertThat(list.findValuesAsText("state")).containsExactly("derives", "revoked");
      fixture.restart();
      assertThat(fixture.readOrder(old).status()).isEqualTo(401);
      assertThat(fixture.readOrder(fresh).status()).isEqualTo(200);

      String all =
          TestJournals.text(fixture.folder().resolve("journal")) + rotated + revoked + list;
      for (String kid : List.of("a", "b")) {
        assertThat(all).doesNotContain(vault.value("ephemeris-root-" + kid).orElseThrow());
      }
    }
  }

  @Test
  void saysWhatToDoByHandWhereTheConfigurationListsThem() {
    Screen rotate = opal().run("root-key", "rotate");

    assertThat(rotate.exitCode()).isNotZero();
    assertThat(rotate.err())
        .contains("The configuration lists the root keys", "list it last", "then put it first");
    assertThat(opal().run("root-key", "list").out()).contains("a    file  derives");
  }

  @Test
  void isForThoseWhomThePolicyLets() {
    Terminal alice = as(GatewayFixture.ALICE);
    for (List<String> command :
        List.of(
            List.of("root-key", "list"),
            List.of("root-key", "rotate"),
            List.of("root-key", "revoke", "a"))) {
      Screen refused = alice.run(command.toArray(String[]::new));

      assertThat(refused.exitCode()).as(command.toString()).isNotZero();
      assertThat(refused.err())
          .contains(
              command.contains("revoke")
                  ? "ephemeris/root-keys/revoke"
                  : "ephemeris/root-keys/rotate");
    }
    assertThat(opal().run("root-key", "revoke", "../leases").err())
        .contains("'../leases' is no kid; see 'ephemeris root-key list'");
    assertThat(opal().run("root-key", "revoke", "z").err()).contains("no root key “z”");
  }

  /** Whoever adds a table with a MAC thinks of what becomes of its rows with their root key. */
  @Test
  void forgetsNoTableThatIsSealed() throws Exception {
    TreeSet<String> sealed = new TreeSet<>();
    try (var store = fixture.store();
        var tables =
            store
                .createStatement()
                .executeQuery(
                    "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
                        + " WHERE m.type = 'table' AND c.name = 'mac'")) {
      while (tables.next()) {
        sealed.add(tables.getString(1));
      }
    }

    assertThat(sealed)
        .containsExactly(
            "access_request",
            "account",
            "account_key",
            "block",
            "idempotency_key",
            "lease",
            "notification",
            "oauth_client",
            "root_key",
            // Their texts end with their root key, so that their rows are of no use.
            "session_token");
  }
}
