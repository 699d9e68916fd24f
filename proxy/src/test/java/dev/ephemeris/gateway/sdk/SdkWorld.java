package dev.ephemeris.gateway.sdk;

import com.azure.cosmos.CosmosClient;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.config.Configuration;
import dev.ephemeris.gateway.Gateway;
import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.folder.JournalReader;
import dev.ephemeris.gateway.metrics.Scrape;
import dev.ephemeris.gateway.sdk.SdkCall.Target;
import dev.ephemeris.simulator.cosmos.ReceivedRequest;
import dev.ephemeris.simulator.issuer.Client;
import dev.ephemeris.simulator.issuer.DevelopmentIssuer;
import dev.ephemeris.simulator.issuer.GrantType;
import dev.ephemeris.simulator.issuer.Person;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * An account, an issuer, and a whole gateway between them, made from configuration files as {@code
 * serve} would. The account is the simulator, or the one that the environment names.
 *
 * <ul>
 *   <li>{@code shop}: all of it the team's, but for what a rule denies
 *   <li>{@code shop/closed-…}: of which a rule denies all but metadata
 *   <li>{@code sealed/orders}: of which a rule denies metadata too
 *   <li>{@code vault/orders}: which no rule names
 *   <li>{@code shop-spare}: to be deleted
 * </ul>
 */
final class SdkWorld implements AutoCloseable {

  static final String ACCOUNT = "orders-prod";

  /** By database, in the order in which they are made: RIDs are counted. */
  static final SortedMap<String, List<String>> CONTAINERS =
      new TreeMap<>(
          Map.of(
              "shop",
                  List.of(
                      "orders",
                      "tenants",
                      "members",
                      "spare",
                      "closed-orders",
                      "closed-tenants",
                      "closed-members",
                      "closed-spare"),
              "shop-spare", List.of(),
              "sealed", List.of("orders"),
              "vault", List.of("orders")));

  /** What the names begin with of those that are closed. */
  static final String CLOSED = "closed-";

  private static final Person ALICE =
      new Person("sub-alice", "alice", "Alice Ito", "alice@example.test");
  private static final String CLIENT = "ephemeris-cli";

  /** What SDKs read of a container to get going, by name or by RID. */
  private static final Pattern CONTAINER_METADATA =
      Pattern.compile("GET /dbs/[^/]+(/colls/[^/]+(/pkranges)?)?");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder = Files.createTempDirectory("ephemeris-sdk-");
  private final LoopbackCertificate certificate = LoopbackCertificate.create(folder);
  private final Vertx vertx = Vertx.vertx();
  private final SettableClock clock = new SettableClock();
  private final TestAccount account;
  private final DevelopmentIssuer issuer;
  private final Gateway gateway;
  private final FrontDoor frontDoor;
  private final HttpClient http;

  /** A lease as the API gave it. */
  record Lease(String id, String token) {}

  SdkWorld() throws Exception {
    // The Java SDK has no other way to trust a certificate for one client only.
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    account =
        GivenAccount.of(System.getenv()).orElseGet(() -> new SimulatedAccount(vertx, certificate));
    issuer =
        DevelopmentIssuer.start(
                vertx,
                new DevelopmentIssuer.Settings(
                    "127.0.0.1",
                    0,
                    List.of(ALICE),
                    List.of(Client.open(CLIENT, Set.of(GrantType.DEVICE_CODE), List.of())),
                    "api://ephemeris",
                    Duration.ofHours(1)))
            .await();
    writeFiles();
    gateway = Gateway.start(Configuration.read(folder.resolve("ephemeris.yaml")), clock);
    frontDoor = new FrontDoor(vertx, certificate, gateway.dataPlane());
    http = HttpClient.newBuilder().sslContext(certificate.clientTls()).build();
    reset();
  }

