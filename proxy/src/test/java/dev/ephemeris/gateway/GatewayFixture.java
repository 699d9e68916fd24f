package dev.ephemeris.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.config.Configuration;
import dev.ephemeris.config.JournalStorage;
import dev.ephemeris.gateway.Gateway.StartException;
import dev.ephemeris.gateway.account.ConfigurationFile;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.LosableJournal;
import dev.ephemeris.gateway.journal.folder.FolderJournal;
import dev.ephemeris.gateway.journal.folder.JournalKey;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.issuer.Client;
import dev.ephemeris.simulator.issuer.ClientSecret;
import dev.ephemeris.simulator.issuer.DevelopmentIssuer;
import dev.ephemeris.simulator.issuer.GrantType;
import dev.ephemeris.simulator.issuer.Person;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A whole gateway from configuration files in a folder of its own, with a development issuer and a
 * simulated account: what {@code serve} runs, but for its refusal of development's shortcuts.
 *
 * <p>Alice is in the team, which reads {@code shop/orders} of {@code orders-prod}; Bob is in no
 * group; Opal is an administrator, by the configuration.
 */
public final class GatewayFixture implements AutoCloseable {

  public static final Person ALICE =
      new Person("sub-alice", "alice", "Alice Ito", "alice@example.test");
  public static final Person BOB = new Person("sub-bob", "bob", "Bob Haas", "bob@example.test");

  /** In the group of administrators, and in no other. */
  public static final Person OPAL =
      new Person("sub-opal", "opal", "Opal Okoro", "opal@example.test");

  public static final String CLIENT = "ephemeris-cli";

  /** As which the gateway itself has people sign in. */
  public static final String GATEWAY_CLIENT = "ephemeris-gateway";

  public static final String ORDERS = "orders-prod:/dbs/shop/colls/orders";

  /** Secrets, to be looked for where they must not be. */
  public static final String ACCOUNT_KEY =
      Base64.getEncoder()
          .encodeToString("canary account key, 32 bytes long".getBytes(StandardCharsets.UTF_8));

  public static final String ROOT_KEY =
      Base64.getEncoder()
          .encodeToString("canary root key: 32 bytes at least".getBytes(StandardCharsets.UTF_8));

  public static final String CLIENT_SECRET = "canary client secret: + & % =";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Vertx vertx = Vertx.vertx();
  private final Path folder;
  private final LoopbackCertificate certificate;
  private final SettableClock clock = new SettableClock();
  private final CosmosSimulator account;
  private final DevelopmentIssuer issuer;

  /** That, and those beside it. */
  private final List<DevelopmentIssuer> issuers = new ArrayList<>();

  private final HttpClient http;
  private final AtomicBoolean journalLost = new AtomicBoolean();
  private final PlantedSecrets planted = new PlantedSecrets();
  private Gateway gateway;
  private boolean watched;

  public GatewayFixture() throws IOException, GeneralSecurityException, StartException {
    folder = Files.createTempDirectory("ephemeris-test-");
    planted.plant("the account's key", ACCOUNT_KEY);
    planted.plant("the root key", ROOT_KEY);
    planted.plant("the journal's signing key", TestJournals.KEY);
    planted.plant("the client secret", CLIENT_SECRET);
    certificate = LoopbackCertificate.create(folder);
    account =
        CosmosSimulator.start(
                vertx,
                new CosmosSimulator.Settings(
                    "127.0.0.1",
                    0,
                    certificate.certificate(),
                    certificate.privateKey(),
                    "orders-prod",
                    ACCOUNT_KEY,
                    clock))
            .await();
    account.createDatabase("shop");
    account.createContainer("shop", "orders", "/customerId");
    account.put("shop", "orders", json("{\"id\":\"o1\",\"customerId\":\"c1\",\"total\":12}"));
    issuer =
        issuer(
            List.of(ALICE, BOB, OPAL),
            List.of(
                Client.open(
                    CLIENT, Set.of(GrantType.DEVICE_CODE, GrantType.REFRESH_TOKEN), List.of()),
                new Client(
                    GATEWAY_CLIENT,
                    Set.of(GrantType.AUTHORIZATION_CODE),
                    List.of(
                        "https://localhost/sign-in/corp/callback", "https://localhost/signed-out"),
                    Optional.of(new ClientSecret(CLIENT_SECRET)))));
    writeFiles();
    http = HttpClient.newBuilder().sslContext(certificate.clientTls()).build();
    gateway = start();
  }

