package dev.ephemeris.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.api.ExchangeForm.Read;
import dev.ephemeris.gateway.oauth.OAuthError;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever a form says, it is read in one way or refused. */
class ExchangeFormTest {

  private static final String TYPE = "urn:ietf:params:oauth:token-type:access_token";

  /** What a good form says, each with other things that are said there. */
  private static final Map<String, List<String>> SAID =
      Map.of(
          "grant_type", List.of(ExchangeForm.GRANT_TYPE, "client_credentials", ""),
          "subject_token", List.of("a.b.c", "a.b.c", "", "\0", "x".repeat(9_000)),
          "subject_token_type", List.of(TYPE, TYPE, "urn:ietf:params:oauth:token-type:id_token"),
          "actor_token", List.of("d.e.f", ""),
          "actor_token_type", List.of(TYPE, "", "jwt"),
          "requested_token_type", List.of(ExchangeForm.LEASE, TYPE),
          "resource", List.of("https://orders"),
          "scope", List.of("openid", ""),
          "client_secret", List.of("s", ""),
          "other", List.of("anything", ""));

  private static Vertx vertx = Vertx.vertx();
  private static ExchangeForm form = new ExchangeForm(request -> Optional.empty());

  @BeforeContainer
  static void load() {
    form = new ExchangeForm(Api.leaseRequest(Contract.published().load(vertx).await()));
  }

  @AfterContainer
  static void stop() {
    vertx.close().await();
  }

  /** A form, with the parameters of which it has two. */
  record Said(List<Map.Entry<String, String>> parameters) {
    MultiMap map() {
      MultiMap map = MultiMap.caseInsensitiveMultiMap();
      parameters.forEach(each -> map.add(each.getKey(), each.getValue()));
      return map;
    }

    List<String> all(String name) {
      return parameters.stream()
          .filter(each -> each.getKey().equals(name))
          .map(Map.Entry::getValue)
          .toList();
    }
  }

  @Property(tries = 3000)
  void isReadInOneWayOrRefused(@ForAll("forms") Said said) {
    switch (form.read(said.map())) {
      case Read.Refused(OAuthError error) -> {
        assertThat(error.code())
            .isIn(
                OAuthError.Code.INVALID_REQUEST,
                OAuthError.Code.UNSUPPORTED_GRANT_TYPE,
                OAuthError.Code.INVALID_TARGET,
                OAuthError.Code.INVALID_AUTHORIZATION_DETAILS);
      }
      case Read.Asked asked -> {
        assertThat(said.parameters().stream().map(Map.Entry::getKey)).doesNotHaveDuplicates();
        assertThat(said.all("grant_type")).containsExactly(ExchangeForm.GRANT_TYPE);
        assertThat(said.all("subject_token")).containsExactly(asked.subjectToken());
        assertThat(said.all("subject_token_type")).containsExactly(TYPE);
        assertThat(said.all("resource")).isEmpty();
        assertThat(asked.actorToken().stream().toList())
            .isEqualTo(said.all("actor_token").stream().filter(t -> !t.isEmpty()).toList());
        JsonObject one =
            new JsonArray(said.all("authorization_details").getFirst()).getJsonObject(0);
        assertThat(one.fieldNames()).isSubsetOf("type", "scope", "role", "ttlSeconds", "reason");
        assertThat(asked.lease().scope()).hasToString(one.getString("scope"));
        assertThat(asked.toString()).doesNotContain("a.b.c", "d.e.f");
      }
    }
  }

  /** Most of them near to good, so that good ones come often. */
  @Property(tries = 500)
  void takesWhatIsGood(@ForAll("details") String details) {
    MultiMap map =
        new Said(
                List.of(
                    Map.entry("grant_type", ExchangeForm.GRANT_TYPE),
                    Map.entry("subject_token", "a.b.c"),
                    Map.entry("subject_token_type", TYPE),
                    Map.entry("authorization_details", details)))
            .map();

    assertThat(form.read(map) instanceof Read.Asked).as(details).isEqualTo(isGood(details));
  }

  /** By another reader, which takes a member twice: that none has here. */
  private static boolean isGood(String details) {
    try {
      JsonArray array = new JsonArray(details);
      return array.size() == 1
          && array.getValue(0) instanceof JsonObject one
          && "ephemeris-lease".equals(one.getValue("type"))
          && Set.of("orders-prod:/", "orders-prod:/dbs/shop").contains(one.getValue("scope"))
          && Set.of("type", "scope", "role", "ttlSeconds", "reason").containsAll(one.fieldNames())
          && one.getValue("role", "a") instanceof String role
          && !role.isBlank()
          && one.getValue("reason", "a") instanceof String reason
          && !reason.isBlank()
          && one.getValue("ttlSeconds", 1) instanceof Integer ttl
          && ttl > 0;
    } catch (DecodeException notJson) {
      return false;
    }
  }

  @Provide
  Arbitrary<Said> forms() {
    Arbitrary<Map.Entry<String, String>> parameter =
        Arbitraries.of(SAID.keySet())
            .flatMap(
                name ->
                    Arbitraries.of(SAID.getOrDefault(name, List.of("")))
                        .map(value -> Map.entry(name, value)));
    return Combinators.combine(
            Arbitraries.of(true, true, true, false), parameter.list().ofMaxSize(3), details())
        .as(
            (whole, more, details) -> {
              List<Map.Entry<String, String>> all = new ArrayList<>(more);
              if (whole) {
                all.add(Map.entry("grant_type", ExchangeForm.GRANT_TYPE));
                all.add(Map.entry("subject_token", "a.b.c"));
                all.add(Map.entry("subject_token_type", TYPE));
              }
              all.add(Map.entry("authorization_details", details));
              return new Said(all);
            });
  }

  @Provide
  Arbitrary<String> details() {
    Arbitrary<Object> values =
        Arbitraries.<Object>of(
            "ephemeris-lease",
            "orders-prod:/",
            "orders-prod:/dbs/shop",
            "orders",
            "",
            1,
            -1,
            1.5,
            true,
            new JsonObject(),
            new JsonArray());
    Arbitrary<JsonObject> objects =
        Combinators.combine(
                Arbitraries.of(true, true, true, false),
                Arbitraries.of("orders-prod:/", "orders-prod:/dbs/shop", "orders"),
                Arbitraries.maps(
                        Arbitraries.of("role", "ttlSeconds", "reason", "actions", "type"), values)
                    .ofMaxSize(2))
            .as(
                (typed, scope, more) -> {
                  JsonObject one = new JsonObject().put("scope", scope);
                  more.forEach(one::put);
                  return typed ? one.put("type", "ephemeris-lease") : one;
                });
    Arbitrary<String> arrays =
        objects
            .list()
            .ofMinSize(1)
            .ofMaxSize(1)
            .map(list -> new JsonArray(List.copyOf(list)).encode());
    return Arbitraries.frequencyOf(
        Tuple.of(6, arrays),
        Tuple.of(
            1, objects.list().ofMaxSize(3).map(list -> new JsonArray(List.copyOf(list)).encode())),
        Tuple.of(1, objects.map(JsonObject::encode)),
        Tuple.of(1, Arbitraries.strings().ascii().ofMaxLength(20)));
  }
}