  private void writeFiles() throws IOException {
    secret("account.key", account.key());
    secret("root-a.key", Base64.getEncoder().encodeToString(new byte[32]));
    secret("journal.key", Base64.getEncoder().encodeToString(new byte[32]));
    copy("org.yaml", Map.of());
    copy("policy.yaml", Map.of("shop", database("shop"), "sealed", database("sealed")));
    copy(
        "ephemeris.yaml",
        Map.of(
            "certificate", certificate.certificate().toString(),
            "privateKey", certificate.privateKey().toString(),
            "account", account.endpoint().toString(),
            "accountCa", account.caCertificate().map(file -> "caCertificate: " + file).orElse(""),
            "issuer", issuer.issuer().toString()));
    // Node takes one file: of the gateway's authority, and of the account's if that is another.
    Files.write(caCertificates(), Files.readAllBytes(certificate.authority()));
    Optional<Path> other =
        account.caCertificate().filter(file -> !file.equals(certificate.authority()));
    if (other.isPresent()) {
      Files.write(caCertificates(), Files.readAllBytes(other.get()), StandardOpenOption.APPEND);
    }
  }

  private void copy(String name, Map<String, String> values) throws IOException {
    try (InputStream in = Objects.requireNonNull(SdkWorld.class.getResourceAsStream(name), name)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<String, String> value : values.entrySet()) {
        text = text.replace("${" + value.getKey() + "}", value.getValue());
      }
      Files.writeString(folder.resolve(name), text);
    }
  }

  private void secret(String name, String text) throws IOException {
    Path file =
        Files.createFile(
            folder.resolve(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  /** Everything as it was at first, and no requests received yet. */
  void reset() {
    account.reset();
  }

  /** From here to the next one the account's clock stands still, if it is the simulator's. */
  void nextMoment() {
    if (account instanceof SimulatedAccount simulated) {
      simulated.nextMoment();
    }
  }

  /** From here on the account's clock goes, which else stands still within a moment. */
  void letTimePass() {
    if (account instanceof SimulatedAccount simulated) {
      simulated.letTimePass();
    }
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  TestAccount account() {
    return account;
  }

  /** What a database of the tests is called on this account. */
  String database(String name) {
    return account.database(name);
  }

  /** What the gateway has on record so far, oldest first. */
  List<JournalEntry> journal() throws JournalException {
    List<JournalEntry> entries = new ArrayList<>();
    new JournalReader(folder.resolve("journal")).forEach(entries::add);
    return entries;
  }

  /** What the gateway counts, as of now. */
  Scrape metrics() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(gateway.management().resolve("/metrics")).build();
    return Scrape.of(http.send(request, BodyHandlers.ofString()).body());
  }

  URI gateway() {
    return gateway.dataPlane();
  }

  FrontDoor frontDoor() {
    return frontDoor;
  }

  /** The gateway's: leases end by it. */
  SettableClock clock() {
    return clock;
  }

  /** A PEM file with all that Node is to trust. */
  Path caCertificates() {
    return folder.resolve("ca-certificates.pem");
  }

  /** A lease of Alice's on the whole shop, from the API. */
  Lease lease() throws IOException, InterruptedException {
    return lease("/dbs/" + database("shop"), "data-contributor");
  }

  /** The same with the right to manage what is in the shop. */
  Lease ownersLease() throws IOException, InterruptedException {
    return lease("/dbs/" + database("shop"), "owner");
  }

  /** A lease of Alice's for managing the whole account, and nothing else. */
  Lease managersLease() throws IOException, InterruptedException {
    return lease("/", "manager");
  }

  /** Makes one more container in the shop, through the gateway. */
  void createContainer(String name, String partitionKeyPath) throws Exception {
    try (CosmosClient owner = owner()) {
      owner.getDatabase(database("shop")).createContainer(name, partitionKeyPath);
    }
  }

  void deleteContainer(String name) throws Exception {
    try (CosmosClient owner = owner()) {
      owner.getDatabase(database("shop")).getContainer(name).delete();
    }
  }

  private CosmosClient owner() throws IOException, InterruptedException {
    return JavaSdk.newClient(new Target(gateway(), ownersLease().token(), database("shop"), ""));
  }

  /** A lease of Alice's on what has this partition key in one of the shop's containers. */
  Lease leaseOfKey(String container, String key) throws IOException, InterruptedException {
    return lease(
        "/dbs/" + database("shop") + "/colls/" + container,
        "data-contributor",
        ",\"partitionKey\":" + key);
  }

  /** A key for the same, as the API gives it: {@code key}, {@code endpoint} and the rest. */
  JsonNode keyLease() throws IOException, InterruptedException {
    return leased("/dbs/" + database("shop"), "data-contributor", ",\"credential\":\"lease-key\"");
  }

  /** Where leases are asked for. */
  URI api() {
    return gateway.api();
  }

  /** What signs Alice in there. */
  String apiToken() {
    return issuer.accessToken(ALICE, CLIENT);
  }

  /** Trusts the gateway's certificate. */
  HttpClient http() {
    return http;
  }

  /** The ids of the leases that the gateway gave, oldest first. */
  List<String> leases() throws JournalException {
    return journal().stream()
        .filter(entry -> entry.type().equals("leaseIssued"))
        .map(entry -> entry.fields().path("leaseId").textValue())
        .toList();
  }

  /** Alice's own access token for the data plane. */
  String ownToken() {
    return issuer.accessToken(ALICE, CLIENT, claims -> claims.audience("api://ephemeris-data"));
  }

  /** The same, good for that long from now by the gateway's clock. */
  String ownToken(Duration life) {
    Date end = Date.from(clock.instant().plus(life));
    return issuer.accessToken(
        ALICE, CLIENT, claims -> claims.audience("api://ephemeris-data").expirationTime(end));
  }

  private Lease lease(String scope, String role) throws IOException, InterruptedException {
    return lease(scope, role, "");
  }

  private Lease lease(String scope, String role, String more)
      throws IOException, InterruptedException {
    JsonNode lease = leased(scope, role, more);
    return new Lease(lease.at("/lease/id").textValue(), lease.path("token").textValue());
  }

  private JsonNode leased(String scope, String role, String more)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        api(
            "POST",
            "/v1/leases",
            """
            {"scope":"%s:%s","role":"%s","ttlSeconds":3600%s}\
            """
                .formatted(ACCOUNT, scope, role, more));
    if (answer.statusCode() != 201) {
      throw new IOException("no lease: " + answer.body());
    }
    return json(answer.body());
  }

  void revoke(Lease lease) throws IOException, InterruptedException {
    revoke(lease.id());
  }

  void revoke(String leaseId) throws IOException, InterruptedException {
    HttpResponse<String> answer = api("DELETE", "/v1/leases/" + leaseId, "");
    if (answer.statusCode() / 100 != 2) {
      throw new IOException("not revoked: " + answer.body());
    }
  }

  private HttpResponse<String> api(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(gateway.api().resolve(path))
            .header("authorization", "Bearer " + apiToken())
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("content-type", "application/json");
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  /**
   * What reached the account since the last reset, the account document aside; nothing if it is an
   * account that doesn't tell.
   */
  List<String> received() {
    return account.received().orElse(List.of()).stream()
        .map(SdkWorld::line)
        .filter(line -> !line.equals("GET /"))
        .toList();
  }

  /** The same without what SDKs read of a container to get going. */
  List<String> receivedOnItems() {
    return received().stream().filter(line -> !CONTAINER_METADATA.matcher(line).matches()).toList();
  }

  private static String line(ReceivedRequest request) {
    return request.method() + " " + request.target();
  }

  @Override
  public void close() throws IOException {
    http.close();
    gateway.close();
    account.close();
    issuer.close().await();
    vertx.close().await();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
