package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.config.ClaimPath;
import dev.ephemeris.config.UserField;
import dev.ephemeris.config.UserKey;
import dev.ephemeris.gateway.identity.CatalogFiles.CatalogException;
import dev.ephemeris.policy.Component;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.OwnedScope;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.UserRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What entities mean, and what doesn't count of those that are wrong. */
class EntityDirectoryTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, UserKey> KEYS =
      Map.of("corp", UserKey.subjectIn("example.com/subject"));
  private static final Identity ALICE =
      new Identity(new PrincipalId("corp", "sub-alice"), PrincipalKind.PERSON, Map.of());
  private static final String ORDERS = "orders-prod:/dbs/shop/colls/orders";

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static JsonNode user(String name, String memberOf) {
    return json(
        "{'kind':'User','metadata':{'name':'%s','annotations':{'example.com/subject':'sub-%s'}},'spec':{'memberOf':[%s]}}"
            .formatted(name, name, memberOf));
  }

  private static JsonNode group(String name, String spec) {
    return json("{'kind':'Group','metadata':{'name':'%s'},'spec':{%s}}".formatted(name, spec));
  }

  private static JsonNode owned(String kind, String name, String owner, String scopes) {
    return json(
        "{'kind':'%s','metadata':{'name':'%s','annotations':{'ephemeris.dev/scopes':'%s'}},'spec':{'owner':'%s'}}"
            .formatted(kind, name, scopes, owner));
  }

  private static EntityDirectory of(JsonNode... documents) {
    List<Entity> entities = new ArrayList<>();
    List<Flaw> flaws = new ArrayList<>();
    for (JsonNode document : documents) {
      switch (Entity.read(document, "here")) {
        case Entity.Read.Of(Entity entity) -> entities.add(entity);
        case Entity.Read.PassedOver passedOver -> {}
        case Entity.Read.Broken(String what) -> flaws.add(new Flaw.Broken("here", what));
      }
    }
    return EntityDirectory.of(entities, KEYS, flaws);
  }

  private static Set<String> groups(EntityDirectory directory) {
    return directory.find(ALICE).orElseThrow().groups().stream()
        .map(GroupRef::toString)
        .collect(Collectors.toSet());
  }

  private static Set<OwnedScope> owns(EntityDirectory directory) {
    return directory.find(ALICE).orElseThrow().owns();
  }

  @Test
  void aGroupThatIsNotThereGivesNothingAndTheOthersStay() {
    EntityDirectory directory =
        of(user("alice", "'ghosts','team'"), group("team", "'parent':'gone'"));

    assertThat(groups(directory)).containsExactly("group:default/team");
    assertThat(directory.notices())
        .containsExactlyInAnyOrder(
            "here: user:default/alice refers to group:default/ghosts, which isn't there",
            "here: group:default/team refers to group:default/gone, which isn't there");
  }

  @Test
  void whatIsMeantAsAGroupAndIsNoneGivesNothing() {
    EntityDirectory directory = of(user("alice", "'user:bob'"), user("bob", ""));

    assertThat(groups(directory)).isEmpty();
    assertThat(directory.notices())
        .containsExactly("here: user:default/alice: user:default/bob isn't a Group");
  }

  @Test
  void ofTwoEntitiesOfOneReferenceNeitherCounts() {
    EntityDirectory directory =
        of(user("alice", "'team'"), group("team", ""), group("TEAM", "'members':['alice']"));

    assertThat(groups(directory)).isEmpty();
    assertThat(directory.notices()).contains("here: group:default/team is at here too");
  }

  @Test
  void oneBadScopeTakesAllOfItsEntity() {
    EntityDirectory directory =
        of(
            user("alice", "'team'"),
            group("team", ""),
            owned("Resource", "orders", "team", ORDERS + "\\n*:/"),
            owned("Component", "items", "team", "orders-prod:/dbs/shop/colls/items"));

    assertThat(owns(directory))
        .containsExactly(new OwnedScope("orders-prod:/dbs/shop/colls/items"));
    assertThat(directory.notices())
        .singleElement()
        .asString()
        .startsWith("here: ephemeris.dev/scopes of resource:default/orders: nobody owns all of");
  }

  @Test
  void whatHasAnOwnerThatIsNotThereIsNobodys() {
    EntityDirectory directory =
        of(user("alice", ""), owned("Resource", "orders", "user:gone", ORDERS));

    assertThat(directory.catalog().owned()).isEmpty();
    assertThat(directory.notices())
        .containsExactly(
            "here: resource:default/orders refers to user:default/gone, which isn't there");
  }

  @Test
  void ofTwoThatClaimOneScopeNeitherCounts() {
    EntityDirectory directory =
        of(
            user("alice", "'team'"),
            group("team", ""),
            group("others", ""),
            owned("Resource", "orders", "team", ORDERS + "\\norders-prod:/dbs/mine"),
            owned("Component", "grab", "others", " " + ORDERS + " "));

    assertThat(owns(directory)).containsExactly(new OwnedScope("orders-prod:/dbs/mine"));
    assertThat(directory.notices())
        .containsExactly(
            "here: resource:default/orders and component:default/grab claim "
                + ORDERS
                + " both, and neither gets it");
  }

  @Test
  void anEntityMayNameItsScopeTwice() {
    EntityDirectory directory =
        of(
            user("alice", "'team'"),
            group("team", ""),
            owned("Resource", "orders", "team", ORDERS + "\\n" + ORDERS));

    assertThat(owns(directory)).containsExactly(new OwnedScope(ORDERS));
    assertThat(directory.notices()).isEmpty();
  }

  @Test
  void ofTwoUsersThatClaimOneSubjectNeitherCounts() {
    EntityDirectory directory =
        of(
            user("alice", ""),
            json(user("mallory", "").toString().replace("sub-mallory", "sub-alice")));

    assertThat(directory.find(ALICE)).isEmpty();
    assertThat(directory.notices())
        .containsExactly(
            "here: user:default/alice and user:default/mallory claim the subject of corp:sub-alice"
                + " both, and neither gets it");
  }

  private static EntityDirectory by(UserKey key, JsonNode... documents) {
    return EntityDirectory.of(
        Arrays.stream(documents)
            .map(document -> ((Entity.Read.Of) Entity.read(document, "here")).entity())
            .toList(),
        Map.of("corp", key, "partner", UserKey.subjectIn("example.com/subject")));
  }

  private static JsonNode withEmail(String name, String email) {
    return json(
        "{'kind':'User','metadata':{'name':'%s','annotations':{'example.com/subject':'sub-%s'}},'spec':{'profile':{'email':'%s'},'memberOf':[]}}"
            .formatted(name, name, email));
  }

  private static Identity saying(String claim, String value) {
    return new Identity(ALICE.id(), PrincipalKind.PERSON, Map.of(claim, value));
  }

  private static final UserKey BY_EMAIL =
      new UserKey(Optional.of(ClaimPath.parse("email")), new UserField.Email());

  @Test
  void findsAUserByWhatAClaimSaysExactlyAndByNothingElse() {
    EntityDirectory directory = by(BY_EMAIL, withEmail("alice", "Alice@acme.example"));

    assertThat(directory.find(saying("email", "Alice@acme.example")))
        .map(user -> user.ref().toString())
        .contains("user:default/alice");
    assertThat(directory.find(saying("email", "alice@acme.example"))).isEmpty();
    assertThat(directory.find(saying("mail", "Alice@acme.example"))).isEmpty();
    // Its subject, which another issuer is asked for, is in the annotation.
    assertThat(directory.find(ALICE)).isEmpty();
    assertThat(
            directory.find(
                new Identity(
                    ALICE.id(), PrincipalKind.WORKLOAD, Map.of("email", "Alice@acme.example"))))
        .isEmpty();
    assertThat(
            directory.find(
                new Identity(
                    new PrincipalId("partner", "sub-alice"),
                    PrincipalKind.PERSON,
                    Map.of("email", "x@acme.example"))))
        .isPresent();
  }

  @Test
  void ofTwoUsersWithOneAddressNeitherCounts() {
    EntityDirectory directory =
        by(BY_EMAIL, withEmail("alice", "a@acme.example"), withEmail("mallory", "a@acme.example"));

    assertThat(directory.find(saying("email", "a@acme.example"))).isEmpty();
    assertThat(directory.notices())
        .containsExactly(
            "here: user:default/alice and user:default/mallory claim email a@acme.example of issuer"
                + " corp both, and neither gets it");
  }

  @Test
  void comparesANameAsItIsWritten() {
    UserKey byName = new UserKey(Optional.of(ClaimPath.parse("login")), new UserField.Name());
    EntityDirectory directory = by(byName, user("Alice", ""));

    assertThat(directory.find(saying("login", "Alice"))).isPresent();
    assertThat(directory.find(saying("login", "alice"))).isEmpty();
  }

  @Test
  void doesNotGuessWhoSomebodyIsOfWhomItIsNotTold() {
    EntityDirectory directory = by(BY_EMAIL, withEmail("alice", "a@acme.example"));

    assertThat(directory.isUntold(ALICE)).isTrue();
    assertThat(directory.isUntold(saying("email", "b@acme.example"))).isFalse();
    assertThat(directory.isUntold(new Identity(ALICE.id(), PrincipalKind.WORKLOAD, Map.of())))
        .isFalse();
    assertThat(of(user("alice", "")).isUntold(ALICE)).isFalse();
  }

  @Test
  void knowsByWhatElseAUserIsFound() {
    EntityDirectory directory =
        by(BY_EMAIL, withEmail("alice", "a@acme.example"), withEmail("bob", "b@acme.example"));

    assertThat(directory.linked(UserRef.parse("user:alice")))
        .containsExactly(
            new Linked("corp", Optional.of("email"), "a@acme.example"),
            new Linked("partner", Optional.empty(), "sub-alice"));
  }

  private static JsonNode workload(String kind, String name, String owner, String identities) {
    return json(
        "{'kind':'%s','metadata':{'name':'%s','annotations':{'ephemeris.dev/workload-identity':'%s'}},'spec':{'owner':'%s'}}"
            .formatted(kind, name, identities, owner));
  }

  private static Identity workload(String subject) {
    return new Identity(new PrincipalId("cluster", subject), PrincipalKind.WORKLOAD, Map.of());
  }

  @Test
  void aComponentIsTheWorkloadsThatItNames() {
    EntityDirectory directory =
        of(
            group("division", ""),
            group("team", "'parent':'division'"),
            owned("Resource", "orders", "team", ORDERS),
            owned("Resource", "all", "division", "orders-prod:/dbs/shop"),
            workload("Component", "orders-api", "team", "cluster:uid-1\\n cluster:uid:2 "));

    Component api = directory.component(workload("uid-1")).orElseThrow();
    assertThat(api.ref()).isEqualTo("component:default/orders-api");
    assertThat(api.groups())
        .extracting(GroupRef::toString)
        .containsExactlyInAnyOrder("group:default/team", "group:default/division");
    // What is its owner's, and not what is whose part its owner is.
    assertThat(api.owns()).containsExactly(new OwnedScope(ORDERS));
    assertThat(directory.component(workload("uid:2"))).contains(api);
    assertThat(directory.component(workload("uid-3"))).isEmpty();
    assertThat(
            directory.component(
                new Identity(new PrincipalId("corp", "uid-1"), PrincipalKind.WORKLOAD, Map.of())))
        .isEmpty();
    assertThat(
            directory.component(
                new Identity(workload("uid-1").id(), PrincipalKind.PERSON, Map.of())))
        .isEmpty();
    assertThat(directory.find(workload("uid-1"))).isEmpty();
    assertThat(directory.notices()).isEmpty();
  }

  @Test
  void ofTwoThatClaimOneWorkloadNeitherCounts() {
    EntityDirectory directory =
        of(
            group("team", ""),
            group("others", ""),
            workload("Component", "orders-api", "team", "cluster:uid-1"),
            workload("Resource", "grab", "others", "cluster:uid-1\\ncluster:uid-2"));

    assertThat(directory.component(workload("uid-1"))).isEmpty();
    assertThat(directory.component(workload("uid-2"))).isPresent();
    assertThat(directory.notices())
        .containsExactly(
            "here: component:default/orders-api and resource:default/grab claim the subject of"
                + " cluster:uid-1 both, and neither gets it");
  }

  @Test
  void ofAUserAndAComponentThatClaimOneSubjectNeitherCounts() {
    EntityDirectory directory =
        of(
            user("alice", ""),
            group("team", ""),
            workload("Component", "grab", "team", "corp:sub-alice"));

    assertThat(directory.find(ALICE)).isEmpty();
    assertThat(directory.component(new Identity(ALICE.id(), PrincipalKind.WORKLOAD, Map.of())))
        .isEmpty();
  }

  @Test
  void aComponentThatIsNotRightIsNoWorkload() {
    EntityDirectory directory =
        of(
            group("team", ""),
            workload("Component", "a", "gone", "cluster:uid-1"),
            workload("Component", "b", "team", "cluster:uid-2\\nnonsense"),
            workload("Group", "c", "team", "cluster:uid-3"));

    assertThat(directory.component(workload("uid-1"))).isEmpty();
    assertThat(directory.component(workload("uid-2"))).isEmpty();
    assertThat(directory.component(workload("uid-3"))).isEmpty();
    assertThat(directory.notices())
        .containsExactly(
            "here: component:default/a refers to group:default/gone, which isn't there",
            "here: ephemeris.dev/workload-identity of component:default/b: expected issuer:subject,"
                + " and not 'nonsense'");
  }

  /** What API and files say alike, they mean alike. */
  @Property(tries = 300)
  void meansTheSameFromFiles(@ForAll("catalogs") List<JsonNode> documents) {
    EntityDirectory fromApi = of(documents.toArray(JsonNode[]::new));
    String text = documents.stream().map(JsonNode::toString).collect(Collectors.joining("\n---\n"));
    try {
      EntityDirectory fromFile = CatalogFiles.parse(List.of(new CatalogSource("file", text)), KEYS);

      assertThat(fromFile.users()).isEqualTo(fromApi.users());
      assertThat(fromFile.catalog()).isEqualTo(fromApi.catalog());
    } catch (CatalogException e) {
      assertThat(fromApi.flaws()).anyMatch(Flaw.Broken.class::isInstance);
    }
  }

  /** Whoever registers something can add what is theirs, and take nothing by being wrong. */
  @Property(tries = 300)
  void whatIsBrokenTakesNothingFromOthers(@ForAll("catalogs") List<JsonNode> documents) {
    JsonNode broken =
        owned("Resource", "broken", "nobody-knows-whom", "nonsense " + documents.size());
    List<JsonNode> more = new ArrayList<>(documents);
    more.add(broken);

    EntityDirectory without = of(documents.toArray(JsonNode[]::new));
    EntityDirectory with = of(more.toArray(JsonNode[]::new));

    assertThat(with.users()).isEqualTo(without.users());
    assertThat(with.catalog()).isEqualTo(without.catalog());
    assertThat(with.flaws()).hasSizeGreaterThan(without.flaws().size());
  }

  @Property(tries = 1000)
  void readsAnyJson(@ForAll("anything") JsonNode document, @ForAll("anything") JsonNode other) {
    assertThatCode(
            () -> {
              EntityDirectory directory = of(document, user("alice", "'team'"), other);
              assertThat(directory.notices()).allMatch(notice -> notice.startsWith("here: "));
            })
        .doesNotThrowAnyException();
  }

  @Provide
  Arbitrary<List<JsonNode>> catalogs() {
    Arbitrary<String> names = Arbitraries.of("a", "b", "c", "D");
    Arbitrary<String> refs =
        Arbitraries.of("a", "b", "c", "d", "group:a", "group:default/b", "user:c", "GROUP:D");
    Arbitrary<String> lists =
        refs.list()
            .ofMaxSize(3)
            .map(l -> l.stream().collect(Collectors.joining("','", "'", "'")))
            .map(text -> text.equals("''") ? "" : text);
    Arbitrary<JsonNode> users = Combinators.combine(names, lists).as(EntityDirectoryTest::user);
    Arbitrary<JsonNode> groups =
        Combinators.combine(names, Arbitraries.of("members", "children"), lists, refs)
            .as(
                (name, key, list, parent) ->
                    group(name, "'%s':[%s],'parent':'%s'".formatted(key, list, parent)));
    Arbitrary<JsonNode> things =
        Combinators.combine(
                Arbitraries.of("Resource", "Component"),
                names,
                refs,
                Arbitraries.of(ORDERS, "*:/dbs/shop", "a-b-c:/", "nonsense", ""))
            .as(EntityDirectoryTest::owned);
    Arbitrary<JsonNode> workloads =
        Combinators.combine(
                Arbitraries.of("Resource", "Component"),
                names,
                refs,
                Arbitraries.of("cluster:1", "corp:sub-a", "cluster:2\\ncluster:1", "nonsense", ""))
            .as(EntityDirectoryTest::workload);
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(3, users),
            net.jqwik.api.Tuple.of(3, groups),
            net.jqwik.api.Tuple.of(1, things),
            net.jqwik.api.Tuple.of(1, workloads))
        .list()
        .ofMaxSize(8);
  }

  /** Entities, with anything in the place of anything. */
  @Provide
  Arbitrary<JsonNode> anything() {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    Arbitrary<JsonNode> leaves =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(8).map(text -> (JsonNode) nodes.textNode(text)),
            Arbitraries.of(
                    "team", "group:team", "user:alice", ":", "/", "a:b:c/d/e", "\u212A", ORDERS)
                .map(text -> (JsonNode) nodes.textNode(text)),
            Arbitraries.integers().map(number -> (JsonNode) nodes.numberNode(number)),
            Arbitraries.of(true, false).map(yes -> (JsonNode) nodes.booleanNode(yes)),
            Arbitraries.just((JsonNode) nodes.nullNode()));
    Arbitrary<JsonNode> values =
        Arbitraries.oneOf(
            leaves,
            leaves.list().ofMaxSize(3).map(items -> (JsonNode) nodes.arrayNode().addAll(items)),
            leaves.map(leaf -> nodes.objectNode().set("a", leaf)));
    Arbitrary<JsonNode> annotations =
        Combinators.combine(values, values)
            .as(
                (scopes, subject) ->
                    nodes
                        .objectNode()
                        .<ObjectNode>set("ephemeris.dev/scopes", scopes)
                        .set("example.com/subject", subject));
    Arbitrary<JsonNode> metadata =
        Combinators.combine(values, values, Arbitraries.oneOf(annotations, values))
            .as(
                (name, namespace, written) ->
                    nodes
                        .objectNode()
                        .<ObjectNode>set("name", name)
                        .<ObjectNode>set("namespace", namespace)
                        .set("annotations", written));
    Arbitrary<JsonNode> spec =
        Combinators.combine(values, values, values, values, values)
            .as(
                (memberOf, members, parent, children, owner) ->
                    nodes
                        .objectNode()
                        .<ObjectNode>set("memberOf", memberOf)
                        .<ObjectNode>set("members", members)
                        .<ObjectNode>set("parent", parent)
                        .<ObjectNode>set("children", children)
                        .set("owner", owner));
    Arbitrary<JsonNode> kinds =
        Arbitraries.oneOf(
            Arbitraries.of("User", "group", "Resource", "COMPONENT")
                .map(kind -> (JsonNode) nodes.textNode(kind)),
            values);
    return Combinators.combine(
            kinds, Arbitraries.oneOf(metadata, values), Arbitraries.oneOf(spec, values))
        .as(
            (kind, data, written) ->
                nodes
                    .objectNode()
                    .<ObjectNode>set("kind", kind)
                    .<ObjectNode>set("metadata", data)
                    .set("spec", written));
  }
}
