package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.config.Issuer;
import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.policy.yaml.YamlFile;
import dev.ephemeris.simulator.issuer.Client;
import dev.ephemeris.simulator.issuer.DevelopmentIssuer;
import dev.ephemeris.simulator.issuer.GrantType;
import dev.ephemeris.simulator.issuer.Person;
import dev.ephemeris.simulator.issuer.TokenFault;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How often an issuer is asked for its keys, and whose keys count. */
class TrustedIssuerTest {

  private static final Person ALICE = new Person("sub-alice", "alice", "Alice", "a@example.test");

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final SettableClock clock = new SettableClock();
  private final AtomicInteger keyFetches = new AtomicInteger();
  private final AtomicReference<JsonObject> discoveryChange =
      new AtomicReference<>(new JsonObject());
  private final DevelopmentIssuer issuer;
  private final HttpServer front;
  private final TrustedIssuer trusted;

  /** The issuer behind a front that counts, and that it is known by. */
  TrustedIssuerTest() {
    issuer =
        DevelopmentIssuer.start(
                vertx,
                new DevelopmentIssuer.Settings(
                    "127.0.0.1",
                    0,
                    List.of(ALICE),
                    List.of(Client.open("cli", Set.of(GrantType.DEVICE_CODE), List.of())),
                    "api://ephemeris",
                    Duration.ofHours(1)),
                clock)
            .await();
    front =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  boolean keys = request.path().contains("jwks");
                  if (keys) {
                    keyFetches.incrementAndGet();
                  }
                  vertx
                      .createHttpClient()
                      .request(
                          new RequestOptions().setAbsoluteURI(issuer.issuer() + request.path()))
                      .compose(sent -> sent.send())
                      .compose(response -> response.body())
                      .onSuccess(
                          body ->
                              request
                                  .response()
                                  .putHeader("content-type", "application/json")
                                  .end(keys ? body : discovery(body.toJsonObject()).toBuffer()))
                      .onFailure(failure -> request.response().setStatusCode(502).end());
                })
            .listen(0, "127.0.0.1")
            .await();
    trusted =
        new TrustedIssuer(
            vertx,
            YamlFile.read(
                "issuer.yaml",
                """
                name: corp
                issuer: %s
                audiences: { api: api://ephemeris, dataPlane: api://data }
                clients: [cli]
                principal: person
                userAnnotation: example.com/subject
                """
                    .formatted(frontUrl()),
                Issuer.class),
            clock);
  }

  @AfterEach
  void stop() {
    issuer.close().await();
    vertx.close().await();
  }

  private String frontUrl() {
    return "http://127.0.0.1:" + front.actualPort();
  }

  private JsonObject discovery(JsonObject document) {
    return document
        .put("issuer", frontUrl())
        .put(
            "jwks_uri",
            document.getString("jwks_uri").replace(issuer.issuer().toString(), frontUrl()))
        .mergeIn(discoveryChange.get());
  }

  private String token() {
    return issuer.accessToken(ALICE, "cli", claims -> claims.issuer(frontUrl()));
  }

  private Verification<VerifiedToken> verify(String token) {
    return onLoop(() -> trusted.verify(token, TokenHeader.read(token).orElseThrow(), Audience.API));
  }

  private <T> T onLoop(Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    loop.runOnContext(go -> work.get().onComplete(done));
    return done.future().await();
  }

  @Test
  void fetchesItsKeysOnce() {
    for (int i = 0; i < 5; i++) {
      assertThat(verify(token())).isInstanceOf(Verification.Verified.class);
    }

    assertThat(keyFetches).hasValue(1);
  }

  @Test
  void makesNoStormOfKeysThatNobodyKnows() {
    assertThat(verify(token())).isInstanceOf(Verification.Verified.class);
    List<String> forged = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      forged.add(issuer.faultyToken(TokenFault.UNKNOWN_KID, ALICE, "cli"));
    }

    clock.advance(Duration.ofSeconds(31));
    List<Verification<VerifiedToken>> answers =
        onLoop(
            () ->
                Future.all(
                        forged.stream()
                            .map(
                                t ->
                                    trusted.verify(
                                        t, TokenHeader.read(t).orElseThrow(), Audience.API))
                            .toList())
                    .map(all -> all.<Verification<VerifiedToken>>list()));

    assertThat(answers).allMatch(Verification.Refused.class::isInstance);
    assertThat(keyFetches).hasValue(2);
    forged.forEach(this::verify);
    assertThat(keyFetches).hasValue(2);
    assertThat(verify(token())).isInstanceOf(Verification.Verified.class);
  }

  private String forged() {
    String[] good = token().split("\\.", -1);
    String header =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"nobody's\"}"
                    .getBytes(StandardCharsets.UTF_8));
    return header + "." + good[1] + "." + good[2];
  }

  /** While keys are being fetched, a token of the new key waits for them. */
  @Test
  void waitsForTheFetchThatRuns() {
    assertThat(verify(token())).isInstanceOf(Verification.Verified.class);
    issuer.rotateKeys();
    clock.advance(Duration.ofSeconds(31));
    String forged = forged();
    String fresh = token();

    List<Verification<VerifiedToken>> answers =
        onLoop(
            () ->
                Future.all(
                        trusted.verify(
                            forged, TokenHeader.read(forged).orElseThrow(), Audience.API),
                        trusted.verify(fresh, TokenHeader.read(fresh).orElseThrow(), Audience.API))
                    .map(all -> all.<Verification<VerifiedToken>>list()));

    assertThat(answers.get(0)).isInstanceOf(Verification.Refused.class);
    assertThat(answers.get(1)).isInstanceOf(Verification.Verified.class);
    assertThat(keyFetches).hasValue(2);
  }

  @Test
  void asksADownIssuerNoMoreOftenEither() {
    discoveryChange.set(new JsonObject().put("issuer", "http://127.0.0.1:1"));
    assertThat(verify(token())).isInstanceOf(Verification.NoKeys.class);
    discoveryChange.set(new JsonObject());

    assertThat(verify(token())).isInstanceOf(Verification.NoKeys.class);
    clock.advance(Duration.ofSeconds(31));
    assertThat(verify(token())).isInstanceOf(Verification.Verified.class);
  }

  /** OpenID Connect Discovery 1.0 §4.3, and keys that are as well protected as their issuer. */
  @Test
  void takesNoKeysOfAnotherIssuersDocument() {
    for (JsonObject change :
        List.of(
            new JsonObject().put("issuer", frontUrl() + "/"),
            new JsonObject().putNull("issuer"),
            new JsonObject().put("jwks_uri", "https://127.0.0.1:1/jwks"),
            new JsonObject().put("jwks_uri", "file:///etc/passwd"))) {
      discoveryChange.set(change);

      assertThat(verify(token())).isInstanceOf(Verification.NoKeys.class);
      clock.advance(Duration.ofSeconds(31));
    }
    assertThat(keyFetches).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(
      value = TokenFault.class,
      names = {"ALG_NONE", "HS256_WITH_PUBLIC_KEY", "OTHER_ALGORITHM"})
  void triesNoKeyOnAnAlgorithmThatIsNotTheIssuers(TokenFault fault) {
    assertThat(verify(issuer.faultyToken(fault, ALICE, "cli")))
        .isEqualTo(new Verification.Refused<>("its algorithm isn't one that issuer corp may use"));
    assertThat(keyFetches).hasValue(0);
  }
}
