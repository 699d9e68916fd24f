package dev.ephemeris.gateway.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.exception.ClientAuthenticationException;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.custody.UpstreamCredential.CredentialException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** When a token is asked for, and what becomes of requests meanwhile. */
class EntraTokenTest {

  private static final Duration LIFETIME = Duration.ofHours(1);

  private final SettableClock clock = new SettableClock();
  private final Issuing identity = new Issuing();
  private final EntraToken token =
      new EntraToken(
          "orders-prod", URI.create("https://orders-prod.documents.azure.com/"), identity, clock);

  /** Gives tokens with numbers, fails, or keeps who asks waiting. */
  private final class Issuing implements TokenCredential {

    final AtomicInteger given = new AtomicInteger();
    final List<String> scopes = new CopyOnWriteArrayList<>();
    volatile CountDownLatch gate = new CountDownLatch(0);
    volatile String failure = "";
    volatile String jwt = "";
    volatile String unknownResource = "";

    @Override
    public Mono<AccessToken> getToken(TokenRequestContext request) {
      throw new UnsupportedOperationException();
    }

    @Override
    public AccessToken getTokenSync(TokenRequestContext request) {
      String scope = request.getScopes().getFirst();
      scopes.add(scope);
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (!failure.isEmpty()) {
        throw new ClientAuthenticationException(failure, null);
      }
      if (scope.equals(unknownResource)) {
        throw new ClientAuthenticationException("AADSTS500011: no such resource principal", null);
      }
      return new AccessToken(
          jwt.isEmpty() ? "token+" + given.incrementAndGet() : jwt,
          OffsetDateTime.ofInstant(clock.instant().plus(LIFETIME), ZoneOffset.UTC));
    }
  }

  private String sent() {
    return sent(token.signature());
  }

  private static String sent(Future<UpstreamCredential.Signature> signature) {
    String header =
        signature
            .toCompletionStage()
            .toCompletableFuture()
            .join()
            .authorization(Verb.GET, ResourceType.ITEM, "dbs/a/colls/b/docs/c", "now");
    assertThat(header).doesNotContain("&", "=", "+");
    return URLDecoder.decode(header, StandardCharsets.UTF_8);
  }

  private void settle() throws InterruptedException {
    for (int i = 0; i < 1000 && identity.scopes.size() != identity.given.get(); i++) {
      Thread.sleep(5);
    }
  }

  @Test
  void sendsItAsCosmosWantsIt() {
    assertThat(sent()).isEqualTo("type=aad&ver=1.0&sig=token+1");
    assertThat(identity.scopes).containsExactly("https://orders-prod.documents.azure.com/.default");
  }

  /** What the gateway's own role in the account is told from others' by. */
  @Test
  void saysWhichObjectTheIdentityIs() {
    String claims = "{\"oid\":\"aaaaaaaa-0000-4000-8000-000000000003\",\"sub\":\"s\"}";
    identity.jwt =
        "e30."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
            + ".c2ln";

    assertThat(token.objectId().await())
        .contains(UUID.fromString("aaaaaaaa-0000-4000-8000-000000000003"));
    assertThat(token.signature().await().toString()).doesNotContain("e30");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"token+1", "e30.e30.e30", "a.b", "a.%.c", "e30.eyJvaWQiOjF9.e30", "e30.W10.e30"})
  void doesNotSayWhichWhereTheTokenDoesNot(String jwt) {
    identity.jwt = jwt;

    assertThat(token.objectId().await()).isEmpty();
  }

  @Test
  void asksOnceHoweverManyWait() {
    identity.gate = new CountDownLatch(1);
    List<Future<UpstreamCredential.Signature>> waiting = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      waiting.add(token.signature());
    }
    assertThat(waiting).noneMatch(Future::isComplete);

    identity.gate.countDown();

    assertThat(waiting)
        .extracting(EntraTokenTest::sent)
        .containsOnly("type=aad&ver=1.0&sig=token+1");
    assertThat(identity.scopes).hasSize(1);
  }

  @Test
  void keepsItInUseWhileAnotherIsGot() throws InterruptedException {
    sent();
    clock.advance(LIFETIME.minusMinutes(4));
    identity.gate = new CountDownLatch(1);

    assertThat(token.signature().isComplete()).isTrue();
    assertThat(sent()).endsWith("token+1");

    identity.gate.countDown();
    settle();
    for (int i = 0; i < 1000 && !sent().endsWith("token+2"); i++) {
      Thread.sleep(5);
    }
    assertThat(sent()).endsWith("token+2");
    assertThat(identity.scopes).hasSize(2);
  }

  @Test
  void doesNotAskAgainBeforeItsTime() {
    sent();
    clock.advance(LIFETIME.minusMinutes(6));

    assertThat(sent()).endsWith("token+1");
    assertThat(identity.scopes).hasSize(1);
  }

  @Test
  void isNotSentAtItsEnd() {
    sent();
    clock.advance(LIFETIME.minusSeconds(5));

    assertThat(sent()).endsWith("token+2");
  }

  @Test
  void failsWithAReasonAndAsksAgainLater() {
    identity.failure = "invalid_client: no such certificate\nclient_assertion=secret";

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(this::sent)
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOf(CredentialException.class)
          .hasMessage(
              "No token of Entra ID for account “orders-prod”: invalid_client: no such"
                  + " certificate")
          .hasNoCause();
    }
    assertThat(identity.scopes).hasSize(1);

    identity.failure = "";
    clock.advance(Duration.ofSeconds(11));
    assertThat(sent()).endsWith("token+1");
  }

  @Test
  void aTokenThatIsGoodOutlivesFailures() throws InterruptedException {
    sent();
    clock.advance(LIFETIME.minusMinutes(4));
    identity.failure = "temporarily_unavailable";

    for (int i = 0; i < 100; i++) {
      assertThat(sent()).endsWith("token+1");
      Thread.sleep(1);
    }
    assertThat(identity.scopes).hasSize(2);
  }

  @Test
  void isForEveryAccountWhereEntraDoesNotKnowThisOne() {
    identity.unknownResource = "https://orders-prod.documents.azure.com/.default";
    sent();
    clock.advance(LIFETIME);
    sent();

    assertThat(identity.scopes)
        .containsExactly(
            "https://orders-prod.documents.azure.com/.default",
            "https://cosmos.azure.com/.default",
            "https://cosmos.azure.com/.default");
  }

  @Test
  void comesBackToTheEventLoopThatAsked() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Context context = vertx.getOrCreateContext();
      Context found =
          Future.<Context>future(
                  promise ->
                      context.runOnContext(
                          go ->
                              token
                                  .signature()
                                  .onComplete(done -> promise.complete(Vertx.currentContext()))))
              .toCompletionStage()
              .toCompletableFuture()
              .get();
      assertThat(found).isSameAs(context);
    } finally {
      vertx.close().await();
    }
  }

  /** Azure's data actions name items, queries, feeds, procedures, conflicts and metadata. */
  @ParameterizedTest
  @EnumSource(Operation.class)
  void reachesWhatIsNotAzureResourceManagers(Operation operation) {
    boolean definition =
        operation
            .name()
            .matches(
                "(CREATE|REPLACE|DELETE)_(DATABASE|CONTAINER|CLIENT_ENCRYPTION_KEY)|[A-Z]+_(SCRIPT|OFFER)S?");

    assertThat(token.reaches(operation)).isEqualTo(!definition);
  }
}
