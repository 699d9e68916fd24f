package dev.ephemeris.gateway.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.management.Readiness.Part;
import dev.ephemeris.gateway.store.Database;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What whoever restarts and balances is told. */
class ManagementTest {

  private static GatewayFixture fixture;

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterAll
  static void stop() throws IOException {
    fixture.close();
  }

  @Test
  void isReadyWhenEveryPartIs() throws Exception {
    Reply ready = ready();

    assertThat(ready.status()).isEqualTo(200);
    assertThat(ready.json())
        .isEqualTo(
            GatewayFixture.json(
                """
                {"status": "ready", "parts": {
                  "policy": {"ready": true},
                  "catalog": {"ready": true},
                  "journal": {"ready": true},
                  "store": {"ready": true},
                  "dataPlane": {"ready": true},
                  "api": {"ready": true}}}
                """));
  }

  @Test
  void isNotReadyWhileTheJournalTakesNoRecords() throws Exception {
    fixture.loseJournal();
    Reply lost = ready();
    Reply live = get("/health/live");
    fixture.findJournal();

    assertThat(lost.status()).isEqualTo(503);
    assertThat(lost.json().path("status").textValue()).isEqualTo("not ready");
    assertThat(notReady(lost)).containsExactly("journal");
    assertThat(lost.json().at("/parts/journal/why").textValue())
        .isEqualTo("The journal can't be written.");
    assertThat(live.status()).isEqualTo(200);
    assertThat(ready().status()).isEqualTo(200);
  }

  @Test
  void isNotReadyWhileTheStoreIsNoStoreOfOurs() throws Exception {
    try (Connection store = fixture.store();
        Statement sql = store.createStatement()) {
      sql.execute("ALTER TABLE flyway_schema_history RENAME TO elsewhere");
      Reply lost = ready();
      sql.execute("ALTER TABLE elsewhere RENAME TO flyway_schema_history");

      assertThat(lost.status()).isEqualTo(503);
      assertThat(notReady(lost)).containsExactly("store");
      assertThat(lost.json().at("/parts/store/why").textValue())
          .isEqualTo("The store doesn't answer.");
    }
    assertThat(ready().status()).isEqualTo(200);
  }

  @Test
  void doesNotWaitForAStoreThatSomebodyElseHolds() throws Exception {
    try (Connection store = fixture.store();
        Statement sql = store.createStatement()) {
      sql.execute("BEGIN IMMEDIATE");
      Reply held = ready();
      sql.execute("ROLLBACK");

      assertThat(held.status()).isEqualTo(503);
      assertThat(notReady(held)).containsExactly("store");
      assertThat(held.json().at("/parts/store/why").textValue())
          .isEqualTo("It didn't answer within 2 seconds.");
    }
  }

  @Test
  void isNotReadyWithAClosedStore(@TempDir Path folder) {
    Database database = Database.open(folder.resolve("ephemeris.db"));
    Readiness readiness = new Readiness();
    readiness.up(Part.STORE, database::check);
    assertThat(readiness.report().await().flaws()).doesNotContainKey(Part.STORE);

    database.close();

    assertThat(readiness.report().await().flaws())
        .containsEntry(Part.STORE, "The store is closed.");
  }

  @Test
  void isNotReadyBeforeAllHasStartedNorWhileStopping() {
    Vertx vertx = Vertx.vertx();
    try {
      Readiness readiness = new Readiness();
      Management management =
          new Management(vertx, "127.0.0.1", 0, readiness, () -> Future.succeededFuture(""))
              .start()
              .await();
      for (Part part : List.of(Part.POLICY, Part.CATALOG, Part.JOURNAL, Part.STORE, Part.API)) {
        readiness.up(part);
      }

      assertThat(readiness.report().await().ready()).isFalse();
      assertThat(readiness.report().await().flaws())
          .containsExactly(java.util.Map.entry(Part.DATA_PLANE, "It hasn't started yet."));

      readiness.up(Part.DATA_PLANE);
      assertThat(status(vertx, management)).isEqualTo(200);

      readiness.stopping();
      assertThat(status(vertx, management)).isEqualTo(503);
      assertThat(readiness.report().await().json().getString("status")).isEqualTo("stopping");
    } finally {
      vertx.close().await();
    }
  }

  @Test
  void aPartThatNeverAnswersIsNotReady() {
    Readiness readiness = new Readiness();
    readiness.up(Part.POLICY, () -> Promise.promise().future());
    readiness.up(Part.API, () -> Future.failedFuture(new IllegalStateException()));

    assertThat(readiness.report().await().flaws())
        .containsEntry(Part.POLICY, "It didn't answer within 2 seconds.")
        .containsKey(Part.API);
  }

  private static int status(Vertx vertx, Management management) {
    return vertx
        .createHttpClient()
        .request(io.vertx.core.http.HttpMethod.GET, management.port(), "127.0.0.1", "/health/ready")
        .compose(io.vertx.core.http.HttpClientRequest::send)
        .await()
        .statusCode();
  }

  private static Reply ready() throws Exception {
    return get("/health/ready");
  }

  private static Reply get(String path) throws Exception {
    return fixture.send(HttpRequest.newBuilder(fixture.gateway().management().resolve(path)));
  }

  private static List<String> notReady(Reply reply) {
    JsonNode parts = reply.json().path("parts");
    return StreamSupport.stream(((Iterable<String>) parts::fieldNames).spliterator(), false)
        .filter(part -> !parts.at("/" + part + "/ready").booleanValue())
        .toList();
  }
}
