package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.simulator.issuer.DevelopmentIssuer;
import dev.ephemeris.simulator.issuer.Person;
import java.io.IOException;
import java.nio.file.Files;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Who of the catalog somebody is: by what a verified claim says, as the workload of a Component,
 * and by two issuers as one.
 */
class CatalogIdentitiesTest {

  private static final String BY_SUBJECT = "    userAnnotation: example.com/subject\n";
  private static final String BY_EMAIL =
      """
          userAnnotation: spec.profile.email
          userClaim: email
          require: { email_verified: ["true"] }
      """;

  private final GatewayFixture fixture;

  CatalogIdentitiesTest() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private static Consumer<JWTClaimsSet.Builder> says(String email, Object verified) {
    return claims -> claims.claim("email", email).claim("email_verified", verified);
  }

  private String token(Person person, Consumer<JWTClaimsSet.Builder> claims) {
    return fixture.issuer().accessToken(person, GatewayFixture.CLIENT, claims);
  }

  private Reply lease(String token) throws Exception {
    return fixture.api(
        "POST",
        "/v1/leases",
        token,
        "{\"scope\":\"" + GatewayFixture.ORDERS + "\",\"role\":\"data-reader\"}");
  }

  private int read(Reply lease) throws Exception {
    return fixture.readOrder(lease.json().path("token").textValue()).status();
  }

  // --- by a verified claim -----------------------------------------------------------------------

  private void byEmail() throws Exception {
    fixture.configure(text -> text.replace(BY_SUBJECT, BY_EMAIL));
    fixture.append(
        "org.yaml",
        """
        ---
        apiVersion: backstage.io/v1alpha1
        kind: User
        metadata: { name: bob }
        spec: { profile: { email: Bob@acme.example }, memberOf: [team] }
        """);
    fixture.restart();
  }

  @Test
  void aPersonIsTheUserWhomTheVerifiedAddressNames() throws Exception {
    byEmail();

    Reply given = lease(token(GatewayFixture.BOB, says("Bob@acme.example", true)));

    assertThat(given.status()).isEqualTo(201);
    assertThat(read(given)).isEqualTo(200);
    assertThat(lease(token(GatewayFixture.BOB, says("bob@acme.example", true))).status())
        .isEqualTo(403);
    // Not by what finds people of other issuers.
    assertThat(lease(token(GatewayFixture.ALICE, says("x@acme.example", true))).status())
        .isEqualTo(403);
    // A lease has it from the token that it was given for, also after a restart.
    fixture.restart();
    assertThat(read(given)).isEqualTo(200);
  }

  @Test
  void anAddressThatIsNotVerifiedIsNobodys() throws Exception {
    byEmail();

    assertThat(lease(token(GatewayFixture.BOB, says("Bob@acme.example", false))).status())
        .isEqualTo(401);
    assertThat(
            lease(
                    token(
                        GatewayFixture.BOB,
                        says("Bob@acme.example", true)
                            .andThen(claims -> claims.claim("email_verified", null))))
                .status())
        .isEqualTo(401);
    Reply silent = lease(token(GatewayFixture.BOB, claims -> claims.claim("email", null)));
    assertThat(silent.status()).isEqualTo(401);
    assertThat(silent.detail())
        .contains("it has no claim email, by which the people of issuer corp");
  }

  @Test
  void whoIsFoundByAnAddressIsShutOutAsTheUser() throws Exception {
    byEmail();
    String bob = token(GatewayFixture.BOB, says("Bob@acme.example", true));
    Reply given = lease(bob);
    assertThat(read(given)).isEqualTo(200);
    String org = Files.readString(fixture.folder().resolve("org.yaml"));
    fixture.write(
        "org.yaml",
        org.replace(
            "spec: { memberOf: [platform] }",
            "spec: { profile: { email: o@acme.example }, memberOf: [platform] }"));
    fixture.restart();

    Reply killed =
        fixture.api(
            "POST",
            "/v1/any/kills",
            token(GatewayFixture.OPAL, says("o@acme.example", true)),
            "{\"user\":\"user:default/bob\",\"reason\":\"gone\"}");

    assertThat(killed.json().path("leases").intValue()).isEqualTo(1);
    assertThat(killed.json().path("sessions").intValue()).isEqualTo(1);
    assertThat(read(given)).isNotEqualTo(200);
    assertThat(lease(bob).status()).isEqualTo(401);
    // What was ended stays so, whatever becomes of the block.
    fixture.api(
        "DELETE",
        "/v1/any/blocks/" + killed.json().path("block").asText(),
        token(GatewayFixture.OPAL, says("o@acme.example", true)),
        "");
    assertThat(lease(bob).status()).isEqualTo(401);
  }

