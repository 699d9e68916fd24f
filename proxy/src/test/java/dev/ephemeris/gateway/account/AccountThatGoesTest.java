package dev.ephemeris.gateway.account;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.CLIENT;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.AzureBeside;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.custody.AccountRoles;
import dev.ephemeris.gateway.custody.AzureResources;
import dev.ephemeris.simulator.azure.ArmAccount;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of leases by which clients go to an account themselves, when it goes. */
class AccountThatGoesTest {

  private static final String ALICES_OBJECT = "0f0e1f5a-7d3c-4b6f-9a7e-2b1c3d4e5f60";

  private static GatewayFixture fixture;
  private static AzureBeside azure;
  private static ArmAccount preview;

  /** Somebody else's view of the account's roles. */
  private static AccountRoles roles;

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
    fixture.configure(
        text ->
            text.replace(
                "userAnnotation: example.com/subject",
                "userAnnotation: example.com/subject\n    objectIdClaim: oid"));
    azure =
        new AzureBeside(
            fixture,
            "Microsoft.DocumentDB/databaseAccounts/read",
            "Microsoft.DocumentDB/databaseAccounts/listKeys/action",
            "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions/*",
            "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/*");
    azure.azure().tenant().addObject(ALICES_OBJECT);
    AzureBeside.letTheTeamReadPreviews(fixture);
    preview = azure.preview(fixture, "orders-pr-7", Map.of());
    azure.letCome(
        fixture, "longest: 7d, lanes: [proxy, token, rbac], keys: { kind: resource-manager }");
    roles =
        AzureResources.of(fixture.configuration().azure().orElseThrow())
            .roles(ResourceId.parse(preview.id()));
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
    azure.close();
  }

  @BeforeEach
  void add() throws Exception {
    Reply added =
        fixture.api(
            "POST",
            "/v1/accounts",
            fixture.token(OPAL),
            """
            {"resourceId": "%s", "environment": "preview-7", "endsAt": "%s"}
            """
                .formatted(preview.id(), fixture.clock().instant().plus(Duration.ofDays(1))));
    assertThat(added.status()).describedAs(added.body()).isEqualTo(201);
  }

  @AfterEach
  void takeAway() throws Exception {
    Reply unused = remove();
  }

  @Test
  void rolesOfItsLeasesAreTakenAway() throws Exception {
    JsonNode issued = lease("rbac");
    assertThat(roles.list().assignments())
        .extracting(assignment -> assignment.principal().toString())
        .containsExactly(ALICES_OBJECT);

    assertThat(remove().status()).isEqualTo(204);

    until(() -> roles.list().assignments().isEmpty());
    assertThat(state(issued)).isEqualTo("revoked");
    assertThat(fixture.journal("roleUnassigned").getLast().path("assignmentId").asText())
        .isEqualTo(issued.at("/lease/atAccount/assignmentIds/0").asText());
  }

  /** Azure's being away for a while changes nothing of that. */
  @Test
  void rolesAreTakenAwayOnceAzureLets() throws Exception {
    JsonNode issued = lease("rbac");
    azure.azure().revoke(azure.gateway());
    assertThat(remove().status()).isEqualTo(204);
    assertThat(state(issued)).isEqualTo("revoked");
    until(() -> !troubles().isEmpty());

    azure.mayDo(AzureBeside.RESOURCE);
    azure.mayDo(AzureBeside.PREVIEWS);

    until(() -> roles.list().assignments().isEmpty());
  }

  /** Whatever becomes of it meanwhile: nobody else takes these roles away. */
  @Test
  void whatIsStillToBeTakenAwayIsNotForgottenWhenItGoesAgain() throws Exception {
    JsonNode issued = lease("rbac");
    azure.azure().revoke(azure.gateway());
    azure
        .azure()
        .grant(azure.gateway(), AzureBeside.PREVIEWS, "Microsoft.DocumentDB/databaseAccounts/read");
    assertThat(remove().status()).isEqualTo(204);
    assertThat(state(issued)).isEqualTo("revoked");
    until(() -> !troubles().isEmpty());
    String first = troubles().getFirst();
    fixture.clock().advance(Duration.ofSeconds(1));

    add();
    assertThat(remove().status()).isEqualTo(204);

    assertThat(troubles()).containsExactly(first);
    azure.mayDo(AzureBeside.RESOURCE);
    azure.mayDo(AzureBeside.PREVIEWS);
    until(() -> troubles().isEmpty());
    until(() -> roles.list().assignments().isEmpty());
  }

  @Test
  void whatComesBackMeanwhileHasTheRolesOfItsLeasesThen() throws Exception {
    JsonNode before = lease("rbac");
    azure.azure().revoke(azure.gateway());
    azure
        .azure()
        .grant(azure.gateway(), AzureBeside.PREVIEWS, "Microsoft.DocumentDB/databaseAccounts/read");
    assertThat(remove().status()).isEqualTo(204);
    until(() -> !troubles().isEmpty());
    add();
    azure.mayDo(AzureBeside.RESOURCE);
    azure.mayDo(AzureBeside.PREVIEWS);

    JsonNode now = lease("rbac");
    until(() -> troubles().isEmpty());

    assertThat(state(before)).isEqualTo("revoked");
    assertThat(state(now)).isEqualTo("active");
    assertThat(roles.list().assignments())
        .extracting(assignment -> assignment.principal().toString())
        .containsExactly(ALICES_OBJECT);
  }

  /** Since when which account's roles can't be seen to. */
  private static List<String> troubles() throws Exception {
    return Pattern.compile("Roles in account “orders-pr-7” can't be seen to since \\S+:")
        .matcher(fixture.send(HttpRequest.newBuilder(fixture.managementHealth())).body())
        .results()
        .map(MatchResult::group)
        .toList();
  }

  @Test
  void leasesWithATokenOfTheAccountsEndAndTheTokenGoesOn() throws Exception {
    JsonNode issued = lease("token");
    String token = issued.path("token").asText();
    assertThat(readItself(token)).isEqualTo(200);

    assertThat(remove().status()).isEqualTo(204);

    assertThat(state(issued)).isEqualTo("revoked");
    Reply renewed =
        fixture.api(
            "POST", "/v1/leases/" + issued.at("/lease/id").asText() + "/renewals", alice(), "{}");
    assertThat(renewed.status()).describedAs(renewed.body()).isEqualTo(409);
    assertThat(readItself(token)).isEqualTo(200);
  }

  private static Reply remove() throws Exception {
    return fixture.api("DELETE", "/v1/accounts/orders-pr-7", fixture.token(OPAL), "");
  }

  private static JsonNode lease(String lane) throws Exception {
    Reply reply =
        fixture.api(
            "POST",
            "/v1/leases",
            alice(),
            """
            {"scope": "orders-pr-7:/dbs/shop/colls/orders", "lane": "%s"}
            """
                .formatted(lane));
    assertThat(reply.status()).describedAs(reply.body()).isEqualTo(201);
    return reply.json();
  }

  /** The status with which the account itself lets somebody read the order, or doesn't. */
  private static int readItself(String token) throws Exception {
    return fixture
        .send(
            HttpRequest.newBuilder(
                    preview.cosmos().endpoint().resolve("/dbs/shop/colls/orders/docs/o1"))
                .header("authorization", URLEncoder.encode(token, StandardCharsets.UTF_8))
                .header(
                    "x-ms-date",
                    DateTimeFormatter.RFC_1123_DATE_TIME
                        .withLocale(Locale.ROOT)
                        .format(fixture.clock().instant().atZone(ZoneOffset.UTC)))
                .header("x-ms-version", "2020-07-15")
                .header("x-ms-documentdb-partitionkey", "[\"c1\"]"))
        .status();
  }

  private static String state(JsonNode issued) throws Exception {
    String id = issued.at("/lease/id").textValue();
    return fixture.api("GET", "/v1/leases/" + id, alice(), "").json().path("state").asText();
  }

  private static String alice() {
    return fixture
        .issuer()
        .accessToken(
            ALICE,
            CLIENT,
            claims ->
                claims
                    .claim("oid", ALICES_OBJECT)
                    .claim("tid", AzureBeside.TENANT)
                    .expirationTime(Date.from(fixture.clock().instant().plus(1, ChronoUnit.DAYS))));
  }

  private static void until(Callable<Boolean> holds) throws Exception {
    Instant end = Instant.now().plusSeconds(30);
    while (!holds.call()) {
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(50);
    }
  }
}