  private DevelopmentIssuer issuer(List<Person> people, List<Client> clients) {
    DevelopmentIssuer started =
        DevelopmentIssuer.start(
                vertx,
                new DevelopmentIssuer.Settings(
                    "127.0.0.1", 0, people, clients, "api://ephemeris", Duration.ofHours(1)),
                clock)
            .await();
    issuers.add(started);
    return started;
  }

  /**
   * Another issuer, which the gateway accepts from its next start on.
   *
   * @param name as the configuration calls it
   * @param principal what its tokens are of: a person or a workload
   * @param userAnnotation by which catalogs say their subjects
   */
  public DevelopmentIssuer issuerBeside(
      String name, String principal, String userAnnotation, String... clients) throws IOException {
    DevelopmentIssuer other =
        issuer(
            List.of(),
            Stream.of(clients)
                .map(client -> Client.open(client, Set.of(GrantType.REFRESH_TOKEN), List.of()))
                .toList());
    configure(
        text ->
            text.replace(
                "catalog:",
                """
                  - name: %s
                    issuer: %s
                    audiences: { api: api://ephemeris }
                    clients: [%s]
                    principal: %s
                    userAnnotation: %s
                catalog:\
                """
                    .formatted(
                        name,
                        other.issuer(),
                        String.join(", ", clients),
                        principal,
                        userAnnotation)));
    return other;
  }

  private Gateway start() throws StartException {
    return Gateway.start(
        configuration(),
        watched
            ? Optional.of(
                new ConfigurationFile(
                    folder.resolve("ephemeris.yaml"), configuration -> Optional.empty()))
            : Optional.empty(),
        clock,
        new Gateway.JournalOpener() {
          @Override
          public FolderJournal open(JournalStorage settings, JournalKey key, InstantSource now)
              throws JournalException {
            return FolderJournal.open(settings.folder(), key, TestJournals.SETTINGS, now);
          }

          @Override
          public Journal behind(FolderJournal journal) {
            return new LosableJournal(journal, journalLost);
          }
        });
  }

