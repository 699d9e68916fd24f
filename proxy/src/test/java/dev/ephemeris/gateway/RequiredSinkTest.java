package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A sink that is required, and what a gateway does while it lags. */
class RequiredSinkTest {

  private final GatewayFixture fixture;
  private final Path archive;

  RequiredSinkTest() throws Exception {
    fixture = new GatewayFixture();
    archive = fixture.folder().resolve("archive");
    fixture.configure(
        text ->
            text.replace(
                "checkpointsOffHost: false",
                "checkpointsOffHost: false, sinks: [{ name: archive, required: true, maxLag: 1m,"
                    + " checkpointEvery: 1s, file: { folder: archive } }]"));
    fixture.restart();
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void nobodyIsLetInWhileItLagsAndAnybodyIsEnded() throws Exception {
    String alice = fixture.token(GatewayFixture.ALICE);
    assertThat(fixture.api("GET", "/v1/me", alice, "").status()).isEqualTo(200);
    var lease = fixture.lease();
    String token = lease.path("token").textValue();
    assertThat(fixture.readOrder(token).status()).isEqualTo(200);
    await(() -> Files.isDirectory(archive));

    // Given a place that can't be written any more
    fixture.configure(text -> text.replace("folder: archive }", "folder: ephemeris.db }"));
    fixture.restart();
    assertThat(fixture.readOrder(token).status()).isEqualTo(200);
    await(
        () -> {
          fixture.clock().advance(Duration.ofSeconds(5));
          return fixture.readOrder(token).status() == 503;
        });

    Reply issue =
        fixture.api("POST", "/v1/leases", alice, "{\"scope\":\"" + GatewayFixture.ORDERS + "\"}");
    assertThat(issue.status()).isEqualTo(503);
    assertThat(
            fixture
                .api("DELETE", "/v1/leases/" + lease.at("/lease/id").textValue(), alice, "")
                .status())
        .isEqualTo(204);

    // When it can be written again
    fixture.configure(text -> text.replace("folder: ephemeris.db }", "folder: archive }"));
    fixture.restart();
    await(
        () ->
            fixture
                    .api(
                        "POST",
                        "/v1/leases",
                        alice,
                        "{\"scope\":\"" + GatewayFixture.ORDERS + "\"}")
                    .status()
                == 201);
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    for (int i = 0; i < 1000; i++) {
      if (condition.holds()) {
        return;
      }
      Thread.sleep(10);
    }
    throw new AssertionError("not within ten seconds");
  }
}
