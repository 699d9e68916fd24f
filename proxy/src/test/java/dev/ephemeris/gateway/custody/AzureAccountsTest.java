package dev.ephemeris.gateway.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.management.exception.ManagementException;
import dev.ephemeris.config.AzureScope;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.simulator.azure.ArmAccount;
import dev.ephemeris.simulator.azure.ReceivedCall;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Azure's accounts, from the simulator's Resource Manager, and from one that answers wrongly. */
class AzureAccountsTest {

  private static final String READ = "Microsoft.DocumentDB/databaseAccounts/read";
  private static final AzureScope SUBSCRIPTION =
      AzureScope.parse("/subscriptions/" + RotationWorld.SUBSCRIPTION);
  private static final AzureScope PREVIEWS =
      AzureScope.parse(SUBSCRIPTION + "/resourceGroups/previews");

  private static final Vertx VERTX = Vertx.vertx();
  private static RotationWorld world;
  private static AzureResources resources;

  private final List<ArmAccount> added = new ArrayList<>();
  private final List<HttpServer> servers = new ArrayList<>();

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    world = new RotationWorld(folder);
    resources = world.resources();
  }

  @AfterAll
  static void stop() {
    world.close();
    VERTX.close().await();
  }

  @AfterEach
  void asAtTheStart() {
    added.forEach(
        account -> {
          world.azure().remove(account);
          account.cosmos().close().await();
        });
    servers.forEach(server -> server.close().await());
    world.azure().pageSize(Integer.MAX_VALUE);
    world.azure().revoke(RotationWorld.GATEWAY.objectId());
    world.azure().grant(RotationWorld.GATEWAY.objectId(), SUBSCRIPTION.toString(), READ);
  }

  private ArmAccount add(String group, String name, Map<String, String> tags) {
    CosmosSimulator cosmos =
        CosmosSimulator.start(
                VERTX,
                new CosmosSimulator.Settings(
                    "127.0.0.1",
                    0,
                    world.certificate().certificate(),
                    world.certificate().privateKey(),
                    name,
                    RotationWorld.FIRST_KEY,
                    world.clock))
            .await();
    ArmAccount account = world.azure().add(RotationWorld.SUBSCRIPTION, group, cosmos, tags);
    added.add(account);
    return account;
  }

  private static List<String> names(List<AzureAccount> accounts) {
    return accounts.stream().map(account -> account.id().account()).toList();
  }

  private static ResourceId id(String group, String name) {
    return new ResourceId(RotationWorld.SUBSCRIPTION, group, name);
  }

  @Test
  void areThoseOfTheSubscriptionOrOfTheGroup() {
    ArmAccount preview = add("Previews", "shop-42", Map.of("Ephemeris-Environment", "preview-42"));

    assertThat(names(resources.accounts(SUBSCRIPTION))).containsExactly("orders-prod", "shop-42");
    assertThat(resources.accounts(PREVIEWS))
        .singleElement()
        .satisfies(
            account -> {
              assertThat(account.id()).hasToString(preview.id());
              assertThat(account.endpoint().uri()).isEqualTo(preview.cosmos().endpoint());
              assertThat(account.tag("ephemeris-environment")).contains("preview-42");
            });
    preview.tag("ephemeris-environment", "preview-43");
    preview.untag("Ephemeris-Environment");
    assertThat(resources.accounts(PREVIEWS).getFirst().tag("ephemeris-environment"))
        .contains("preview-43");
    assertThat(resources.accounts(AzureScope.parse(SUBSCRIPTION + "/resourceGroups/none")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void areThoseOfAllPages(int pageSize) {
    for (String name : List.of("shop-1", "shop-2", "shop-3")) {
      ArmAccount unused = add("previews", name, Map.of());
    }
    world.azure().pageSize(pageSize);

    assertThat(names(resources.accounts(PREVIEWS))).containsExactly("shop-1", "shop-2", "shop-3");
    assertThat(names(resources.accounts(SUBSCRIPTION)))
        .containsExactly("orders-prod", "shop-1", "shop-2", "shop-3");
  }

  @Test
  void thoseOfNoUseAreLeftOutAndNoneBesides() {
    add("previews", "mongo", Map.of()).kind("MongoDB");
    add("previews", "leaving", Map.of()).set("provisioningState", "Deleting");
    add("previews", "graph", Map.of())
        .set("capabilities", JsonArray.of(JsonObject.of("name", "EnableGremlin")));
    ArmAccount odd = add("previews", "an_odd_one", Map.of());
    add("previews", "shop-42", Map.of()).set("provisioningState", "Updating");

    assertThat(names(resources.accounts(PREVIEWS))).containsExactly("shop-42");
    for (String name : List.of("mongo", "leaving", "graph", odd.name())) {
      assertThat(resources.find(id("previews", name))).as(name).isEmpty();
    }
    assertThat(resources.find(id("previews", "shop-42"))).isPresent();
  }

  @Test
  void oneIsFoundByItsIdInAnyCase() {
    ArmAccount preview = add("previews", "shop-42", Map.of("env", "preview-42"));

    assertThat(resources.find(id("PREVIEWS", "Shop-42")))
        .contains(resources.accounts(PREVIEWS).getFirst());
    assertThat(resources.find(id("previews", "shop-43"))).isEmpty();
    assertThat(resources.find(id("shop-rg", "shop-42"))).isEmpty();
    world.azure().remove(preview);
    assertThat(resources.find(id("previews", "shop-42"))).isEmpty();
  }

  @Test
  void whoMayNotReadIsToldSo() {
    world.azure().revoke(RotationWorld.GATEWAY.objectId());

    for (AzureScope scope : List.of(SUBSCRIPTION, PREVIEWS)) {
      assertThatExceptionOfType(ManagementException.class)
          .isThrownBy(() -> resources.accounts(scope))
          .withMessageContaining("accounts in " + scope + ", and answered 403 AuthorizationFailed")
          .matches(e -> e.getResponse().getStatusCode() == 403)
          .matches(e -> e.getValue().getCode().equals("AuthorizationFailed"));
    }
    assertThatExceptionOfType(ManagementException.class)
        .isThrownBy(() -> resources.find(RotationWorld.ID))
        .matches(e -> e.getResponse().getStatusCode() == 403);
  }

  /** A right to a group is none to the subscription. */
  @Test
  void aGroupIsReadWithTheRightToIt() {
    ArmAccount unused = add("previews", "shop-42", Map.of());
    world.azure().revoke(RotationWorld.GATEWAY.objectId());
    world.azure().grant(RotationWorld.GATEWAY.objectId(), PREVIEWS.toString(), READ);

    assertThat(names(resources.accounts(PREVIEWS))).containsExactly("shop-42");
    assertThat(resources.find(id("previews", "shop-42"))).isPresent();
    assertThatExceptionOfType(ManagementException.class)
        .isThrownBy(() -> resources.accounts(SUBSCRIPTION));
  }

  // --- a Resource Manager of the test's, beside the simulator's tokens
  // ------------------------------

  private static JsonObject shown(String group, String name) {
    return new JsonObject()
        .put("id", id(group, name).toString())
        .put("kind", "GlobalDocumentDB")
        .put(
            "properties",
            new JsonObject()
                .put("provisioningState", "Succeeded")
                .put("documentEndpoint", "https://" + name + ".documents.azure.com:443/"));
  }

  /** Answers what the body says, and keeps the authorization of each request. */
  private AzureResources answering(List<String> asked, int status, String... bodies)
      throws Exception {
    HttpServer server =
        VERTX
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .setCertPath(world.certificate().certificate().toString())
                            .setKeyPath(world.certificate().privateKey().toString())))
            .requestHandler(request -> answer(request, asked, status, bodies))
            .listen(0, "127.0.0.1")
            .await();
    servers.add(server);
    return world.resources("https://localhost:" + server.actualPort() + "/");
  }

  private static void answer(
      HttpServerRequest request, List<String> asked, int status, String... bodies) {
    String body = bodies[Math.min(asked.size(), bodies.length - 1)];
    asked.add(request.uri());
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/json")
        .end(body.replace("OWN", String.valueOf(request.authority())));
  }

  private static String page(String nextLink, Object... accounts) {
    JsonObject page = JsonObject.of("value", new JsonArray(List.of(accounts)));
    return (nextLink.isEmpty() ? page : page.put("nextLink", nextLink)).encode();
  }

  /** Half of the accounts would look as if the others were gone. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "[]",
        "{}",
        "{\"value\": null}",
        "{\"value\": {}}",
        "{\"value\": [null]}",
        "{\"value\": [\"x\"]}",
        "{\"value\": [{\"id\": {}}]}",
        "{\"value\": [{}]}",
        "{\"value\": [{\"tags\": [\"x\"]}]}",
        "{\"value\": [], \"nextLink\": 1}",
        "{\"value\": [], \"nextLink\": \"not a link\"}"
      })
  void aPageThatCantBeReadIsNoList(String last) throws Exception {
    AzureResources broken =
        answering(
            new CopyOnWriteArrayList<>(),
            200,
            page("https://OWN/subscriptions/next", shown("previews", "shop-1")),
            last);

    assertThatExceptionOfType(HttpResponseException.class)
        .isThrownBy(() -> broken.accounts(PREVIEWS))
        .withMessageContaining("accounts in " + PREVIEWS + ", and its answer can't be read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://OWN/subscriptions/next",
        "http://localhost:PORT/subscriptions/next",
        "https://evil.test/subscriptions/next",
        "https://localhost:PORT@evil.test/subscriptions/next",
        "https://localhost:PORT/subscriptions/next",
        "https://localhost/subscriptions/next",
        "//evil.test/subscriptions/next",
        "/subscriptions/next",
        "https:next"
      })
  void theTokenGoesNowhereElse(String link) throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    List<String> elsewhere = new CopyOnWriteArrayList<>();
    AzureResources unused = answering(elsewhere, 200, page(""));
    AzureResources lured =
        answering(
            asked,
            200,
            page(
                link.replace("PORT", Integer.toString(servers.getLast().actualPort())),
                shown("previews", "shop-1")));

    assertThatExceptionOfType(HttpResponseException.class)
        .isThrownBy(() -> lured.accounts(PREVIEWS));
    assertThat(asked).hasSize(1);
    assertThat(elsewhere).isEmpty();
  }

  @Test
  void aListThatGoesRoundEnds() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    AzureResources round =
        answering(asked, 200, page("https://OWN/subscriptions/next", shown("previews", "shop-1")));

    assertThatExceptionOfType(HttpResponseException.class)
        .isThrownBy(() -> round.accounts(PREVIEWS));
    assertThat(asked).hasSize(2);
  }

  /** An account that moves from one page to the next is one; one from elsewhere is none. */
  @Test
  void eachIsThereOnceAndWhereItWasLookedFor() throws Exception {
    AzureResources moving =
        answering(
            new CopyOnWriteArrayList<>(),
            200,
            page(
                "https://OWN/subscriptions/next",
                shown("previews", "shop-1"),
                shown("other", "shop-2")),
            page("", shown("previews", "shop-1"), shown("previews", "shop-3")));

    assertThat(names(moving.accounts(PREVIEWS))).containsExactly("shop-1", "shop-3");
  }

  @Test
  void anotherAccountThanTheOneAskedForIsNone() throws Exception {
    AzureResources wrong =
        answering(new CopyOnWriteArrayList<>(), 200, shown("previews", "shop-2").encode());

    assertThat(wrong.find(id("previews", "shop-1"))).isEmpty();
    assertThat(wrong.find(id("previews", "shop-2"))).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "404 | {\"error\": {\"code\": \"ResourceNotFound\", \"message\": \"x\"}} | yes",
        "404 | {\"error\": {\"code\": \"ResourceGroupNotFound\", \"message\": \"x\"}} | yes",
        "404 | {\"error\": {\"code\": \"SubscriptionNotFound\", \"message\": \"x\"}} | yes",
        "404 | {\"error\": {\"code\": \"InvalidResourceType\", \"message\": \"x\"}} | no",
        "404 | {\"error\": {}} | no",
        "404 | {} | no",
        "404 | <html> | no",
        "409 | {\"error\": {\"code\": \"ResourceNotFound\", \"message\": \"x\"}} | no",
        "400 | {\"error\": {\"code\": \"SubscriptionNotFound\", \"message\": \"x\"}} | no",
      })
  void thereIsNoneOnlyIfAzureSaysThat(int status, String body, String absent) throws Exception {
    AzureResources other = answering(new CopyOnWriteArrayList<>(), status, body);

    if (absent.equals("yes")) {
      assertThat(other.find(id("previews", "shop-1"))).isEmpty();
    } else {
      assertThatExceptionOfType(HttpResponseException.class)
          .isThrownBy(() -> other.find(id("previews", "shop-1")));
    }
    // Of a list it is always a failure.
    assertThatExceptionOfType(HttpResponseException.class)
        .isThrownBy(() -> other.accounts(PREVIEWS))
        .withMessageContaining("answered " + status);
  }

  /** The simulator was asked by the library's own version, and nobody for anything else. */
  @Test
  void asksForNothingElse() {
    ArmAccount unused = add("previews", "shop-1", Map.of());
    int before = world.azure().received().size();

    assertThat(resources.accounts(PREVIEWS)).hasSize(1);

    assertThat(world.azure().received().stream().skip(before))
        .extracting(ReceivedCall::target)
        .containsExactly(
            PREVIEWS + "/providers/Microsoft.DocumentDB/databaseAccounts?api-version=2025-10-15");
  }
}
