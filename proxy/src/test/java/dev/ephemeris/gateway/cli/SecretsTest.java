package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A token is printed by the command that was asked for it, and by no other. */
class SecretsTest {

  private static final String SCOPE = "orders-prod/shop/orders";

  @Test
  void theTokensOfASignInAreOnNoScreen() throws Exception {
    try (CliWorld world = new CliWorld()) {
      Terminal terminal = world.terminal().signedIn();
      JsonNode before = signIn(world, terminal);
      everyCommand(world, terminal);
      terminal.ahead(Duration.ofHours(2));
      everyCommand(world, terminal);
      JsonNode after = signIn(world, terminal);

      assertThat(after.path("accessToken")).as("renewed").isNotEqualTo(before.path("accessToken"));
      for (JsonNode signIn : List.of(before, after)) {
        for (String name : List.of("accessToken", "refreshToken")) {
          String token = signIn.path(name).asText();
          assertThat(token).isNotBlank();
          assertThat(terminal.everything()).doesNotContain(token);
        }
      }
    }
  }

  @Test
  void aTokenFromTheEnvironmentIsOnNoScreenEvenIfItIsRefused() throws Exception {
    try (CliWorld world = new CliWorld()) {
      String canary = "canary-0123456789.canary.canary";
      Terminal terminal = world.terminal().with("EPHEMERIS_TOKEN", canary);

      everyCommand(world, terminal);

      assertThat(terminal.everything()).contains("not signed in").doesNotContain("canary");
    }
  }

  @Test
  void aLeasesTokenIsPrintedOnceWhenItIsGivenAndNeverAgain() throws Exception {
    try (CliWorld world = new CliWorld()) {
      Terminal terminal = world.terminal().signedIn();
      Screen given = terminal.run("lease", SCOPE);
      String token =
          given.out().replaceAll("(?s).*COSMOS_LEASE='type=resource&ver=1.0&sig=([^']+)'.*", "$1");
      String id = token.substring(0, token.indexOf('.'));

      everyCommand(world, terminal);
      terminal.run("revoke", id);
      everyCommand(world, terminal);

      String secret = token.substring(token.indexOf('.') + 1);
      assertThat(secret).hasSizeGreaterThan(20);
      assertThat(terminal.everything()).contains(id).containsOnlyOnce(secret);
      assertThat(Files.readString(terminal.home().resolve("credentials.json")))
          .doesNotContain(secret);
    }
  }

  @Test
  void whatHoldsASecretDoesNotPrintIt() {
    Api.Lease lease =
        new Api.Lease(
            "id",
            Optional.empty(),
            Optional.empty(),
            "s",
            Optional.empty(),
            Optional.empty(),
            "r",
            List.of(),
            "token",
            "rule",
            Instant.EPOCH,
            Instant.EPOCH,
            Optional.empty(),
            "active");
    Tokens tokens = new Tokens("canary", Optional.of("canary"), Duration.ZERO);
    Api.IssuedLease issued =
        new Api.IssuedLease(
            lease,
            Optional.of("canary"),
            Optional.of("canary"),
            Optional.of("canary"),
            "https://localhost/",
            Optional.empty());
    Api.RenewedLease renewed =
        new Api.RenewedLease(lease, Optional.of("canary"), Optional.of("https://localhost/"));

    assertThat(
            List.of(
                tokens, issued, renewed, new Reply<>(Json.object().put("token", "canary"), issued)))
        .allSatisfy(holder -> assertThat(holder.toString()).doesNotContain("canary"));
  }

  private static void everyCommand(CliWorld world, Terminal terminal) {
    String journal = world.journal().toString();
    for (String format : List.of("table", "json")) {
      terminal.run("whoami", "-o", format);
      terminal.run("leases", "-o", format);
      terminal.run("explain", "items/read", SCOPE, "-o", format);
      terminal.run("explain", "nonsense", SCOPE, "-o", format);
      terminal.run("lease", "orders-prod/shop/payments", "-o", format);
      terminal.run("revoke", "ba3q7", "-o", format);
      terminal.run("audit", "tail", "--journal", journal, "-o", format);
      terminal.run("audit", "search", "--journal", journal, "-o", format);
    }
  }

  private static JsonNode signIn(CliWorld world, Terminal terminal) throws Exception {
    return new ObjectMapper()
        .readTree(terminal.home().resolve("credentials.json").toFile())
        .path("signIns")
        .path(world.api());
  }
}
