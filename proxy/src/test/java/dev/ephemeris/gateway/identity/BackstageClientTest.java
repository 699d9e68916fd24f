package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.config.Backstage;
import dev.ephemeris.config.Origin;
import dev.ephemeris.config.UserKey;
import dev.ephemeris.gateway.StandInBackstage;
import dev.ephemeris.gateway.identity.BackstageClient.NoAnswerException;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is asked of a Backstage, and what of its answers is taken for one. */
class BackstageClientTest {

  private static final BackstageClient.Limits SMALL = new BackstageClient.Limits(2, 4_000, 60_000);

  private final Vertx vertx = Vertx.vertx();
  private final StandInBackstage backstage = new StandInBackstage();
  private final BackstageClient client = client(backstage.baseUrl(), Optional.empty(), SMALL);

  @AfterEach
  void stop() {
    backstage.close();
    vertx.close().await();
  }

  private BackstageClient client(String url, Optional<Path> ca, BackstageClient.Limits limits) {
    return new BackstageClient(
        vertx,
        new Backstage(
            Backstage.BaseUrl.parse(url),
            Path.of("token"),
            ca,
            List.of(Origin.parse("a:b")),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5)),
        limits);
  }

  private static List<JsonObject> users(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                StandInBackstage.entity("User", "u" + i, "a:b", new JsonObject(), new JsonObject()))
        .toList();
  }

  private List<String> read() {
    return client.read(StandInBackstage.TOKEN).await().stream()
        .map(user -> user.at("/metadata/name").textValue())
        .toList();
  }

  private String refusal(BackstageClient asked, String token) {
    Throwable thrown = catchThrowable(() -> asked.read(token).await());

    assertThat(thrown).isInstanceOf(NoAnswerException.class);
    assertThat(thrown).hasNoCause();
    return String.valueOf(thrown.getMessage());
  }

  @Test
  void readsPageAfterPage() {
    backstage.has(users(5));

    assertThat(read()).containsExactly("u0", "u1", "u2", "u3", "u4");
    assertThat(backstage.requests()).hasSize(3);
    assertThat(backstage.requests().getFirst().params().getAll("filter"))
        .containsExactly(
            "kind=user",
            "kind=group",
            "kind=resource,metadata.annotations.ephemeris.dev/scopes",
            "kind=resource,metadata.annotations.ephemeris.dev/workload-identity",
            "kind=component,metadata.annotations.ephemeris.dev/scopes",
            "kind=component,metadata.annotations.ephemeris.dev/workload-identity");
    assertThat(backstage.requests())
        .allMatch(request -> request.getParam("fields").contains("spec.memberOf"))
        .allMatch(request -> request.getHeader("if-none-match") == null);
  }

  /** Who registers a Resource chooses its spec. */
  @Test
  void readsTheRestBesideWhateverSomebodyRegisters() {
    JsonObject spec =
        new JsonObject()
            .put("owner", "o")
            .put("members", new JsonObject().put("a".repeat(60_000), 1));
    backstage.has(
        List.of(
            StandInBackstage.entity("Resource", "odd", "a:b", new JsonObject(), spec),
            StandInBackstage.entity("User", "u0", "a:b", new JsonObject(), new JsonObject())));

    BackstageClient patient =
        client(
            backstage.baseUrl(), Optional.empty(), new BackstageClient.Limits(2, 200_000, 60_000));
    assertThat(patient.read(StandInBackstage.TOKEN).await())
        .extracting(entity -> entity.at("/metadata/name").textValue())
        .containsExactly("odd", "u0");
  }

  @Test
  void isNotSentAgainWhatHasNotChanged() {
    backstage.has(users(5));
    List<String> first = read();

    assertThat(read()).isEqualTo(first);
    assertThat(backstage.requests().subList(3, 6))
        .allMatch(request -> request.response().getStatusCode() == 304);

    List<JsonObject> changed = new java.util.ArrayList<>(users(5));
    changed.set(
        4, StandInBackstage.entity("User", "new", "a:b", new JsonObject(), new JsonObject()));
    backstage.has(changed);

    assertThat(read()).containsExactly("u0", "u1", "u2", "u3", "new");
    assertThat(
            backstage.requests().subList(6, 9).stream()
                .map(request -> request.response().getStatusCode()))
        .containsExactly(304, 304, 200);
  }

  /** What came before a failure isn't taken for what comes after it. */
  @Test
  void keepsNoPagesOfAReadingThatFailed() {
    backstage.has(users(3));
    backstage.does(
        request -> {
          backstage.works();
          request.response().setStatusCode(503).end();
        });
    assertThat(refusal(client, StandInBackstage.TOKEN)).isEqualTo("it answers 503");

    assertThat(read()).hasSize(3);
  }

  @Test
  void isRefusedWithAnotherToken() {
    assertThat(refusal(client, "another-token")).isEqualTo("it refuses the token (401)");
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault("forbidden", request -> status(request, 403), "it refuses the token (403)"),
        fault("down", request -> status(request, 500), "it answers 500"),
        fault("nothing new, unasked", request -> status(request, 304), "it answers 304"),
        fault("no page", request -> body(request, "<html>"), "it answers what isn't JSON"),
        fault("no body", request -> body(request, ""), "it answers what isn't a page"),
        fault("no items", request -> body(request, "{'pageInfo':{}}"), "isn't a page"),
        fault(
            "items of nothing",
            request -> body(request, "{'items':[1],'pageInfo':{}}"),
            "isn't a page"),
        fault("no info", request -> body(request, "{'items':[]}"), "isn't a page"),
        fault(
            "a cursor that is none",
            request -> body(request, "{'items':[],'pageInfo':{'nextCursor':1}}"),
            "isn't a page"),
        fault(
            "a key twice",
            request -> body(request, "{'items':[],'items':[],'pageInfo':{}}"),
            "it answers what isn't JSON"),
        fault(
            "less than all",
            request -> body(request, "{'items':[],'totalItems':2,'pageInfo':{}}"),
            "it has 2 entities and sent 0"),
        fault(
            "pages without end",
            request -> body(request, "{'items':[],'pageInfo':{'nextCursor':'0'}}"),
            "its pages don't come to an end"),
        fault(
            "a page too long",
            request -> body(request, " ".repeat(4_001)),
            "a page is longer than 4000 bytes"),
        fault(
            "half a page",
            request -> {
              request.response().putHeader("content-length", "100").write("{");
              request.connection().close();
            },
            "it can't be reached: "));
  }

  private static Arguments fault(String what, Handler<HttpServerRequest> does, String why) {
    return Arguments.of(what, does, why);
  }

  private static void status(HttpServerRequest request, int status) {
    request.response().setStatusCode(status).end();
  }

  private static void body(HttpServerRequest request, String json) {
    request.response().end(json.replace('\'', '"'));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void takesNoAnswerForOneThatIsNone(String what, Handler<HttpServerRequest> does, String why) {
    backstage.does(does);

    assertThat(refusal(client, StandInBackstage.TOKEN)).contains(why).doesNotContain("canary");
  }

  /** Whoever could make Backstage redirect would be given the token. */
  @Test
  void goesNowhereElse() {
    try (StandInBackstage elsewhere = new StandInBackstage()) {
      for (int status : new int[] {301, 302, 307, 308}) {
        backstage.does(
            request ->
                request
                    .response()
                    .setStatusCode(status)
                    .putHeader("location", elsewhere.baseUrl())
                    .end());

        assertThat(refusal(client, StandInBackstage.TOKEN)).startsWith("it redirects (" + status);
      }
      assertThat(elsewhere.requests()).isEmpty();
    }
  }

  @Test
  void doesNotWaitForever() {
    BackstageClient hasty =
        client(backstage.baseUrl(), Optional.empty(), new BackstageClient.Limits(2, 4_000, 200));
    backstage.does(request -> {});
    assertThat(refusal(hasty, StandInBackstage.TOKEN)).isEqualTo("it takes too long");

    // A little of a body now and then is no progress either.
    backstage.does(
        request -> {
          request.response().setChunked(true);
          vertx.setPeriodic(20, tick -> request.response().write(" "));
        });
    assertThat(refusal(hasty, StandInBackstage.TOKEN)).isEqualTo("it takes too long");
  }

  @Test
  void saysThatNobodyIsThere() {
    String url = backstage.baseUrl();
    backstage.close();

    assertThat(refusal(client(url, Optional.empty(), SMALL), StandInBackstage.TOKEN))
        .startsWith("it can't be reached: ");
  }

  @Test
  void sendsTheTokenToNobodyWhomItDoesNotTrust(@TempDir Path folder) throws Exception {
    LoopbackCertificate certificate = LoopbackCertificate.create(folder);
    try (StandInBackstage secure = new StandInBackstage(Optional.of(certificate))) {
      secure.has(users(1));

      assertThat(refusal(client(secure.baseUrl(), Optional.empty(), SMALL), StandInBackstage.TOKEN))
          .startsWith("it can't be reached: ");
      assertThat(secure.requests()).isEmpty();
      assertThat(
              client(secure.baseUrl(), Optional.of(certificate.authority()), SMALL)
                  .read(StandInBackstage.TOKEN)
                  .await())
          .hasSize(1);
    }
  }

  /** What @backstage/plugin-catalog-backend 4.0.0 answered, byte for byte. */
  @Test
  void readsWhatBackstageWasSeenToAnswer() throws Exception {
    String first = captured("page-1.json");
    String second = captured("page-2.json");
    String cursor = new JsonObject(first).getJsonObject("pageInfo").getString("nextCursor");
    backstage.does(
        request ->
            request.response().end(cursor.equals(request.getParam("cursor")) ? second : first));

    List<JsonNode> entities =
        client(backstage.baseUrl(), Optional.empty(), BackstageClient.Limits.USUAL)
            .read(StandInBackstage.TOKEN)
            .await();

    assertThat(entities.stream().map(entity -> entity.at("/metadata/name").textValue()))
        .contains("alice", "carol", "payments", "payments-core", "engineering", "payments-cosmos")
        .hasSize(new JsonObject(first).getInteger("totalItems"));
    BackstageCatalog catalog =
        new BackstageCatalog(
            List.of(Origin.parse("file:/srv/catalog/org.yaml")),
            java.util.Map.of("corp", UserKey.subjectIn("acme.test/oidc-sub")),
            Duration.ofMinutes(5));
    catalog.take(entities.stream(), java.time.Instant.EPOCH);
    assertThat(
            catalog
                .answer()
                .directory()
                .find(
                    new Identity(
                        new PrincipalId("corp", "alice-sub"),
                        PrincipalKind.PERSON,
                        java.util.Map.of()))
                .orElseThrow()
                .groups()
                .stream()
                .map(Object::toString))
        .containsExactlyInAnyOrder(
            "group:default/payments", "group:default/engineering", "group:default/orders");
    assertThat(catalog.answer().directory().notices())
        .containsExactly(
            "file:/srv/catalog/org.yaml: user:default/carol refers to group:default/ghosts, which"
                + " isn't there");
  }

  private static String captured(String name) throws Exception {
    try (InputStream file =
        Objects.requireNonNull(
            BackstageClientTest.class.getResourceAsStream("backstage/" + name))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
