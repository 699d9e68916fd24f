package dev.ephemeris.gateway.custody;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import dev.ephemeris.config.AccountKeys;
import dev.ephemeris.config.Endpoint;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.journal.JournalRecord.RotationProgress;
import dev.ephemeris.gateway.lease.LeaseSecrets;
import dev.ephemeris.gateway.lease.RootKey;
import dev.ephemeris.gateway.mint.TokenLane;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.simulator.azure.ArmAccount;
import dev.ephemeris.simulator.azure.AzureSimulator;
import dev.ephemeris.simulator.azure.Delays;
import dev.ephemeris.simulator.azure.ReceivedCall;
import dev.ephemeris.simulator.azure.ServicePrincipal;
import dev.ephemeris.simulator.azure.Tenant;
import dev.ephemeris.simulator.azure.Vault;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.cosmos.KeyKind;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;

/** An account in Azure, a gateway's store, and gateways that turn the account's keys over. */
final class RotationWorld implements AutoCloseable {

  static final String SUBSCRIPTION = "11111111-2222-4333-8444-555555555555";
  static final ResourceId ID = new ResourceId(SUBSCRIPTION, "shop-rg", "orders-prod");

  static final String FIRST_KEY =
      Base64.getEncoder()
          .encodeToString("the first key of all, 32 bytes..".getBytes(StandardCharsets.UTF_8));

  static final ServicePrincipal GATEWAY =
      new ServicePrincipal(
          "aaaaaaaa-0000-4000-8000-000000000001",
          "bbbbbbbb-0000-4000-8000-000000000001",
          List.of());

  private final Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final LoopbackCertificate certificate;
  private final CosmosSimulator cosmos;
  private final AzureSimulator azure;
  private final Database database;
  private final List<Rotations> running = new ArrayList<>();
  final SettableClock clock = new SettableClock();
  final ArmAccount account;

  /** Of all gateways, in order. */
  final List<RotationProgress> journal = new CopyOnWriteArrayList<>();

  /** The same, and what else was recorded. */
  final List<JournalRecord> records = new CopyOnWriteArrayList<>();

  /** By whom, each time. */
  final List<String> leasesEnded = new CopyOnWriteArrayList<>();

  volatile Optional<Instant> tokensWorkUntil = Optional.empty();

  RotationWorld(Path folder) throws Exception {
    this.folder = folder;
    certificate = LoopbackCertificate.create(folder.resolve("tls"));
    cosmos =
        CosmosSimulator.start(
                vertx,
                new CosmosSimulator.Settings(
                    "127.0.0.1",
                    0,
                    certificate.certificate(),
                    certificate.privateKey(),
                    "orders-prod",
                    FIRST_KEY,
                    clock))
            .await();
    cosmos.createDatabase("shop");
    cosmos.createContainer("shop", "orders", "/customerId");
    azure =
        AzureSimulator.start(
                vertx,
                new AzureSimulator.Settings(
                    "127.0.0.1",
                    0,
                    certificate.certificate(),
                    certificate.privateKey(),
                    "72f988bf-0000-4000-8000-00000000abcd",
                    clock))
            .await();
    azure.tenant().add(GATEWAY);
    // The libraries go by the system's clock, and tests move the other one.
    azure.tenant().tokenLifetime(Duration.ofDays(7));
    azure.grant(
        GATEWAY.objectId(),
        "/subscriptions/" + SUBSCRIPTION,
        "Microsoft.DocumentDB/databaseAccounts/read",
        "Microsoft.DocumentDB/databaseAccounts/listKeys/action",
        "Microsoft.DocumentDB/databaseAccounts/regenerateKey/action",
        "Microsoft.DocumentDB/locations/operationsStatus/read");
    account = azure.add(SUBSCRIPTION, "shop-rg", cosmos, Map.of());
    database = Database.open(store());
  }

  Path store() {
    return folder.resolve("store.db");
  }

  LoopbackCertificate certificate() {
    return certificate;
  }

  CosmosSimulator cosmos() {
    return cosmos;
  }

  AzureSimulator azure() {
    return azure;
  }

  Database database() {
    return database;
  }

  void delays(Delays delays) {
    azure.delays(delays);
  }

  /** A gateway with the keys that it signs with. */
  record Gateway(Rotations rotations, HeldKeys keys) {

    KeyState state() {
      return rotations.of("orders-prod").await().orElseThrow();
    }
  }

  Gateway gateway() throws Exception {
    return gateway(Rotations.Watch.NOBODY, Optional.empty());
  }

  Gateway gateway(Rotations.Watch watch, Optional<Duration> every) throws Exception {
    return gateway(watch, every, Optional.empty());
  }

  /** One whose keys are in a vault. */
  Gateway gateway(Vault vault) throws Exception {
    return gateway(Rotations.Watch.NOBODY, Optional.empty(), Optional.of(read(vault)));
  }