  private void writeFiles() throws IOException {
    secret("account.key", ACCOUNT_KEY);
    secret("root-a.key", ROOT_KEY);
    secret("journal.key", TestJournals.KEY);
    secret("client.secret", CLIENT_SECRET);
    write(
        "org.yaml",
        OrgYaml.of(
            OrgYaml.group("team"),
            OrgYaml.user(ALICE, "team"),
            OrgYaml.group("platform"),
            OrgYaml.user(OPAL, "platform")));
    write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: the team reads orders
            for: { groups: [group:default/team] }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            ttl: { default: 1h, max: 4h }
        """);
    write(
        "ephemeris.yaml",
        """
        apiVersion: ephemeris.dev/v1
        hostNames: [localhost]
        tls: { certificate: %s, privateKey: %s }
        dataPlane: { port: 0 }
        api: { port: 0 }
        management: { port: 0 }
        accounts:
          - name: orders-prod
            environment: prod
            endpoint: %s
            keyFile: account.key
            caCertificate: %s
        issuers:
          - name: corp
            issuer: %s
            audiences: { api: api://ephemeris, dataPlane: api://ephemeris-data }
            clients: [ephemeris-cli]
            principal: person
            userAnnotation: example.com/subject
            signIn: { clientId: ephemeris-gateway, clientSecretFile: client.secret }
        catalog: { files: [org.yaml] }
        policy: { files: [policy.yaml] }
        store: { file: ephemeris.db }
        journal: { folder: journal, name: localhost/journal, signingKey: { file: journal.key }, checkpointsOffHost: false }
        rootKeys: [{ kid: a, file: root-a.key }]
        administrators: { groups: [group:default/platform] }
        """
            .formatted(
                certificate.certificate(),
                certificate.privateKey(),
                account.endpoint(),
                certificate.authority(),
                issuer.issuer()));
  }

  /** Changes the configuration, for the next {@link #restart}. */
  public void configure(UnaryOperator<String> change) throws IOException {
    String text = Files.readString(folder.resolve("ephemeris.yaml"));
    String changed = change.apply(text);
    if (changed.equals(text)) {
      throw new IllegalStateException("nothing was changed in the configuration");
    }
    write("ephemeris.yaml", changed);
  }

  /** Does something to the store behind the gateway's back. */
  public void sql(String statement) throws SQLException {
    try (Connection store = store();
        Statement sql = store.createStatement()) {
      sql.execute(statement);
    }
  }

  public Connection store() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("ephemeris.db"));
  }

  /** Puts a file of the gateway's in the place of the old one, as editors do. */
  public void write(String name, String text) throws IOException {
    Path written = Files.writeString(folder.resolve(name + ".new"), text);
    Files.move(
        written,
        folder.resolve(name),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  /** The same with this at the end of the old one. */
  public void append(String name, String text) throws IOException {
    write(name, Files.readString(folder.resolve(name)) + text);
  }

  private void secret(String name, String text) throws IOException {
    write(name, text);
    Files.setPosixFilePermissions(
        folder.resolve(name), PosixFilePermissions.fromString("rw-------"));
  }

  /** A secret of the gateway's, to be looked for where it must not be. */
  public void plantSecretFile(String name, String text) throws IOException {
    secret(name, text);
    planted.plant(name, text);
  }

  /** The same, as something else that it is said as. */
  public void plant(String what, String text) {
    planted.plant(what, text);
  }

  public Configuration configuration() {
    return Configuration.read(folder.resolve("ephemeris.yaml"));
  }

  /** Stops the gateway and starts it again from the same files. */
  public void restart() throws StartException {
    stopGateway();
    gateway = start();
  }

  /** The same, for a gateway that follows what the configuration says of accounts. */
  public void restartWatching() throws StartException {
    watched = true;
    restart();
  }

  public void stopGateway() {
    gateway.close();
  }

  /** As if its disk were full: the journal takes no more records. */
  public void loseJournal() {
    journalLost.set(true);
  }

  public void findJournal() {
    journalLost.set(false);
  }

  public Gateway gateway() {
    return gateway;
  }

  public DevelopmentIssuer issuer() {
    return issuer;
  }

  public CosmosSimulator account() {
    return account;
  }

  public SettableClock clock() {
    return clock;
  }

  public Path folder() {
    return folder;
  }

  public LoopbackCertificate certificate() {
    return certificate;
  }

  public String token(Person person) {
    String token = issuer.accessToken(person, CLIENT);
    planted.plantBearer(token);
    return token;
  }

  /** The journal's records so far. */
  public List<JsonNode> journal() throws IOException {
    try {
      return TestJournals.entries(folder.resolve("journal")).stream()
          .<JsonNode>map(JournalEntry::fields)
          .toList();
    } catch (JournalException e) {
      throw new IOException(e);
    }
  }

  public List<JsonNode> journal(String type) throws IOException {
    return journal().stream().filter(entry -> entry.path("type").asText().equals(type)).toList();
  }

  /** Waits until what is on record by now can be searched: what is sealed, which takes a second. */
  public void awaitSearchable() throws IOException, InterruptedException {
    long wanted = journal().size();
    String opal = token(OPAL);
    while (api("GET", "/v1/audit/entries?limit=1", opal, "").json().at("/journal/indexed").asLong()
        < wanted) {
      Thread.sleep(50);
    }
  }

  /** A request to the API, with a JSON body if it isn't empty. */
  public Reply api(String method, String path, String token, String body)
      throws IOException, InterruptedException {
    return api(method, path, token, body, Map.of());
  }

  /** The same with other headers. */
  public Reply api(
      String method, String path, String token, String body, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(gateway.api().resolve(path));
    headers.forEach(request::header);
    if (!token.isEmpty()) {
      request.header("authorization", "Bearer " + token);
    }
    if (!body.isEmpty()) {
      request.header("content-type", "application/json");
    }
    return send(
        request.method(
            method,
            body.isEmpty()
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body)));
  }

  /** A token exchange for a lease of a reader on the orders. */
  public Reply exchange(String subjectToken, String actorToken)
      throws IOException, InterruptedException {
    return exchange(subjectToken, actorToken, "\"scope\":\"" + ORDERS + "\"");
  }

  /**
   * A token exchange.
   *
   * @param actorToken of none if empty
   * @param details what the lease is for, as members of JSON
   */
  public Reply exchange(String subjectToken, String actorToken, String details)
      throws IOException, InterruptedException {
    String type = "urn:ietf:params:oauth:token-type:access_token";
    StringBuilder form = new StringBuilder();
    form.append("grant_type=urn:ietf:params:oauth:grant-type:token-exchange")
        .append("&subject_token=")
        .append(URLEncoder.encode(subjectToken, StandardCharsets.UTF_8))
        .append("&subject_token_type=")
        .append(type);
    if (!actorToken.isEmpty()) {
      form.append("&actor_token=")
          .append(URLEncoder.encode(actorToken, StandardCharsets.UTF_8))
          .append("&actor_token_type=")
          .append(type);
    }
    form.append("&authorization_details=")
        .append(
            URLEncoder.encode(
                "[{\"type\":\"ephemeris-lease\"," + details + "}]", StandardCharsets.UTF_8));
    return form(form.toString());
  }

  /** The same, as it is written. */
  public Reply form(String form) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(gateway.api().resolve("/v1/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  public Reply send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (isOfGateway(response.uri())) {
      planted.answered(response);
    }
    return new Reply(response);
  }

  /** Tests speak to the account and to the issuer, too. */
  private boolean isOfGateway(URI asked) {
    return asked.getPort() != account.endpoint().getPort()
        && asked.getPort() != issuer.issuer().getPort();
  }

  /** A lease of Alice's on the orders: the API's answer. */
  public JsonNode lease() throws IOException, InterruptedException {
    return lease("data-reader");
  }

  /** The same with another role. */
  public JsonNode lease(String role) throws IOException, InterruptedException {
    return lease(role, "lease-token");
  }

  /** The same in another form. */
  public JsonNode lease(String role, String credential) throws IOException, InterruptedException {
    Reply reply =
        api(
            "POST",
            "/v1/leases",
            token(ALICE),
            """
            {"scope": "%s", "role": "%s", "credential": "%s", "ttlSeconds": 3600}
            """
                .formatted(ORDERS, role, credential));
    if (reply.status() != 201) {
      throw new IllegalStateException("no lease: " + reply.body());
    }
    return reply.json();
  }

  /** The id of a block of Alice's: what revoking the lease of her own token left. */
  public String block() throws IOException, InterruptedException {
    for (JsonNode block : api("GET", "/v1/blocks", token(ALICE), "").json().path("blocks")) {
      if (!block.has("liftedAt")) {
        return block.path("id").textValue();
      }
    }
    String id = ownTokenLease();
    api("DELETE", "/v1/leases/" + id, token(ALICE), "");
    return "b-" + id;
  }

  /** The id of the lease that Alice's own token opens. */
  public String ownTokenLease() throws IOException, InterruptedException {
    String own =
        issuer.accessToken(ALICE, CLIENT, claims -> claims.audience("api://ephemeris-data"));
    readOrder("type=aad&ver=1.0&sig=" + own);
    for (JsonNode lease : api("GET", "/v1/leases", token(ALICE), "").json().path("leases")) {
      if (lease.path("credential").textValue().equals("own-token")
          && lease.path("state").textValue().equals("active")) {
        return lease.path("id").textValue();
      }
    }
    throw new IllegalStateException("no lease of Alice's own token");
  }

  /** The point read of the order, with a lease's token. */
  public Reply readOrder(String leaseToken) throws IOException, InterruptedException {
    return readOrder(gateway.dataPlane(), leaseToken);
  }

  /** The same at the host name of an account. */
  public Reply readOrderAt(String account, String token) throws IOException, InterruptedException {
    return readOrder(
        URI.create("https://" + account + ".localhost:" + gateway.dataPlane().getPort() + "/"),
        token);
  }

  private Reply readOrder(URI dataPlane, String leaseToken)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(dataPlane.resolve("/dbs/shop/colls/orders/docs/o1"))
            .header("authorization", URLEncoder.encode(leaseToken, StandardCharsets.UTF_8))
            .header("x-ms-version", "2020-07-15")
            .header("x-ms-documentdb-partitionkey", "[\"c1\"]"));
  }

  public URI managementHealth() {
    return gateway.management().resolve("/health/ready");
  }

  public static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + text, e);
    }
  }

  /** What came back. */
  public record Reply(HttpResponse<String> response) {

    public int status() {
      return response.statusCode();
    }

    public String body() {
      return response.body();
    }

    public JsonNode json() {
      return GatewayFixture.json(response.body());
    }

    public String detail() {
      return json().path("detail").asText();
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  /** Nothing if the gateway has stopped. */
  private String metrics() {
    try {
      return send(HttpRequest.newBuilder(gateway.management().resolve("/metrics"))).body();
    } catch (IOException stopped) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  @Override
  public void close() throws IOException {
    planted.plant(account.access());
    String metrics = metrics();
    http.close();
    gateway.close();
    issuers.forEach(each -> each.close().await());
    vertx.close().await();
    planted.check(folder, metrics);
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
