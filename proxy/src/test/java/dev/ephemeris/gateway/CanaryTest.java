package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.simulator.issuer.TokenFault;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Secrets are where they belong and nowhere else. */
class CanaryTest {

  @Test
  void showsNoSecretAnywhereButWhereItIsDelivered() throws Exception {
    // Ours at every level, and of the libraries what is logged in production.
    Logger ours = (Logger) LoggerFactory.getLogger("dev.ephemeris");
    ListeningLog log = ListeningLog.begin();
    Level level = ours.getLevel();
    ours.setLevel(Level.TRACE);
    Map<String, String> answers = new TreeMap<>();
    Map<String, String> secrets = new TreeMap<>();
    try (GatewayFixture fixture = new GatewayFixture()) {
      String alice = fixture.token(GatewayFixture.ALICE);
      String forged =
          fixture
              .issuer()
              .faultyToken(TokenFault.UNKNOWN_KID, GatewayFixture.ALICE, GatewayFixture.CLIENT);
      JsonNode lease = fixture.lease();
      String leaseToken = lease.path("token").textValue();
      secrets.put("the account's key", GatewayFixture.ACCOUNT_KEY);
      secrets.put("the root key", GatewayFixture.ROOT_KEY);
      secrets.put("the journal's signing key", TestJournals.KEY);
      secrets.put("a lease's MAC", leaseToken.substring(leaseToken.lastIndexOf('.') + 1));
      secrets.put("a bearer's signature", alice.substring(alice.lastIndexOf('.') + 1));
      secrets.put("a forged bearer's signature", forged.substring(forged.lastIndexOf('.') + 1));

      story(fixture, answers, alice, forged, lease, leaseToken);

      for (Path file : files(fixture.folder())) {
        if (!Set.of("account.key", "root-a.key", "journal.key")
            .contains(file.getFileName().toString())) {
          answers.put(
              "file " + fixture.folder().relativize(file),
              new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        }
      }
      assertThat(answers.keySet())
          .contains("file journal/checkpoint", "file ephemeris.db", "the list of leases");
      assertThat(fixture.journal("requestOutcome")).isNotEmpty();
      assertThat(fixture.journal("authenticationFailed")).isNotEmpty();
    } finally {
      log.end();
      ours.setLevel(level);
    }
    answers.put("the log", log.text());

    assertThat(log.text()).isNotEmpty();
    answers.forEach(
        (where, text) ->
            secrets.forEach(
                (what, secret) ->
                    assertThat(text).as(what + " in " + where).doesNotContain(secret)));
  }

  /** What succeeds and what fails, in all the ways that could show something. */
  private static void story(
      GatewayFixture fixture,
      Map<String, String> answers,
      String alice,
      String forged,
      JsonNode lease,
      String leaseToken)
      throws Exception {
    String path = "/v1/leases/" + lease.at("/lease/id").textValue();
    answers.put("an answer to a read", text(fixture.readOrder(leaseToken)));
    answers.put("an answer to a forged lease", text(fixture.readOrder(leaseToken + "x")));
    answers.put(
        "an answer to a write",
        text(
            fixture.send(
                HttpRequest.newBuilder(
                        fixture.gateway().dataPlane().resolve("/dbs/shop/colls/orders/docs/o1"))
                    .DELETE()
                    .header("authorization", leaseToken)
                    .header("x-ms-documentdb-partitionkey", "[\"c1\"]"))));
    answers.put("who one is", text(fixture.api("GET", "/v1/me", alice, "")));
    answers.put("an answer to a forged token", text(fixture.api("GET", "/v1/me", forged, "")));
    answers.put(
        "an answer to a lease as a bearer", text(fixture.api("GET", "/v1/me", leaseToken, "")));
    answers.put("a lease", text(fixture.api("GET", path, alice, "")));
    answers.put("the list of leases", text(fixture.api("GET", "/v1/leases", alice, "")));
    answers.put("a refused lease", text(fixture.api("POST", "/v1/leases", alice, "{\"scope\":1}")));
    answers.put("health", text(fixture.send(HttpRequest.newBuilder(fixture.managementHealth()))));
    answers.put(
        "metrics",
        text(
            fixture.send(
                HttpRequest.newBuilder(fixture.gateway().management().resolve("/metrics")))));
    fixture.account().close().await();
    answers.put("an answer without the account", text(fixture.readOrder(leaseToken)));
    answers.put("the end of a lease", text(fixture.api("DELETE", path, alice, "")));
    answers.put("an answer to an ended lease", text(fixture.readOrder(leaseToken)));
  }

  private static String text(Reply reply) {
    return reply.status() + " " + reply.response().headers().map() + " " + reply.body();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var walk = Files.walk(folder)) {
      return new ArrayList<>(walk.filter(Files::isRegularFile).toList());
    }
  }
}