  private Gateway gateway(Rotations.Watch watch, Optional<Duration> every, Optional<KeyVault> vault)
      throws Exception {
    AzureResources resources = resources();
    HeldKeys keys =
        new HeldKeys(
            "orders-prod",
            vault.<KeySource>map(source -> source).orElseGet(() -> KeySource.of(resources, ID)),
            clock);
    TokenLane lane =
        new TokenLane(vertx, database, new Panics(database, seal()), recording(), clock);
    lane.become(
        List.of(
            new TokenLane.Account(
                "orders-prod", cosmos.endpoint(), Optional.of(certificate.authority()), keys)));
    Rotations rotations =
        new Rotations(
            vertx,
            Optional.of(resources),
            database,
            seal(),
            recording(),
            tokens(),
            lane.canaries(),
            watch,
            Rotations.Times.USUAL,
            clock);
    running.add(rotations);
    rotations.become(
        List.of(
            new Rotations.Account(
                "orders-prod", ID, Optional.of(certificate.authority()), keys, vault, every)));
    return new Gateway(rotations, keys);
  }

  LeaseSecrets seal() {
    return new LeaseSecrets(List.of(RootKey.parse('a', FIRST_KEY)));
  }

  private Rotations.Tokens tokens() {
    return new Rotations.Tokens() {
      @Override
      public Future<Optional<Instant>> workUntil(String account) {
        return Future.succeededFuture(tokensWorkUntil);
      }

      @Override
      public Future<Void> endLeases(String account, String by) {
        leasesEnded.add(by);
        return Future.succeededFuture();
      }
    };
  }

  AzureResources resources() throws Exception {
    return resources(azure.endpoint().toString());
  }

  /** Those of another Resource Manager, which is shown the same tokens. */
  AzureResources resources(String endpoint) throws Exception {
    return new AzureResources(endpoint, identity(Tenant.MANAGEMENT), http());
  }

  /** What the gateway is in Azure, to one part of it. */
  private TokenCredential identity(String audience) {
    return wanted ->
        Mono.fromSupplier(
            () ->
                new AccessToken(
                    azure.tenant().token(GATEWAY.objectId(), audience),
                    OffsetDateTime.now(ZoneOffset.UTC).plusMinutes(10)));
  }

  private com.azure.core.http.HttpClient http() throws Exception {
    return new JdkHttpClientBuilder(HttpClient.newBuilder().sslContext(certificate.clientTls()))
        .build();
  }

  /** A vault in which somebody has put the account's keys of now. */
  Vault vault() {
    Vault vault = azure.vault(SUBSCRIPTION, "shop-rg", "orders-keys");
    String first = vault.set("orders-1", cosmos.access().key(KeyKind.PRIMARY));
    String second = vault.set("orders-2", cosmos.access().key(KeyKind.SECONDARY));
    if (first.equals(second)) {
      throw new IllegalStateException("two versions of two secrets are two");
    }
    azure.grant(
        GATEWAY.objectId(),
        vault.id(),
        "Microsoft.KeyVault/vaults/secrets/getSecret/action",
        "Microsoft.KeyVault/vaults/secrets/setSecret/action");
    return vault;
  }

  KeyVault read(Vault vault) throws Exception {
    return new KeyVault(
        new AccountKeys(
            AccountKeys.Kind.KEY_VAULT,
            Optional.of(Endpoint.parse(vault.endpoint().toString())),
            Optional.of("orders-1"),
            Optional.of("orders-2"),
            Optional.empty()),
        identity(Vault.AUDIENCE),
        http());
  }

  private Journal recording() {
    return new Journal() {
      @Override
      public void append(JournalRecord record) {
        records.add(record);
        if (record instanceof RotationProgress progress) {
          journal.add(progress);
        }
      }

      @Override
      public void check() {}

      @Override
      public void close() {}
    };
  }

  /** What was recorded as done, in order. */
  List<String> done() {
    return journal.stream()
        .filter(entry -> entry.outcome().equals(RotationProgress.DONE))
        .map(RotationProgress::step)
        .toList();
  }

  Map<KeyKind, String> keys() {
    Map<KeyKind, String> keys = new EnumMap<>(KeyKind.class);
    Arrays.stream(KeyKind.values()).forEach(kind -> keys.put(kind, cosmos.access().key(kind)));
    return keys;
  }

  List<ReceivedCall> regenerations() {
    return azure.received().stream()
        .filter(call -> call.target().contains("/regenerateKey?") && call.statusCode() < 300)
        .toList();
  }

  /** Whether the account takes what this gateway signs with now. */
  boolean isLetIn(HeldKeys keys) throws Exception {
    UpstreamCredential.Signature signature = keys.signature().await();
    String date = HttpDate.format(clock.instant());
    try (var http = HttpClient.newBuilder().sslContext(certificate.clientTls()).build()) {
      return http.send(
                  HttpRequest.newBuilder(URI.create(cosmos.endpoint() + "dbs/shop"))
                      .header("x-ms-date", date)
                      .header("x-ms-version", "2020-07-15")
                      .header(
                          "authorization",
                          signature.authorization(
                              Verb.GET, ResourceType.DATABASE, "dbs/shop", date))
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    }
  }

  @Override
  public void close() {
    running.forEach(Rotations::close);
    azure.close().await();
    vertx.close().await();
    database.close();
  }
}