  /** Its holder may be in a group that a rule denies something. */
  @Test
  void aLeaseOfBeforeTheClaimWasAskedForHasNoRights() throws Exception {
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: whoever signs in
            for: { issuer: corp }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            ttl: { default: 1h, max: 4h }
          - name: not the team
            effect: deny
            for: { groups: [group:default/team] }
            actions: [reads]
        """);
    fixture.restart();
    Reply before = lease(token(GatewayFixture.BOB, says("Bob@acme.example", true)));
    assertThat(read(before)).isEqualTo(200);

    byEmail();

    assertThat(read(before)).isEqualTo(403);
    assertThat(lease(token(GatewayFixture.BOB, says("Bob@acme.example", true))).status())
        .isEqualTo(403);
    assertThat(read(lease(token(GatewayFixture.ALICE, says("other@acme.example", true)))))
        .isEqualTo(200);
  }

  // --- as a workload -----------------------------------------------------------------------------

  /** What a token says of its holder: {@code app} or {@code user}. */
  private static Consumer<JWTClaimsSet.Builder> is(String type) {
    return claims -> claims.claim("idtyp", type);
  }

  private static final String API =
      """
      ---
      apiVersion: backstage.io/v1alpha1
      kind: Component
      metadata:
        name: orders-api
        annotations: { ephemeris.dev/workload-identity: "corp:sub-bob" }
      spec: { type: service, owner: team }
      """;

  private static final String CONTAINER =
      """
      ---
      apiVersion: backstage.io/v1alpha1
      kind: Resource
      metadata:
        name: orders
        annotations: { ephemeris.dev/scopes: "orders-prod:/dbs/shop/colls/orders" }
      spec: { type: cosmosdb-container, owner: team }
      """;

  /** The rule for these, and a catalog with more in it. */
  private void service(String subjects, String more) throws Exception {
    fixture.configure(
        text -> text.replace(BY_SUBJECT, BY_SUBJECT + "    workloads: { idtyp: [app] }\n"));
    fixture.configure(
        text ->
            text.replace("principal: person", "principal: person\n    persons: { idtyp: [user] }"));
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: the rule
            for: %s
            role: data-reader
            scopes: ["*:/dbs/*/colls/*"]
            ttl: { default: 1h, max: 4h }
        """
            .formatted(subjects));
    fixture.append("org.yaml", more);
    fixture.restart();
  }

  @Test
  void aNewServiceGetsWhatItsOwnerOwnsByTheCatalogAlone() throws Exception {
    service("{ owners: true, principal: workload }", API + CONTAINER);

    Reply given = lease(token(GatewayFixture.BOB, is("app")));

    assertThat(given.status()).isEqualTo(201);
    assertThat(read(given)).isEqualTo(200);
    JsonNode me = fixture.api("GET", "/v1/me", token(GatewayFixture.BOB, is("app")), "").json();
    assertThat(me.path("component").textValue()).isEqualTo("component:default/orders-api");
    assertThat(me.path("ownerGroups").toString()).isEqualTo("[\"group:default/team\"]");
    assertThat(me.path("groups")).isEmpty();
    // Another workload, and a person with the same subject.
    assertThat(lease(token(GatewayFixture.OPAL, is("app"))).status()).isEqualTo(403);
    assertThat(lease(token(GatewayFixture.BOB, is("user"))).status()).isEqualTo(403);
    // Gone from the catalog, gone from the data.
    String org = Files.readString(fixture.folder().resolve("org.yaml"));
    fixture.write("org.yaml", org.replace(API, ""));
    fixture.restart();
    assertThat(read(given)).isEqualTo(403);
  }

  /** A rule for people of a group isn't one for whatever they register. */
  @Test
  void aRuleThatDoesNotNameWorkloadsIsNotForThem() throws Exception {
    service("{ groups: [group:default/team] }", API + CONTAINER);

    assertThat(lease(token(GatewayFixture.BOB, is("app"))).status()).isEqualTo(403);
    assertThat(lease(token(GatewayFixture.ALICE, is("user"))).status()).isEqualTo(201);
  }

  @Test
  void aWorkloadThatTwoClaimIsNeithers() throws Exception {
    service(
        "{ groups: [group:default/team], principal: workload }",
        API
            + API.replace("name: orders-api", "name: grab")
                .replace("owner: team", "owner: platform"));

    assertThat(lease(token(GatewayFixture.BOB, is("app"))).status()).isEqualTo(403);
    String notice =
        "component:default/orders-api and component:default/grab claim the subject of corp:sub-bob"
            + " both, and neither gets it";
    assertThat(fixture.journal("catalogFlawed").getLast().path("notices").toString())
        .contains(notice);
    assertThat(
            fixture
                .api("GET", "/v1/policy", token(GatewayFixture.OPAL, is("user")), "")
                .json()
                .path("notices")
                .toString())
        .contains(notice);
  }

  // --- by two issuers ----------------------------------------------------------------------------

  private static final Person ALICE_THERE =
      new Person("4711", "alice", "Alice Ito", "alice@example.test");

  @Test
  void whoSignsInByTwoIssuersIsOneUserAndShutOutAsOne() throws Exception {
    DevelopmentIssuer partner =
        fixture.issuerBeside("partner", "person", "example.com/partner", GatewayFixture.CLIENT);
    String org = Files.readString(fixture.folder().resolve("org.yaml"));
    fixture.write(
        "org.yaml",
        org.replace(
            "example.com/subject: sub-alice",
            "example.com/subject: sub-alice, example.com/partner: \"4711\""));
    fixture.restart();
    String here = fixture.token(GatewayFixture.ALICE);
    String there = partner.accessToken(ALICE_THERE, GatewayFixture.CLIENT);
    Reply leaseHere = lease(here);
    Reply leaseThere = lease(there);

    JsonNode me = fixture.api("GET", "/v1/me", there, "").json();
    assertThat(me.path("user").textValue()).isEqualTo("user:default/alice");
    assertThat(me.path("linked").toString())
        .isEqualTo("[{\"issuer\":\"corp\",\"value\":\"sub-alice\"}]");
    assertThat(read(leaseHere)).isEqualTo(200);
    assertThat(read(leaseThere)).isEqualTo(200);

    Reply killed =
        fixture.api(
            "POST",
            "/v1/any/kills",
            fixture.token(GatewayFixture.OPAL),
            "{\"user\":\"user:default/alice\",\"reason\":\"gone\"}");

    assertThat(killed.json().path("sessions").intValue()).isEqualTo(2);
    assertThat(killed.json().path("leases").intValue()).isEqualTo(2);
    assertThat(read(leaseHere)).isNotEqualTo(200);
    assertThat(read(leaseThere)).isNotEqualTo(200);
    assertThat(lease(here).status()).isEqualTo(401);
    assertThat(lease(there).status()).isEqualTo(401);
  }
}
