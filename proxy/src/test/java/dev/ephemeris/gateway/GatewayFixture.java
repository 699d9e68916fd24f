package dev.ephemeris.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.config.Configuration;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.gateway.Gateway.StartException;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalReader;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.issuer.Client;
import dev.ephemeris.simulator.issuer.DevelopmentIssuer;
import dev.ephemeris.simulator.issuer.GrantType;
import dev.ephemeris.simulator.issuer.Person;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A whole gateway started from files in a folder of its own, with an account (the simulator) behind
 * it and an issuer beside it.
 *
 * <pre>{@code
 * try (GatewayFixture fixture = GatewayFixture.with().clock(clock).start()) {
 *   fixture.get("/v1/me", fixture.token(ALICE));
 * }
 * }</pre>
 */
public final class GatewayFixture implements AutoCloseable {

  public static final String ACCOUNT = "orders-prod";
  public static final String CLIENT = "ephemeris-cli";
  public static final String AUDIENCE = "api://ephemeris";
  public static final String ORDERS = "orders-prod:/dbs/shop/colls/orders";
  public static final String PAYMENTS = "orders-prod:/dbs/shop/colls/payments";
  public static final String ORDER_1 = "/dbs/shop/colls/orders/docs/order-1";

  /** Of the orders team. */
  public static final Person ALICE = person("3f0c7a52-a", "alice", "Alice Abara");

  /** Of the payments team. */
  public static final Person BOB = person("91d2be07-b", "bob", "Bob Brink");

  /** Can sign in, and is in no catalog. */
  public static final Person MALLORY = person("e00d1c44-m", "mallory", "Mallory Moss");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Vertx vertx = Vertx.vertx();
  private final InstantSource clock;
  private final String accountKey = random(64);
  private final String rootKey = random(32);
  private final Path folder;
  private final LoopbackCertificate certificate;
  private final CosmosSimulator simulator;
  private final DevelopmentIssuer issuer;
  private final HttpClient client;
  private @Nullable Gateway gateway;

  /** What is another than usual. */
  public static final class Builder {

    private InstantSource clock = InstantSource.system();
    private String policy = resource("policy.yaml");
    private String catalog = resource("org.yaml");

    private Builder() {}

    /** What gateway and account go by; the issuer goes by the system's. */
    public Builder clock(InstantSource newClock) {
      clock = newClock;
      return this;
    }

    public Builder policy(String yaml) {
      policy = yaml;
      return this;
    }

    public Builder catalog(String yaml) {
      catalog = yaml;
      return this;
    }

    /** The world around a gateway, and its files, without the gateway. */
    public GatewayFixture prepare() throws Exception {
      return new GatewayFixture(this);
    }

    public GatewayFixture start() throws Exception {
      GatewayFixture fixture = prepare();
      try {
        fixture.startGateway();
      } catch (StartException | RuntimeException e) {
        fixture.close();
        throw e;
      }
      return fixture;
    }
  }

  /** A lease as the API delivered it. */
  public record Leased(String id, String token) {}

  public static Builder with() {
    return new Builder();
  }

  private GatewayFixture(Builder builder) throws Exception {
    clock = builder.clock;
    folder = Files.createTempDirectory("ephemeris-test-");
    certificate = LoopbackCertificate.create(folder);
    simulator =
        CosmosSimulator.start(
                vertx,
                new CosmosSimulator.Settings(
                    "127.0.0.1",
                    0,
                    certificate.certificate(),
                    certificate.privateKey(),
                    ACCOUNT,
                    MasterKey.ofBase64(accountKey),
                    clock))
            .await();
    fill(simulator);
    issuer =
        DevelopmentIssuer.start(
                vertx,
                new DevelopmentIssuer.Settings(
                    "127.0.0.1",
                    0,
                    List.of(ALICE, BOB, MALLORY),
                    List.of(Client.open(CLIENT, Set.of(GrantType.DEVICE_CODE), List.of())),
                    AUDIENCE,
                    Duration.ofHours(24)))
            .await();
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(trusting(certificate.trustStore()))
            .build();
    secret("account.key", accountKey);
    secret("root-a.key", rootKey);
    write("policy.yaml", builder.policy);
    write("org.yaml", builder.catalog);
    write(
        "ephemeris.yaml",
        resource("ephemeris.yaml")
            .replace("${upstream}", simulator.endpoint().toString())
            .replace("${issuer}", issuer.issuer().toString()));
  }

