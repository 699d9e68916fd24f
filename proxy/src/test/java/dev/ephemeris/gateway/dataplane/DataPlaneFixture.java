package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.config.Account.Identifiers;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.custody.AccountKey;
import dev.ephemeris.gateway.custody.HeldKeys;
import dev.ephemeris.gateway.custody.KeySource;
import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.BearerTokens;
import dev.ephemeris.gateway.identity.Blocks;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.GroupDirectory;
import dev.ephemeris.gateway.identity.Issuers;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.identity.SessionTokens;
import dev.ephemeris.gateway.identity.Sessions;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.KeyedPseudonyms;
import dev.ephemeris.gateway.journal.LosableJournal;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.gateway.lease.Issuance;
import dev.ephemeris.gateway.lease.LeaseId;
import dev.ephemeris.gateway.lease.LeaseRequest;
import dev.ephemeris.gateway.lease.LeaseSecrets;
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
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.UserRef;
import dev.ephemeris.policy.yaml.YamlFile;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.issuer.Client;
import dev.ephemeris.simulator.issuer.DevelopmentIssuer;
import dev.ephemeris.simulator.issuer.GrantType;
import dev.ephemeris.simulator.issuer.Person;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import javax.crypto.spec.SecretKeySpec;

/**
 * A data plane in front of the simulator, with leases given by a policy file of the test's; without
 * API and issuer. The chain of steps can be another than the gateway's.
 */
public final class DataPlaneFixture implements AutoCloseable {

  public static final String ACCOUNT = "orders-prod";
  public static final String UPSTREAM_KEY =
      Base64.getEncoder()
          .encodeToString("an account key of the simulator".getBytes(StandardCharsets.UTF_8));

  private static final String DATA_PLANE = "api://ephemeris-data";

  /** Before the name of a group: the subject of somebody in it. */
  private static final String IN = "in-";

  private static final PrincipalId ALICE = new PrincipalId("corp", "00u1");

  private final Path folder;
  private final LoopbackCertificate certificate;
  private final Vertx vertx = Vertx.vertx();
  private final CosmosSimulator simulator;
  private final DevelopmentIssuer issuer;
  private final HttpClient client;
  private final AtomicBoolean journalLost = new AtomicBoolean();
  private final Journal journal;
  private final Database database;
  private final Grants grants;
  private final LeaseSecrets secrets;
  private final Leases leases;
  private final Metrics metrics = Metrics.of(List.of(ACCOUNT));

  /**
   * @param policy a file beside the tests; Alice, who gets the leases, is in {@code
   *     group:default/team}
   */
  public DataPlaneFixture(String policy) throws Exception {
    this(new PolicySource(policy, text(policy)));
  }

