package dev.ephemeris.loadtests;

import dev.ephemeris.config.Account.Identifiers;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.gateway.custody.AccountKey;
import dev.ephemeris.gateway.custody.HeldKeys;
import dev.ephemeris.gateway.custody.KeySource;
import dev.ephemeris.gateway.dataplane.DataPlane;
import dev.ephemeris.gateway.dataplane.PolicyOff;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.BearerTokens;
import dev.ephemeris.gateway.identity.Blocks;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.GroupDirectory.CatalogUser;
import dev.ephemeris.gateway.identity.Issuers;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.identity.SessionTokens;
import dev.ephemeris.gateway.identity.Sessions;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.journal.KeyedPseudonyms;
import dev.ephemeris.gateway.journal.Pseudonyms;
import dev.ephemeris.gateway.journal.folder.FolderJournal;
import dev.ephemeris.gateway.journal.folder.FolderJournal.Durability;
import dev.ephemeris.gateway.journal.folder.FolderJournal.Settings;
import dev.ephemeris.gateway.journal.folder.JournalKey;
import dev.ephemeris.gateway.journal.log.LogName;
import dev.ephemeris.gateway.lease.Issuance;
import dev.ephemeris.gateway.lease.LeaseRequest;
import dev.ephemeris.gateway.lease.LeaseSecrets;
import dev.ephemeris.gateway.lease.LeaseToken;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.lease.Notices;
import dev.ephemeris.gateway.lease.RootKey;
import dev.ephemeris.gateway.metrics.Metrics;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Delivery;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.UserRef;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;

/**
 * The gateway's data plane in a process of its own, in front of {@link ServedSimulator}: listener,
 * leases, policy, journal and store as the gateway wires them, without API and issuer. It prints
 * its endpoint and a lease's token, and ends when its standard input does.
 */
final class ServedGateway {

  /** What is left out, by wiring of this class's own; or how durable the journal is. */
  enum Wiring {
    EVERYTHING("gateway"),
    JOURNAL_ON_DISK("gateway, journal durable on disk"),
    JOURNAL_OFF("gateway, journal off"),
    POLICY_OFF("gateway, policy off");

    private final String label;

