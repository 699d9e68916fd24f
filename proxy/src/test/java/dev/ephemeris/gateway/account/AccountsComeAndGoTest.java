package dev.ephemeris.gateway.account;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.AzureBeside;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.identity.Digest;
import dev.ephemeris.simulator.azure.ArmAccount;
import dev.ephemeris.simulator.cosmos.Fault;
import dev.ephemeris.simulator.cosmos.RequestPattern;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Accounts that come and go while the gateway runs: by its file, by Azure, and by command. */
class AccountsComeAndGoTest {

  /** Not quite as the configuration spells it: Azure doesn't mind, and so nobody does. */
  private static final String TAG = "Ephemeris-Environment";

  private static GatewayFixture fixture;
  private static AzureBeside azure;
  private static ArmAccount preview;
  private static String text;

  /** How many changes were on record before the test. */
  private int before;

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
    azure =
        new AzureBeside(
            fixture,
            "Microsoft.DocumentDB/databaseAccounts/read",
            "Microsoft.DocumentDB/databaseAccounts/listKeys/action");
    AzureBeside.letTheTeamReadPreviews(fixture);
    preview = azure.preview(fixture, "orders-pr-7", Map.of("team", "orders"));
    azure.letCome(
        fixture, "tag: ephemeris-environment, longest: 7d, keys: { kind: resource-manager }");
    text = Files.readString(fixture.folder().resolve("ephemeris.yaml"));
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
    azure.close();
  }

  @BeforeEach
  void count() throws IOException {
    before = fixture.journal("accountChanged").size();
  }

  @AfterEach
  void asBefore() throws Exception {
    preview.untag(TAG);
    Reply unused = remove("orders-pr-7");
    fixture.write("ephemeris.yaml", text);
    until(() -> names().equals(List.of("orders-prod")) && notices().isEmpty());
  }

  // --- by the file -------------------------------------------------------------------------------

  @Test
  void whatTheFileListsIsInForceWithoutARestartAndWhatItListsNoMoreIsNot() throws Exception {
    String other = fixture.lease().path("token").textValue();

    fixture.write("ephemeris.yaml", text.replace("issuers:", listed(preview) + "issuers:"));
    until(() -> names().equals(List.of("orders-pr-7", "orders-prod")));
    JsonNode lease = lease("orders-pr-7");
    Reply read = fixture.readOrder(lease.path("token").textValue());
    assertThat(read.status()).describedAs(read.body()).isEqualTo(200);

    fixture.write("ephemeris.yaml", text);
    until(() -> names().equals(List.of("orders-prod")));

    assertThat(fixture.readOrder(lease.path("token").textValue()).status()).isEqualTo(401);
    assertThat(state(lease)).isEqualTo("revoked");
    assertThat(fixture.readOrder(other).status()).isEqualTo(200);
    assertThat(changes())
        .containsExactly(
            "orders-pr-7 came configured by gateway", "orders-pr-7 went configured by gateway");
    JsonNode came = fixture.journal("accountChanged").get(before);
    assertThat(came.path("environment").asText()).isEqualTo("preview-7");
    assertThat(came.path("endpoint").asText()).isEqualTo(preview.cosmos().endpoint().toString());
  }

  @Test
  void whatAGatewayStartsWithIsOnRecord() throws Exception {
    JsonNode start = fixture.journal("configurationChanged").getFirst();

    assertThat(start.path("configuration").asText()).matches("sha256:[0-9a-f]{64}");
    assertThat(start.has("configurationBefore")).isFalse();
    assertThat(start.path("atNextStart")).isEmpty();
  }

  @Test
  void aBrokenFileChangesNothingAndIsTold() throws Exception {
    String lease = fixture.lease().path("token").textValue();

    fixture.write("ephemeris.yaml", text.replace("environment: prod", "environment: PROD"));
    until(() -> notices().contains("is refused; the accounts of before stay in force"));

    assertThat(notices()).contains("'PROD' can't be an environment");
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);
    assertThat(fixture.send(HttpRequest.newBuilder(fixture.managementHealth())).body())
        .contains("is refused; the accounts of before");

    fixture.write("ephemeris.yaml", text);
    until(() -> notices().isEmpty());
    assertThat(changes()).isEmpty();
  }

  @Test
  void whatElseTheFileHasIsForTheNextStart() throws Exception {

    fixture.configure(
        text ->
            text.replace("environment: prod", "environment: preview-1")
                .replace("hostNames: [localhost]", "hostNames: [localhost, other.example]"));
    until(() -> notices().contains("take effect at the next start: hostNames."));
    until(() -> accounts().path(0).path("environment").asText().equals("preview-1"));

    assertThat(changes()).containsExactly("orders-prod changed configured by gateway");
    JsonNode onRecord = fixture.journal("configurationChanged").getLast();
    assertThat(onRecord.path("configuration").asText())
        .isEqualTo(Digest.ofText(Files.readString(fixture.folder().resolve("ephemeris.yaml"))));
    assertThat(onRecord.path("configurationBefore").asText()).isEqualTo(Digest.ofText(text));
    assertThat(onRecord.path("atNextStart")).extracting(JsonNode::asText).contains("hostNames");
  }

  @Test
  void anAccountWhoseKeyCannotBeReadKeepsTheWholeFileOut() throws Exception {

    fixture.configure(
        text ->
            text.replace("environment: prod", "environment: preview-1")
                .replace(
                    "issuers:",
                    """
                      - name: orders-eu
                        environment: prod
                        endpoint: https://orders-eu.documents.azure.com/
                        keyFile: missing.key
                    issuers:\
                    """));
    until(() -> notices().contains("missing.key"));

    assertThat(names()).containsExactly("orders-prod");
    assertThat(accounts().path(0).path("environment").asText()).isEqualTo("prod");

    fixture.write("missing.key", GatewayFixture.ACCOUNT_KEY);
    Files.setPosixFilePermissions(
        fixture.folder().resolve("missing.key"), PosixFilePermissions.fromString("rw-------"));
    until(() -> names().equals(List.of("orders-eu", "orders-prod")));
    assertThat(notices()).isEmpty();
  }

  @Test
  void aFileThatIsAwayForAWhileIsMissedAndNothingElse() throws Exception {
    String lease = fixture.lease().path("token").textValue();
    Path file = fixture.folder().resolve("ephemeris.yaml");

    Files.delete(file);
    until(() -> notices().contains("there is no such file"));
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);

    fixture.write("ephemeris.yaml", text);
    until(() -> notices().isEmpty());
    assertThat(changes()).isEmpty();
  }

  @Test
  void leasesEndInALaneThatAnAccountPermitsNoMore() throws Exception {
    JsonNode lease = fixture.lease();

    fixture.configure(
        all -> all.replace("environment: prod", "environment: prod\n    lanes: [token]"));
    until(() -> state(lease).equals("revoked"));
    fixture.write("ephemeris.yaml", text);
    until(() -> changes().size() == 2);

    assertThat(fixture.readOrder(lease.path("token").textValue()).status()).isEqualTo(401);
    assertThat(fixture.readOrder(fixture.lease().path("token").textValue()).status())
        .isEqualTo(200);
  }

  @Test
  void anotherAccountThatIsCalledSoHasNoLeasesOfTheFirst() throws Exception {
    JsonNode lease = fixture.lease();
    azure.azure().add(AzureBeside.SUBSCRIPTION, "previews", fixture.account(), Map.of());

    fixture.configure(
        all ->
            all.replace(
                AzureBeside.RESOURCE,
                AzureBeside.RESOURCE.replace(
                    "/resourceGroups/orders/", "/resourceGroups/previews/")));
    // Right behind the change.
    until(() -> state(lease).equals("revoked"));

    assertThat(changes()).hasSize(1);
    assertThat(fixture.readOrder(lease.path("token").textValue()).status()).isEqualTo(401);
    assertThat(fixture.readOrder(fixture.lease().path("token").textValue()).status())
        .isEqualTo(200);
  }

  // --- by a tag ----------------------------------------------------------------------------------

  @Test
  void whatHasTheTagComesAndGoesWithIt() throws Exception {
    preview.tag(TAG, "prod");
    until(() -> notices().contains("“orders-pr-7” in Azure has tag ephemeris-environment=prod"));
    assertThat(names()).containsExactly("orders-prod");

    preview.tag(TAG, "preview-7");
    until(() -> names().equals(List.of("orders-pr-7", "orders-prod")));
    assertThat(notices()).isEmpty();
    JsonNode lease = lease("orders-pr-7");
    String token = lease.path("token").textValue();
    assertThat(fixture.readOrder(token).status()).isEqualTo(200);

    // Whatever becomes of Azure, or of the gateway: it is there as long as nobody says otherwise.
    azure.azure().revoke(azure.gateway());
    azure.mayDo(AzureBeside.RESOURCE);
    azure.mayDo(preview.id());
    fixture.restart();
    until(() -> notices().contains("can't be found out; those that were found there stay"));
    assertThat(fixture.readOrder(token).status()).isEqualTo(200);

    azure.mayDo(AzureBeside.PREVIEWS);
    preview.untag(TAG);
    until(() -> names().equals(List.of("orders-prod")));

    assertThat(fixture.readOrder(token).status()).isEqualTo(401);
    assertThat(state(lease)).isEqualTo("revoked");
    assertThat(changes())
        .containsExactly("orders-pr-7 came found by gateway", "orders-pr-7 went found by gateway");
  }

  // --- by command --------------------------------------------------------------------------------

  @Test
  void whatIsAddedIsThereUntilItsTimeIsOver() throws Exception {
    Instant end =
        fixture.clock().instant().plus(Duration.ofHours(2)).truncatedTo(ChronoUnit.SECONDS);

    Reply added = add(preview.id(), "preview-7", end);
    assertThat(added.status()).describedAs(added.body()).isEqualTo(201);
    assertThat(added.json().path("origin").asText()).isEqualTo("added");
    assertThat(added.json().path("addedBy").asText()).isEqualTo("corp:sub-opal");
    assertThat(Instant.parse(added.json().path("endsAt").asText())).isEqualTo(end);
    JsonNode lease = lease("orders-pr-7");
    String token = lease.path("token").textValue();
    assertThat(fixture.readOrder(token).status()).isEqualTo(200);

    fixture.restart();
    assertThat(fixture.readOrder(token).status()).isEqualTo(200);

    Reply later = add(preview.id(), "preview-8", end.plus(Duration.ofHours(1)));
    assertThat(later.status()).isEqualTo(200);
    assertThat(later.json().path("environment").asText()).isEqualTo("preview-8");
    assertThat(fixture.readOrder(token).status()).isEqualTo(200);

    fixture.clock().advance(Duration.ofHours(3));
    until(() -> names().equals(List.of("orders-prod")));

    assertThat(fixture.readOrder(token).status()).isEqualTo(401);
    assertThat(changes())
        .containsExactly(
            "orders-pr-7 came added by corp:sub-opal",
            "orders-pr-7 changed added by corp:sub-opal",
            "orders-pr-7 went added by gateway");
    assertThat(add(preview.id(), "preview-7", end).status()).isEqualTo(409);
  }

  @Test
  void whatIsAddedCanBeTakenAwayAndNothingElseCan() throws Exception {
    assertThat(add(preview.id(), "preview-7", tomorrow()).status()).isEqualTo(201);
    JsonNode lease = lease("orders-pr-7");

    assertThat(remove("orders-pr-7").status()).isEqualTo(204);

    assertThat(names()).containsExactly("orders-prod");
    assertThat(fixture.readOrder(lease.path("token").textValue()).status()).isEqualTo(401);
    assertThat(fixture.journal("leaseRevoked").getLast().path("by").asText())
        .isEqualTo("corp:sub-opal");
    assertThat(remove("orders-pr-7").status()).isEqualTo(404);
    assertThat(remove("orders-prod").status()).isEqualTo(409);
    assertThat(remove("orders-prod").detail()).contains("The configuration lists it");
    assertThat(changes()).last().isEqualTo("orders-pr-7 went added by corp:sub-opal");
  }

  @Test
  void nobodyChangesWhatTheyHaveNotSeen() throws Exception {
    String empty = fixture.api("GET", "/v1/accounts", fixture.token(OPAL), "").header("etag");
    assertThat(add(preview.id(), "preview-7", empty).status()).isEqualTo(201);
    Reply added = fixture.api("GET", "/v1/accounts/orders-pr-7", fixture.token(OPAL), "");
    assertThat(added.json().path("environment").asText()).isEqualTo("preview-7");

    Reply stale = add(preview.id(), "preview-8", empty);
    assertThat(stale.status()).as(stale.body()).isEqualTo(412);
    assertThat(add(preview.id(), "preview-8", "*").status()).isEqualTo(200);
    Reply removed =
        fixture.api(
            "DELETE",
            "/v1/accounts/orders-pr-7",
            fixture.token(OPAL),
            "",
            Map.of("if-match", added.header("etag")));

    assertThat(removed.status()).isEqualTo(412);
    assertThat(removed.json().path("type").asText()).endsWith(":not-as-seen");
    Reply changed = fixture.api("GET", "/v1/accounts/orders-pr-7", fixture.token(OPAL), "");
    assertThat(changed.json().path("environment").asText()).isEqualTo("preview-8");
    assertThat(
            fixture
                .api(
                    "DELETE",
                    "/v1/accounts/orders-pr-7",
                    fixture.token(OPAL),
                    "",
                    Map.of("if-match", changed.header("etag")))
                .status())
        .isEqualTo(204);
    assertThat(fixture.api("GET", "/v1/accounts/orders-pr-7", fixture.token(OPAL), "").status())
        .isEqualTo(404);
  }

  @Test
  void whatIsUnderWayToAnAccountThatGoesIsAnsweredStill() throws Exception {
    assertThat(add(preview.id(), "preview-7", tomorrow()).status()).isEqualTo(201);
    String token = lease("orders-pr-7").path("token").textValue();
    preview
        .cosmos()
        .faults()
        .next(1, RequestPattern.of("GET", ".*/docs/o1"), new Fault.Delayed(Duration.ofSeconds(3)));

    CompletableFuture<Reply> underWay = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                underWay.complete(fixture.readOrder(token));
              } catch (Exception e) {
                underWay.completeExceptionally(e);
              }
            });
    until(() -> preview.cosmos().faults().armed().isEmpty());
    assertThat(remove("orders-pr-7").status()).isEqualTo(204);
    assertThat(underWay).isNotDone();

    assertThat(fixture.readOrder(token).status()).isEqualTo(401);
    assertThat(underWay.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
  }

  @Test
  void whatTheGatewaysOwnNameStandsForDoesNotChangeWithWhatComes() throws Exception {
    assertThat(add(preview.id(), "preview-7", tomorrow()).status()).isEqualTo(201);
    String own =
        "type=aad&ver=1.0&sig="
            + fixture
                .issuer()
                .accessToken(
                    ALICE,
                    GatewayFixture.CLIENT,
                    claims -> claims.audience("api://ephemeris-data"));

    assertThat(fixture.readOrder(own).status()).isEqualTo(200);
    assertThat(fixture.readOrderAt("orders-pr-7", own).status()).isEqualTo(200);
    assertThat(leasedScopes()).contains("orders-prod:/", "orders-pr-7:/");
    assertThat(fixture.readOrderAt("orders-pr-8", own).status()).isEqualTo(401);
  }

  @Test
  void onlyWhatTheConfigurationLetsCanBeAdded() throws Exception {
    String elsewhere = preview.id().replace("/previews/", "/others/");
    Instant tooLate = fixture.clock().instant().plus(Duration.ofDays(8));

    assertThat(add(preview.id(), "prod", tomorrow()).detail()).contains("in environment “prod”");
    assertThat(add(elsewhere, "preview-7", tomorrow()).detail()).contains("/others/");
    assertThat(add(AzureBeside.RESOURCE, "preview-7", tomorrow()).status()).isEqualTo(409);
    assertThat(add(preview.id(), "preview-7", tooLate).detail()).contains("at the latest");
    assertThat(add(preview.id(), "preview-7", fixture.clock().instant()).status()).isEqualTo(409);
    assertThat(add(preview.id().replace("pr-7", "pr-9"), "preview-7", tomorrow()).detail())
        .contains("Azure knows no account");
    assertThat(add("https://evil.example/", "preview-7", tomorrow()).status()).isEqualTo(400);
    assertThat(
            fixture
                .api(
                    "POST",
                    "/v1/accounts",
                    fixture.token(OPAL),
                    "{\"resourceId\":\""
                        + preview.id()
                        + "\",\"environment\":\"preview-7\",\"endsAt\":\""
                        + tomorrow()
                        + "\",\"endpoint\":\"https://evil.example/\"}")
                .status())
        .isEqualTo(400);
    assertThat(names()).containsExactly("orders-prod");
    assertThat(changes()).isEmpty();
  }

  @Test
  void aRowThatNobodyHasSealedIsNoAccount() throws Exception {
    assertThat(add(preview.id(), "preview-7", tomorrow()).status()).isEqualTo(201);

    fixture.sql("UPDATE account SET endpoint = 'https://evil.example/'");
    until(() -> names().equals(List.of("orders-prod")));

    assertThat(changes()).last().isEqualTo("orders-pr-7 went added by gateway");
  }

  @Test
  void withoutAJournalNothingComes() throws Exception {
    fixture.loseJournal();
    preview.tag(TAG, "preview-7");
    until(() -> rows() == 1);
    assertThat(fixture.gateway()).isNotNull();

    fixture.findJournal();
    until(() -> names().equals(List.of("orders-pr-7", "orders-prod")));

    assertThat(changes()).containsExactly("orders-pr-7 came found by gateway");
  }

  // --- what is asked -----------------------------------------------------------------------------

  private static int rows() throws Exception {
    try (var store = fixture.store();
        var sql = store.createStatement();
        var rows = sql.executeQuery("SELECT count(*) FROM account")) {
      return rows.getInt(1);
    }
  }

  private static String listed(ArmAccount preview) {
    return """
      - name: %s
        environment: preview-7
        endpoint: %s
        keys: { kind: resource-manager }
        resourceId: %s
        caCertificate: %s
    """
        .formatted(
            preview.name(),
            preview.cosmos().endpoint(),
            preview.id(),
            fixture.certificate().authority());
  }

  private static Instant tomorrow() {
    return fixture.clock().instant().plus(Duration.ofDays(1));
  }

  private static Reply add(String resourceId, String environment, Instant endsAt) throws Exception {
    return fixture.api(
        "POST",
        "/v1/accounts",
        fixture.token(OPAL),
        """
        {"resourceId": "%s", "environment": "%s", "endsAt": "%s"}
        """
            .formatted(resourceId, environment, endsAt));
  }

  private static Reply add(String resourceId, String environment, String seen) throws Exception {
    return fixture.api(
        "POST",
        "/v1/accounts",
        fixture.token(OPAL),
        """
        {"resourceId": "%s", "environment": "%s", "endsAt": "%s"}
        """
            .formatted(resourceId, environment, tomorrow()),
        Map.of("if-match", seen));
  }

  private static Reply remove(String account) throws Exception {
    return fixture.api("DELETE", "/v1/accounts/" + account, fixture.token(OPAL), "");
  }

  private static JsonNode lease(String account) throws Exception {
    Reply reply =
        fixture.api(
            "POST",
            "/v1/leases",
            fixture.token(ALICE),
            """
            {"scope": "%s:/dbs/shop/colls/orders", "role": "data-reader", "ttlSeconds": 3600}
            """
                .formatted(account));
    assertThat(reply.status()).describedAs(reply.body()).isEqualTo(201);
    return reply.json();
  }

  private static String state(JsonNode lease) throws Exception {
    String id = lease.at("/lease/id").textValue();
    return fixture
        .api("GET", "/v1/leases/" + id, fixture.token(ALICE), "")
        .json()
        .path("state")
        .asText();
  }

  private static List<String> leasedScopes() throws Exception {
    return StreamSupport.stream(
            fixture
                .api("GET", "/v1/leases", fixture.token(ALICE), "")
                .json()
                .path("leases")
                .spliterator(),
            false)
        .map(lease -> lease.path("scope").asText())
        .toList();
  }

  private static JsonNode accounts() throws Exception {
    return all().path("accounts");
  }

  private static JsonNode all() throws Exception {
    return fixture.api("GET", "/v1/accounts", fixture.token(OPAL), "").json();
  }

  private static List<String> names() throws Exception {
    return StreamSupport.stream(accounts().spliterator(), false)
        .map(account -> account.path("account").asText())
        .toList();
  }

  private static String notices() throws Exception {
    return String.join(
        "\n",
        StreamSupport.stream(all().path("notices").spliterator(), false)
            .map(JsonNode::asText)
            .toList());
  }

  private List<String> changes() throws IOException {
    return fixture.journal("accountChanged").stream()
        .skip(before)
        .map(
            change ->
                change.path("account").asText()
                    + " "
                    + change.path("change").asText()
                    + " "
                    + change.path("origin").asText()
                    + " by "
                    + change.path("by").asText())
        .toList();
  }

  private static void until(Callable<Boolean> holds) throws Exception {
    Instant end = Instant.now().plusSeconds(30);
    while (!holds.call()) {
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(50);
    }
  }
}
