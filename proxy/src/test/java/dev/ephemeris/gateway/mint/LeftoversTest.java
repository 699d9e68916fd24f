package dev.ephemeris.gateway.mint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.custody.HeldKeys;
import dev.ephemeris.gateway.custody.KeySource;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.cosmos.Fault;
import dev.ephemeris.simulator.cosmos.RequestPattern;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made in accounts is taken away again, and nothing else. */
class LeftoversTest {

  private static final String KEY = "c29tZSBrZXkgb2YgYW4gYWNjb3VudCwgMzIgYnl0ZXM=";

  private static final TokenScope ORDERS =
      new TokenScope("shop", "orders", Optional.empty(), Optional.empty(), false);

  private final Vertx vertx = Vertx.vertx();
  private final SettableClock clock = new SettableClock();
  private final CosmosSimulator account;
  private final PermissionApi api;
  private final Database database;
  private final Leftovers leftovers;

  LeftoversTest(@TempDir Path folder) throws Exception {
    LoopbackCertificate certificate = LoopbackCertificate.create(folder);
    account =
        CosmosSimulator.start(
                vertx,
                new CosmosSimulator.Settings(
                    "127.0.0.1",
                    0,
                    certificate.certificate(),
                    certificate.privateKey(),
                    "abc",
                    KEY,
                    clock))
            .await();
    account.createDatabase("shop");
    account.createContainer("shop", "orders", "/customerId");
    api =
        new PermissionApi(
            vertx,
            account.endpoint(),
            Optional.of(certificate.authority()),
            new HeldKeys("abc", KeySource.of(MasterKey.ofBase64(KEY)), clock),
            clock);
    database = Database.open(folder.resolve("store.db"));
    leftovers =
        new Leftovers(database, name -> Optional.of(api).filter(only -> name.equals("abc")), clock);
  }

  @AfterEach
  void stop() {
    vertx.close().await();
    database.close();
  }

  private Leftovers.Permission made(String user, String id, Instant until) {
    api.createUser("shop", user).await();
    api.createPermission(user, id, ORDERS).await();
    Leftovers.Permission made = new Leftovers.Permission("abc", "shop", user, id);
    leftovers.use(made, until).await();
    return made;
  }

  private int permission(String user, String id) {
    return api.readPermission("shop", user, id, in(Duration.ofMinutes(1))).await().status();
  }

  private int user(String user) {
    return api.readUser("shop", user).await().status();
  }

  private Instant in(Duration time) {
    return clock.instant().plus(time);
  }

  @Test
  void takesAwayWhatNobodyUsesWithItsUser() {
    Leftovers.Permission unused = made("ephemeris-a", "ephemeris-1", in(Duration.ofMinutes(5)));

    leftovers.clear().await();
    assertThat(permission("ephemeris-a", "ephemeris-1")).isEqualTo(200);
    clock.advance(Duration.ofMinutes(6));
    leftovers.clear().await();

    assertThat(unused.account()).isEqualTo("abc");
    assertThat(permission("ephemeris-a", "ephemeris-1")).isEqualTo(404);
    assertThat(user("ephemeris-a")).isEqualTo(404);
  }

  @Test
  void leavesWhatIsOfUseAndWhoHasIt() {
    made("ephemeris-a", "ephemeris-1", in(Duration.ofMinutes(5)));
    account.createContainer("shop", "other", "/id");
    api.createPermission(
            "ephemeris-a",
            "ephemeris-2",
            new TokenScope("shop", "other", Optional.empty(), Optional.empty(), false))
        .await();
    Leftovers.Permission used =
        new Leftovers.Permission("abc", "shop", "ephemeris-a", "ephemeris-2");
    leftovers.use(used, in(Duration.ofMinutes(5))).await();
    leftovers.use(used, in(Duration.ofMinutes(15))).await();
    // An earlier end than is known doesn't count.
    leftovers.use(used, in(Duration.ofMinutes(1))).await();

    clock.advance(Duration.ofMinutes(6));
    leftovers.clear().await();

    assertThat(permission("ephemeris-a", "ephemeris-1")).isEqualTo(404);
    assertThat(permission("ephemeris-a", "ephemeris-2")).isEqualTo(200);
    assertThat(user("ephemeris-a")).isEqualTo(200);
  }

  /** Whoever can write to the store has nothing of anybody else's deleted. */
  @Test
  void leavesWhatOthersHaveMade() {
    made("theirs", "their-permission", in(Duration.ofMinutes(5)));

    clock.advance(Duration.ofMinutes(6));
    leftovers.clear().await();

    assertThat(permission("theirs", "their-permission")).isEqualTo(200);
  }

  @Test
  void triesAgainLaterWhereTheAccountDoesNot() {
    made("ephemeris-a", "ephemeris-1", in(Duration.ofMinutes(5)));
    account.faults().next(1, RequestPattern.of("DELETE", ".*"), Fault.status(503, 0, "not now"));

    clock.advance(Duration.ofMinutes(6));
    leftovers.clear().await();
    assertThat(permission("ephemeris-a", "ephemeris-1")).isEqualTo(200);
    clock.advance(Duration.ofMinutes(61));
    leftovers.clear().await();

    assertThat(permission("ephemeris-a", "ephemeris-1")).isEqualTo(404);
  }
}