  /**
   * @param policy its {@code group:default/team} has Alice in it, who gets the leases
   */
  DataPlaneFixture(PolicySource policy) throws Exception {
    folder = Files.createTempDirectory("ephemeris-test-");
    certificate = LoopbackCertificate.create(folder);
    client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setTrustOptions(
                    new PemTrustOptions().addCertPath(certificate.authority().toString())));
    simulator =
        CosmosSimulator.start(
                vertx,
                new CosmosSimulator.Settings(
                    "127.0.0.1",
                    0,
                    certificate.certificate(),
                    certificate.privateKey(),
                    ACCOUNT,
                    UPSTREAM_KEY,
                    InstantSource.system()))
            .toCompletionStage()
            .toCompletableFuture()
            .get();
    journal = new LosableJournal(TestJournals.open(folder.resolve("journal")), journalLost);
    database = Database.open(folder.resolve("ephemeris.db"));
    issuer =
        DevelopmentIssuer.start(
                vertx,
                new DevelopmentIssuer.Settings(
                    "127.0.0.1",
                    0,
                    List.of(),
                    List.of(Client.open("cli", Set.of(GrantType.DEVICE_CODE), List.of())),
                    DATA_PLANE,
                    Duration.ofHours(1)))
            .toCompletionStage()
            .toCompletableFuture()
            .get();
    GroupDirectory directory =
        who ->
            who.id().equals(ALICE)
                ? Optional.of(user("alice", "team"))
                : who.id().subject().startsWith(IN)
                    ? Optional.of(
                        user(who.id().subject(), who.id().subject().substring(IN.length())))
                    : Optional.empty();
    grants =
        new Grants(
            Policy.parse(List.of(policy)),
            directory,
            List.of(new AccountFacts(ACCOUNT, "prod", Set.of(Lane.PROXY))));
    secrets =
        new LeaseSecrets(
            List.of(RootKey.parse('a', Base64.getEncoder().encodeToString(new byte[32]))));
    leases =
        Leases.of(
            database,
            secrets,
            blocks(),
            grants,
            journal,
            Notices.NOBODY,
            metrics.leases(),
            Map.of(),
            InstantSource.system());
    // Sessions that leases can refer to: Alice's, and two of an agent that acts for her.
    database
        .transaction(
            handle ->
                handle.execute(
                    "INSERT INTO session (id, sign_in, issuer, subject, client, address,"
                        + " started_at, ends_at, kind) VALUES ('s-1', 'x', 'corp', '00u1', 'cli',"
                        + " '127.0.0.1', 0, 0, 'PERSON'), ('s-2', 'y', 'corp', 'in-copilots',"
                        + " 'cli', '127.0.0.1', 0, 0, 'AGENT'), ('s-3', 'z', 'corp',"
                        + " 'in-copilots', 'cli', '127.0.0.1', 0, 0, 'WORKLOAD')"))
        .toCompletionStage()
        .toCompletableFuture()
        .get();
  }

  private static GroupDirectory.CatalogUser user(String name, String group) {
    return new GroupDirectory.CatalogUser(
        UserRef.parse("user:default/" + name),
        Set.of(GroupRef.parse("group:default/" + group)),
        Set.of());
  }

  private BearerTokens tokens() {
    Sessions sessions = new Sessions(database, journal, Duration.ofHours(12));
    Blocks blocks = blocks();
    return new BearerTokens(
        Issuers.of(
            vertx,
            List.of(
                YamlFile.read(
                    "issuer.yaml",
                    """
                    name: corp
                    issuer: %s
                    audiences: { dataPlane: %s }
                    clients: [cli]
                    principal: person
                    userAnnotation: example.com/subject
                    """
                        .formatted(issuer.issuer(), DATA_PLANE),
                    Issuer.class)),
            InstantSource.system()),
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
  }

  private Blocks blocks() {
    return Blocks.open(database, secrets, journal, InstantSource.system());
  }

  /** An access token for the data plane of somebody who is in this group and no other. */
  String ownToken(String group) {
    return issuer.accessToken(new Person(IN + group, group, group, group + "@example.test"), "cli");
  }

  private static String text(String resource) throws Exception {
    try (InputStream in = DataPlaneFixture.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  public CosmosSimulator simulator() {
    return simulator;
  }

  LeaseSecrets secrets() {
    return secrets;
  }

  public Leases leases() {
    return leases;
  }

  public Grants grants() {
    return grants;
  }

  /** The journal's records so far, a line each. */
  public String journal() throws JournalException {
    return TestJournals.text(folder.resolve("journal"));
  }

  public LoopbackCertificate certificate() {
    return certificate;
  }

  /** The metrics of its requests, as they are read. */
  String metrics() {
    return metrics.scrape();
  }

  /** The data plane as the gateway runs it. */
  public URI gateway() {
    return gateway(UnaryOperator.identity(), 2_200_000);
  }

  /** The data plane with another chain. */
  URI gateway(UnaryOperator<List<Step>> chain, int bodyLimit) {
    return gateway(chain, bodyLimit, simulator.endpoint());
  }

  /** The data plane in front of something else than the simulator. */
  URI gateway(UnaryOperator<List<Step>> chain, int bodyLimit, URI upstream) {
    return gateway(chain, bodyLimit, upstream, Identifiers.HASHED);
  }

  /** The data plane of an account whose identifiers the journal has so. */
  URI gateway(Identifiers identifiers) {
    return gateway(UnaryOperator.identity(), 2_200_000, simulator.endpoint(), identifiers);
  }

  private URI gateway(
      UnaryOperator<List<Step>> chain, int bodyLimit, URI upstream, Identifiers identifiers) {
    DataPlane dataPlane = dataPlane(chain, bodyLimit, upstream, identifiers);
    return URI.create("https://localhost:" + dataPlane.port() + "/");
  }

  /** A data plane in front of the simulator, which listens. */
  DataPlane dataPlane() {
    return dataPlane(UnaryOperator.identity(), 2_200_000, simulator.endpoint(), Identifiers.HASHED);
  }

  private DataPlane dataPlane(
      UnaryOperator<List<Step>> chain, int bodyLimit, URI upstream, Identifiers identifiers) {
    DataPlane dataPlane =
        new DataPlane(
            vertx,
            new DataPlane.Settings(
                "127.0.0.1",
                0,
                certificate.certificate(),
                certificate.privateKey(),
                List.of("localhost"),
                bodyLimit,
                List.of(
                    new DataPlane.Account(
                        ACCOUNT,
                        upstream,
                        new AccountKey(
                            new HeldKeys(
                                ACCOUNT,
                                KeySource.of(MasterKey.ofBase64(UPSTREAM_KEY)),
                                InstantSource.system())),
                        Optional.of(certificate.authority()),
                        List.of(),
                        identifiers,
                        false)),
                false,
                Optional.empty()),
            grants,
            tokens(),
            leases,
            journal,
            KeyedPseudonyms.of(new SecretKeySpec(new byte[32], "Generic")),
            metrics.requests(),
            InstantSource.system(),
            chain);
    return dataPlane.start().toCompletionStage().toCompletableFuture().join();
  }

  /** Whether the journal takes no more records. */
  void loseJournal(boolean lost) {
    journalLost.set(lost);
  }

  /** An account that isn't the simulator; it stops with the fixture. */
  RecordingUpstream recordingUpstream() {
    return new RecordingUpstream(vertx, certificate);
  }

  /** Connections that trust the fixture's certificate. */
  HttpClient client() {
    return client;
  }

  /** A lease of Alice's. */
  public Issuance.Issued lease(String scope, String role) {
    return lease(scope, role, Duration.ofHours(1));
  }

  /** A lease of Alice's that ends so soon. */
  public Issuance.Issued lease(String scope, String role, Duration ttl) {
    return lease(scope, Optional.empty(), role, ttl);
  }

  /** A lease of Alice's for items of one partition key. */
  Issuance.Issued lease(String scope, String key, String role) {
    return lease(scope, PartitionKey.parse(key), role, Duration.ofHours(1));
  }

  /** A lease of Alice's with a key. */
  Issuance.IssuedKey key(String scope, String role) {
    return (Issuance.IssuedKey) ask(scope, role, CredentialForm.LEASE_KEY);
  }

  /** What Alice gets who asks for this. */
  Issuance ask(String scope, String role, CredentialForm form) {
    return ask(scope, Optional.empty(), role, form, Duration.ofHours(1));
  }

  /** Ends a lease of Alice's. */
  void revoke(LeaseId id) {
    leases.revoke(id, ALICE).toCompletionStage().toCompletableFuture().join();
  }

  private Issuance.Issued lease(
      String scope, Optional<PartitionKey> key, String role, Duration ttl) {
    Issuance issuance = ask(scope, key, role, CredentialForm.LEASE_TOKEN, ttl);
    if (issuance instanceof Issuance.Issued issued) {
      return issued;
    }
    throw new IllegalStateException("no lease: " + issuance);
  }

  /** A lease of an agent that acts for Alice; it is in {@code group:default/copilots}. */
  Issuance.Issued agentsLease(String scope, Optional<PartitionKey> key, String role) {
    return agentsLease(scope, key, role, alice());
  }

  /** The same of the same agent, that acts for somebody else of this group. */
  Issuance.Issued agentsLease(String scope, Optional<PartitionKey> key, String role, String group) {
    return agentsLease(
        scope, key, role, person(new PrincipalId("corp", IN + group), "group:default/" + group));
  }

  private Issuance.Issued agentsLease(
      String scope, Optional<PartitionKey> key, String role, Authentication.Accepted whom) {
    PrincipalId id = new PrincipalId("corp", IN + "copilots");
    Issuance issuance =
        issue(
            new Authentication.Accepted(
                grants.agent(id, "Copilot", Map.of(), ActedFor.of(whom.principal())),
                new Session(
                    "s-2",
                    id,
                    PrincipalKind.AGENT,
                    "cli",
                    "127.0.0.1",
                    Instant.now(),
                    Instant.now().plusSeconds(36_000),
                    Optional.empty(),
                    Map.of(),
                    Optional.of(
                        new Session.ActsFor(
                            whom.principal().id(),
                            PrincipalKind.PERSON,
                            Map.of(),
                            "cli",
                            "s-1",
                            "s-3"))),
                "cli",
                Optional.empty(),
                Optional.empty(),
                Optional.of(whom)),
            scope,
            key,
            role,
            CredentialForm.LEASE_TOKEN,
            Duration.ofHours(1));
    if (issuance instanceof Issuance.Issued issued) {
      return issued;
    }
    throw new IllegalStateException("no lease: " + issuance);
  }

  private Issuance ask(
      String scope, Optional<PartitionKey> key, String role, CredentialForm form, Duration ttl) {
    return issue(alice(), scope, key, role, form, ttl);
  }

  private static Authentication.Accepted alice() {
    return person(ALICE, "group:default/team");
  }

  private static Authentication.Accepted person(PrincipalId id, String group) {
    return new Authentication.Accepted(
        new Principal(id, PrincipalKind.PERSON, id.subject(), Set.of(GroupRef.parse(group))),
        new Session(
            "s-1",
            id,
            PrincipalKind.PERSON,
            "cli",
            "127.0.0.1",
            Instant.now(),
            Instant.now().plusSeconds(36_000),
            Optional.empty(),
            Map.of()),
        "cli",
        Optional.empty(),
        Optional.empty());
  }

  private Issuance issue(
      Authentication.Accepted caller,
      String scope,
      Optional<PartitionKey> key,
      String role,
      CredentialForm form,
      Duration ttl) {
    return leases
        .issue(
            caller,
            "127.0.0.1",
            new LeaseRequest(
                Scope.parse(scope),
                key,
                Optional.empty(),
                new RoleName(role),
                Lane.PROXY,
                form,
                Optional.of(ttl),
                Delivery.TOKEN,
                Optional.empty(),
                Optional.empty()))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  @Override
  public void close() throws IOException, JournalException {
    issuer.close().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    database.close();
    journal.close();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