    Wiring(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  private static final String ACCOUNT = "load";
  private static final PrincipalId CALLER = new PrincipalId("corp", "00u1");
  private static final Set<GroupRef> GROUPS =
      Set.of(GroupRef.parse("group:default/readers"), GroupRef.parse("group:default/clerks"));

  private ServedGateway() {}

  /** Arguments: the directory with the simulator's certificate, its endpoint, the wiring. */
  public static void main(String[] args) throws Exception {
    Path certificates = Path.of(args[0]);
    Wiring wiring = Wiring.valueOf(args[2]);
    Path directory = Files.createDirectory(certificates.resolve("gateway-" + wiring));
    Vertx vertx = Vertx.vertx();
    try (Journal journal =
            wiring == Wiring.JOURNAL_OFF
                ? new Forgetful()
                : FolderJournal.open(
                    directory.resolve("journal"),
                    JournalKey.parse(
                        new LogName("load.test/journal"),
                        Base64.getEncoder().encodeToString(new byte[32])),
                    Settings.of(
                        wiring == Wiring.JOURNAL_ON_DISK ? Durability.DISK : Durability.PROCESS),
                    InstantSource.system());
        Database database = Database.open(directory.resolve("ephemeris.db"))) {
      Grants grants = grants();
      Metrics metrics = Metrics.of(List.of(ACCOUNT));
      LeaseSecrets secrets =
          new LeaseSecrets(
              List.of(RootKey.parse('a', Base64.getEncoder().encodeToString(new byte[32]))));
      Blocks blocks = Blocks.open(database, secrets, journal, InstantSource.system());
      Leases leases =
          Leases.of(
              database,
              secrets,
              blocks,
              grants,
              journal,
              Notices.NOBODY,
              metrics.leases(),
              Map.of(),
              InstantSource.system());
      Sessions sessions = new Sessions(database, journal, Duration.ofHours(12));
      BearerTokens tokens =
          new BearerTokens(
              Issuers.of(vertx, List.of(), InstantSource.system()),
              new SessionTokens(
                  database,
                  sessions,
                  blocks,
                  grants,
                  secrets,
                  Set.of(),
                  Duration.ofHours(1),
                  InstantSource.system()),
              sessions,
              blocks,
              grants,
              InstantSource.system());
      DataPlane.Settings settings = settings(certificates, URI.create(args[1]));
      Pseudonyms pseudonyms = KeyedPseudonyms.of(new SecretKeySpec(new byte[32], "Generic"));
      DataPlane dataPlane =
          wiring == Wiring.POLICY_OFF
              ? PolicyOff.dataPlane(
                  vertx,
                  settings,
                  grants,
                  tokens,
                  leases,
                  journal,
                  pseudonyms,
                  metrics.requests(),
                  InstantSource.system())
              : new DataPlane(
                  vertx,
                  settings,
                  grants,
                  tokens,
                  leases,
                  journal,
                  pseudonyms,
                  metrics.requests(),
                  InstantSource.system());
      dataPlane.start().await();
      System.out.println("https://localhost:" + dataPlane.port() + "/");
      System.out.println(lease(database, grants, leases).reveal());
      while (System.in.read() >= 0) {
        // Whoever started it closes the other end, or has ended.
      }
      vertx.close().await();
    }
  }

  private static Grants grants() {
    return new Grants(
        Policy.parse(List.of(new PolicySource("policy.yaml", policy()))),
        who ->
            who.id().equals(CALLER)
                ? Optional.of(
                    new CatalogUser(UserRef.parse("user:default/caller"), GROUPS, Set.of()))
                : Optional.empty(),
        List.of(new AccountFacts(ACCOUNT, "prod", Set.of(Lane.PROXY))));
  }

  private static String policy() {
    try (InputStream in = ServedGateway.class.getResourceAsStream("policy.yaml")) {
      if (in == null) {
        throw new IllegalStateException("policy.yaml is missing from the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DataPlane.Settings settings(Path certificates, URI upstream) {
    return new DataPlane.Settings(
        "127.0.0.1",
        0,
        certificates.resolve("server.pem"),
        certificates.resolve("server.key"),
        List.of("localhost"),
        2_200_000,
        List.of(
            new DataPlane.Account(
                ACCOUNT,
                upstream,
                new AccountKey(
                    new HeldKeys(
                        ACCOUNT,
                        KeySource.of(MasterKey.ofBase64(ServedSimulator.KEY)),
                        InstantSource.system())),
                Optional.of(certificates.resolve("ca.pem")),
                List.of(),
                Identifiers.HASHED,
                false)),
        false,
        Optional.empty());
  }

  private static LeaseToken lease(Database database, Grants grants, Leases leases) {
    Instant now = Instant.now();
    Session session =
        new Session(
            "s-1",
            CALLER,
            PrincipalKind.PERSON,
            "cli",
            "127.0.0.1",
            now,
            now.plusSeconds(36_000),
            Optional.empty(),
            Map.of());
    // A session that the lease can refer to.
    database
        .transaction(
            handle ->
                handle.execute(
                    "INSERT INTO session (id, sign_in, issuer, subject, client, address,"
                        + " started_at, ends_at, kind) VALUES ('s-1', 'x', 'corp', '00u1', 'cli',"
                        + " '127.0.0.1', 0, 0, 'PERSON')"))
        .await();
    Issuance issuance =
        leases
            .issue(
                new Authentication.Accepted(
                    grants.principal(CALLER, PrincipalKind.PERSON, "Caller", Map.of()),
                    session,
                    "cli",
                    Optional.empty(),
                    Optional.empty()),
                session.address(),
                new LeaseRequest(
                    Scope.parse(ACCOUNT + ":/dbs/shop/colls/orders"),
                    Optional.empty(),
                    Optional.empty(),
                    new RoleName("order-clerk"),
                    Lane.PROXY,
                    CredentialForm.LEASE_TOKEN,
                    Optional.of(Duration.ofHours(1)),
                    Delivery.TOKEN,
                    Optional.empty(),
                    Optional.empty()))
            .await();
    if (issuance instanceof Issuance.Issued issued) {
      return issued.token();
    }
    throw new IllegalStateException("no lease: " + issuance);
  }

  /** A journal that keeps nothing. */
  private static final class Forgetful implements Journal {

    @Override
    public void append(JournalRecord record) throws JournalException {}

    @Override
    public void check() throws JournalException {}

    @Override
    public void close() throws JournalException {}
  }
}
