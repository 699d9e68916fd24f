package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.config.ClaimPath;
import dev.ephemeris.config.Origin;
import dev.ephemeris.config.UserField;
import dev.ephemeris.config.UserKey;
import dev.ephemeris.policy.Component;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which entities of a Backstage count, and how long. */
class BackstageCatalogTest {

  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final Identity ALICE =
      new Identity(new PrincipalId("corp", "sub-alice"), PrincipalKind.PERSON, Map.of());
  private static final String OURS = "url:https://git.test/org.yaml";
  private static final String THEIRS = "url:https://git.test/mallory/x.yaml";

  private final BackstageCatalog catalog =
      new BackstageCatalog(
          List.of(Origin.parse(OURS)),
          Map.of("corp", UserKey.subjectIn("example.com/subject")),
          Duration.ofMinutes(5));

  private static JsonNode entity(
      String kind, String name, String origin, String more, String spec) {
    try {
      return new ObjectMapper()
          .readTree(
              "{'kind':'%s','metadata':{'name':'%s','annotations':{'backstage.io/managed-by-origin-location':'%s'%s}},'spec':{%s}}"
                  .formatted(kind, name, origin, more, spec)
                  .replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static JsonNode alice(String origin, String groups) {
    return entity(
        "User",
        "alice",
        origin,
        ",'example.com/subject':'sub-alice'",
        "'memberOf':[" + groups + "]");
  }

  private static JsonNode team(String origin) {
    return entity("Group", "team", origin, "", "");
  }

  private static JsonNode orders(String kind, String name, String origin, String owner) {
    return entity(
        kind,
        name,
        origin,
        ",'ephemeris.dev/scopes':'orders-prod:/dbs/shop/colls/orders'",
        "'owner':'" + owner + "'");
  }

  private void takes(Instant at, JsonNode... entities) {
    catalog.take(Arrays.stream(entities), at);
  }

  private GroupDirectory.CatalogUser found() {
    return catalog.answer().directory().find(ALICE).orElseThrow();
  }

  @Test
  void aGroupOfAnotherOriginIsAsIfNotThere() {
    takes(NOON, alice(OURS, "'team'"), team(THEIRS));

    assertThat(found().groups()).isEmpty();
    assertThat(catalog.answer().others())
        .isEqualTo(new BackstageCatalog.Others(1, List.of(THEIRS)));
  }

  @Test
  void saysWhichObjectInEntraIdAUserIs() {
    JsonNode alice =
        entity(
            "User",
            "alice",
            OURS,
            ",'example.com/subject':'sub-alice',"
                + "'graph.microsoft.com/user-id':'0f0e1f5a-7d3c-4b6f-9a7e-2b1c3d4e5f60'",
            "");
    takes(NOON, alice);

    assertThat(catalog.answer().directory().objectId(ALICE))
        .contains(UUID.fromString("0f0e1f5a-7d3c-4b6f-9a7e-2b1c3d4e5f60"));
    takes(NOON, alice(OURS, ""));
    assertThat(catalog.answer().directory().objectId(ALICE)).isEmpty();
  }

  @Test
  void aUserOfAnotherOriginIsNobodyAndTakesNothingFromWhomItClaimsToBe() {
    JsonNode mallory =
        entity(
            "User", "mallory", THEIRS, ",'example.com/subject':'sub-alice'", "'memberOf':['team']");
    takes(NOON, alice(OURS, "'team'"), team(OURS), mallory);

    assertThat(found().ref()).hasToString("user:default/alice");
    assertThat(found().groups()).hasSize(1);
    takes(NOON, team(OURS), mallory);
    assertThat(catalog.answer().directory().find(ALICE)).isEmpty();
  }

  @Test
  void whatAnotherOriginClaimsIsNobodysAndTakesNothingFromItsOwner() {
    takes(NOON, alice(OURS, ""), orders("Resource", "grab", THEIRS, "user:alice"));
    assertThat(found().owns()).isEmpty();

    takes(
        NOON,
        alice(OURS, ""),
        orders("Resource", "orders", OURS, "user:alice"),
        orders("Component", "grab", THEIRS, "user:mallory"));
    assertThat(found().owns()).hasSize(1);
    assertThat(catalog.answer().directory().notices()).isEmpty();
  }

  private static JsonNode component(String name, String origin) {
    return entity(
        "Component",
        name,
        origin,
        ",'ephemeris.dev/workload-identity':'cluster:uid-1'",
        "'owner':'team'");
  }

  @Test
  void aComponentOfAnotherOriginIsNoWorkloadAndTakesNoneFromAnother() {
    Identity workload =
        new Identity(new PrincipalId("cluster", "uid-1"), PrincipalKind.WORKLOAD, Map.of());
    takes(NOON, team(OURS), component("grab", THEIRS));
    assertThat(catalog.answer().directory().component(workload)).isEmpty();

    takes(NOON, team(OURS), component("orders-api", OURS), component("grab", THEIRS));
    assertThat(catalog.answer().directory().component(workload))
        .map(Component::ref)
        .contains("component:default/orders-api");
    assertThat(catalog.answer().directory().notices()).isEmpty();

    takes(NOON, team(OURS), component("orders-api", OURS), component("grab", OURS));
    assertThat(catalog.answer().directory().component(workload)).isEmpty();
  }

  /** Nobody's address is kept where nobody is found by it; where somebody is, it is the answer. */
  @Test
  void anotherAddressIsAnotherAnswerOnlyWherePeopleAreFoundByIt() {
    BackstageCatalog byEmail =
        new BackstageCatalog(
            List.of(Origin.parse(OURS)),
            Map.of(
                "corp", new UserKey(Optional.of(ClaimPath.parse("email")), new UserField.Email())),
            Duration.ofMinutes(5));
    JsonNode before = alice(OURS, "");
    ((ObjectNode) before.path("spec")).putObject("profile").put("email", "a@acme.example");
    JsonNode after = alice(OURS, "");
    ((ObjectNode) after.path("spec")).putObject("profile").put("email", "b@acme.example");

    takes(NOON, before);
    String digest = catalog.answer().digest();
    takes(NOON, after);
    assertThat(catalog.answer().digest()).isEqualTo(digest);

    byEmail.take(Stream.of(before), NOON);
    digest = byEmail.answer().digest();
    byEmail.take(Stream.of(after), NOON);
    assertThat(byEmail.answer().digest()).isNotEqualTo(digest);
    assertThat(
            byEmail
                .answer()
                .directory()
                .find(
                    new Identity(
                        ALICE.id(), PrincipalKind.PERSON, Map.of("email", "b@acme.example"))))
        .isPresent();
  }

  @Test
  void anEntityWithoutOriginIsOfNone() {
    takes(NOON, alice("", ""));

    assertThat(catalog.answer().directory().find(ALICE)).isEmpty();
    assertThat(catalog.answer().others().examples()).containsExactly("(none)");
  }

  @Test
  void onlyTheKindsThatItAskedForCount() {
    takes(NOON, alice(OURS, ""), orders("System", "orders", OURS, "user:alice"));

    assertThat(found().owns()).isEmpty();
  }

  @Test
  void isTheSameAnswerIfNothingThatMeansAnythingHasChanged() {
    takes(NOON, alice(OURS, "'team'"), team(OURS), team(THEIRS));
    BackstageCatalog.Answer before = catalog.answer();

    takes(
        NOON.plusSeconds(30),
        entity("Group", "team", OURS, ",'backstage.io/edit-url':'x'", "'type':'other'"),
        alice(OURS, "'team'"));
    BackstageCatalog.Answer after = catalog.answer();

    assertThat(after.digest()).isEqualTo(before.digest());
    assertThat(after.directory()).isSameAs(before.directory());

    takes(NOON.plusSeconds(60), team(OURS), alice(OURS, ""));
    assertThat(catalog.answer().digest()).isNotEqualTo(before.digest());
  }

  @Test
  void countsNotBeforeItAnsweredAndNotPastItsFreshness() {
    assertThat(catalog.answer().directory().unavailable(NOON)).isPresent();

    takes(NOON, alice(OURS, ""));
    GroupDirectory directory = catalog.answer().directory();

    assertThat(directory.unavailable(NOON.plusSeconds(299))).isEmpty();
    assertThat(directory.unavailable(NOON.plusSeconds(300)))
        .hasValueSatisfying(why -> assertThat(why).endsWith("hasn't answered since " + NOON));

    takes(NOON.plusSeconds(200), alice(OURS, ""));
    assertThat(directory.unavailable(NOON.plusSeconds(499))).isEmpty();
  }

  /** It may take a while until an answer is in force: the journal has to take it. */
  @Test
  void whatItNoLongerSaysIsNotMadeFreshByWhatItSaysInstead() {
    takes(NOON, alice(OURS, "'team'"), team(OURS));
    GroupDirectory inForce = catalog.answer().directory();
    takes(NOON.plusSeconds(200), alice(OURS, ""), team(OURS));

    assertThat(inForce.unavailable(NOON.plusSeconds(299))).isEmpty();
    assertThat(inForce.unavailable(NOON.plusSeconds(300))).isPresent();

    takes(NOON.plusSeconds(290), alice(OURS, "'team'"), team(OURS));
    assertThat(inForce.unavailable(NOON.plusSeconds(300))).isEmpty();
  }
}