  private static void fill(CosmosSimulator account) {
    account.createDatabase("shop");
    account.createContainer("shop", "orders", "/customerId");
    account.createContainer("shop", "payments", "/customerId");
    account.put("shop", "orders", json("{\"id\":\"order-1\",\"customerId\":\"c1\"}"));
    account.put("shop", "payments", json("{\"id\":\"payment-1\",\"customerId\":\"c1\"}"));
  }

  // --- the gateway and its files -----------------------------------------------------------------

  /** Starts the gateway from the files as they are now, on other ports than before. */
  public void startGateway() throws StartException {
    gateway = Gateway.start(Configuration.read(file("ephemeris.yaml")), clock);
  }

  public void stopGateway() {
    if (gateway != null) {
      gateway.close();
      gateway = null;
    }
  }

  public Gateway gateway() {
    return Objects.requireNonNull(gateway, "the gateway isn't started");
  }

  /** A file of the gateway's; its configuration is {@code ephemeris.yaml}. */
  public Path file(String name) {
    return folder.resolve(name);
  }

  public void write(String name, String text) throws IOException {
    Files.writeString(file(name), text);
  }

  /** Changes a file; what is replaced must be there. */
  public void edit(String name, String what, String by) throws IOException {
    String text = Files.readString(file(name));
    if (!text.contains(what)) {
      throw new IllegalArgumentException(name + " has no " + what);
    }
    write(name, text.replace(what, by));
  }

  /** Writes a file that only its owner can read. */
  public void secret(String name, String text) throws IOException {
    write(name, text);
    Files.setPosixFilePermissions(file(name), PosixFilePermissions.fromString("rw-------"));
  }

  public CosmosSimulator simulator() {
    return simulator;
  }

  public DevelopmentIssuer issuer() {
    return issuer;
  }

  public String accountKey() {
    return accountKey;
  }

  public String rootKey() {
    return rootKey;
  }

  /** What is in the journal now. */
  public List<JournalEntry> journal() throws JournalException {
    List<JournalEntry> entries = new ArrayList<>();
    new JournalReader(file("journal.jsonl")).forEach(entries::add);
    return entries;
  }

  // --- requests ----------------------------------------------------------------------------------

  /** An access token for the API. */
  public String token(Person person) {
    return issuer.accessToken(person, CLIENT);
  }

  public HttpRequest.Builder api(String path) {
    return HttpRequest.newBuilder(gateway().api().resolve(path)).timeout(Duration.ofSeconds(30));
  }

  /** A request with a lease's token, as an SDK sends it. */
  public HttpRequest.Builder dataPlane(String path, String leaseToken) {
    return HttpRequest.newBuilder(gateway().dataPlane().resolve(path))
        .timeout(Duration.ofSeconds(30))
        .header("authorization", URLEncoder.encode(leaseToken, StandardCharsets.UTF_8))
        .header("x-ms-version", "2020-07-15")
        .header("x-ms-documentdb-partitionkey", "[\"c1\"]");
  }

  public HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  public HttpResponse<String> get(String path, String token)
      throws IOException, InterruptedException {
    return send(api(path).header("authorization", "Bearer " + token));
  }

  public HttpResponse<String> post(String path, String token, String body)
      throws IOException, InterruptedException {
    return send(
        api(path)
            .header("authorization", "Bearer " + token)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  public HttpResponse<String> delete(String path, String token)
      throws IOException, InterruptedException {
    return send(api(path).header("authorization", "Bearer " + token).DELETE());
  }

  /** A lease from the API, of the rule's standard length. */
  public Leased lease(String token, String scope, String role)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        post("/v1/leases", token, "{\"scope\":\"" + scope + "\",\"role\":\"" + role + "\"}");
    if (response.statusCode() != 201) {
      throw new IllegalStateException(response.body());
    }
    JsonNode body = json(response.body());
    return new Leased(body.at("/lease/id").textValue(), body.path("token").textValue());
  }

  /** Reads an order on the data plane. */
  public HttpResponse<String> readOrder(String leaseToken)
      throws IOException, InterruptedException {
    return send(dataPlane(ORDER_1, leaseToken));
  }

  public static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + text, e);
    }
  }

  // --- the rest ----------------------------------------------------------------------------------

  @Override
  public void close() throws IOException {
    stopGateway();
    client.close();
    vertx.close().await();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static SSLContext trusting(Path trustStore) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(trustStore)) {
      store.load(in, LoopbackCertificate.TRUST_STORE_PASSWORD.toCharArray());
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static Person person(String subject, String name, String displayName) {
    return new Person(subject, name, displayName, name + "@example.test");
  }

  private static String random(int bytes) {
    byte[] key = new byte[bytes];
    new SecureRandom().nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  private static String resource(String name) {
    try (InputStream in = GatewayFixture.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }
}
