package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Blocks;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.metrics.Metrics;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Delivery;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;

/** One store, and gateways on it, each with its own root keys in memory. */
final class RootKeyWorld implements AutoCloseable {

  static final PrincipalId ALICE = new PrincipalId("corp", "sub-alice");

  /** Nobody looks by itself: tests say when. */
  static final RootKeys.Times TIMES =
      new RootKeys.Times(Duration.ofDays(1), Duration.ofSeconds(30), Duration.ZERO);

  private final Vertx vertx = Vertx.vertx();
  private final Path store;
  private final List<Runnable> running = new CopyOnWriteArrayList<>();
  final SettableClock clock = new SettableClock();
  final List<JournalRecord> records = new CopyOnWriteArrayList<>();

  /** What there is at accounts that root keys have given ids to. */
  final Set<Character> roles = new ConcurrentSkipListSet<>();

  boolean journalLost;

  RootKeyWorld(Path folder) {
    store = folder.resolve("ephemeris.db");
    try (Database database = Database.open(store)) {
      database
          .transaction(
              handle ->
                  handle.execute(
                      "INSERT INTO session (id, sign_in, issuer, subject, client, address,"
                          + " started_at, ends_at, kind) VALUES ('s-1', 'x', 'corp', 'sub-alice',"
                          + " 'cli', '127.0.0.1', 0, 0, 'PERSON')"))
          .await();
    }
  }

  /** A gateway that runs. */
  record Gateway(RootKeys rootKeys, Leases leases, Blocks blocks, Authentication.Accepted alice) {

    Issuance.Issued lease() {
      return (Issuance.Issued)
          leases
              .issue(
                  alice,
                  "127.0.0.1",
                  new LeaseRequest(
                      Scope.of("orders-prod"),
                      Optional.empty(),
                      Optional.empty(),
                      new RoleName("data-reader"),
                      Lane.PROXY,
                      CredentialForm.LEASE_TOKEN,
                      Optional.of(Duration.ofHours(1)),
                      Delivery.TOKEN,
                      Optional.empty(),
                      Optional.empty()))
              .await();
    }

    /** Which root key the next lease is of. */
    char derives() {
      return lease().lease().id().kid();
    }

    /** What the token is worth here now. */
    Credential shown(Issuance.Issued issued) {
      return leases
          .authenticate(issued.token().reveal().substring("type=resource&ver=1.0&sig=".length()))
          .await();
    }

    boolean takes(Issuance.Issued issued) {
      return shown(issued) instanceof Credential.Active;
    }
  }

  Gateway gateway(RootKeyHome home) throws RootKeyException {
    Database database = Database.open(store);
    running.add(database::close);
    Journal journal = journal();
    RootKeys rootKeys = RootKeys.open(vertx, database, home, journal, TIMES, clock);
    running.add(rootKeys::close);
    LeaseSecrets secrets = rootKeys.secrets();
    Blocks blocks = Blocks.open(database, secrets, journal, clock);
    Grants grants =
        new Grants(
            Policy.parse(
                List.of(new PolicySource("p.yaml", "apiVersion: ephemeris.dev/v1\nrules: []\n"))),
            who -> Optional.empty(),
            List.of(new AccountFacts("orders-prod", "prod", EnumSet.allOf(Lane.class))),
            Set.of("orders-prod"));
    Leases leases =
        Leases.of(
            database,
            secrets,
            blocks,
            grants,
            journal,
            Notices.NOBODY,
            Metrics.of(List.of()).leases(),
            Map.of(),
            clock);
    rootKeys.start(
        List.of(blocks.rows(), leases.rows()), leases, (kid, since) -> !roles.contains(kid));
    Instant now = clock.instant();
    Authentication.Accepted alice =
        new Authentication.Accepted(
            new Principal(ALICE, PrincipalKind.PERSON, "Alice", Set.of()),
            new Session(
                "s-1",
                ALICE,
                PrincipalKind.PERSON,
                "cli",
                "127.0.0.1",
                now,
                now.plusSeconds(360_000),
                Optional.empty(),
                Map.of()),
            "cli",
            Optional.empty(),
            Optional.empty());
    return new Gateway(rootKeys, leases, blocks, alice);
  }

  private Journal journal() {
    return new Journal() {
      @Override
      public void append(JournalRecord record) throws JournalException {
        if (journalLost) {
          throw new JournalException("the disk is full");
        }
        records.add(record);
      }

      @Override
      public void check() {}

      @Override
      public void close() {}
    };
  }

  <T extends JournalRecord> List<T> recorded(Class<T> type) {
    return records.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** Does something to the store behind the gateways' backs. */
  void sql(String statement) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + store);
        var statements = connection.createStatement()) {
      int unused = statements.executeUpdate(statement);
    }
  }

  Path store() {
    return store;
  }

  @Override
  public void close() {
    running.reversed().forEach(Runnable::run);
    vertx.close().await();
  }
}
