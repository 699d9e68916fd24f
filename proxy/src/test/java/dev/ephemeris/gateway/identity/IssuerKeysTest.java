package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.RSAKey;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.config.SigningAlgorithm;
import dev.ephemeris.policy.yaml.YamlFile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long keys are kept, and where they come from. */
class IssuerKeysTest {

  private static final RSAKey OLD = Signer.rsa("old");
  private static final RSAKey NEW = Signer.rsa("new");

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final InstantSource clock = now::get;
  private final AtomicInteger fetches = new AtomicInteger();
  private final AtomicReference<Future<VerificationKeys>> published =
      new AtomicReference<>(Future.succeededFuture(keys(OLD)));
  private final IssuerKeys keys =
      new IssuerKeys(
          () -> {
            fetches.incrementAndGet();
            return published.get();
          },
          clock);

  private static VerificationKeys keys(RSAKey key) {
    return VerificationKeys.parse(Signer.published(key), Set.of(SigningAlgorithm.RS256));
  }

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  /** A key that its issuer took back stops counting, though nobody shows a newer one. */
  @Test
  void fetchesThemAgainAfterAnHour() {
    VerificationKeys first = keys.now().await();
    published.set(Future.succeededFuture(keys(NEW)));

    pass(Duration.ofMinutes(59));
    assertThat(keys.now().await()).isSameAs(first);
    pass(Duration.ofMinutes(1));
    assertThat(keys.now().await()).hasToString("[new]");
    assertThat(fetches).hasValue(2);
  }

  @Test
  void keepsThemForADayWhileTheIssuerIsDown() {
    VerificationKeys first = keys.now().await();
    published.set(Future.failedFuture("down"));

    for (int minutes = 60; minutes < 24 * 60; minutes += 30) {
      now.set(Instant.parse("2026-01-01T00:00:00Z").plus(Duration.ofMinutes(minutes)));
      assertThat(keys.now().await()).isSameAs(first);
    }
    now.set(Instant.parse("2026-01-02T00:00:00Z"));
    assertThat(keys.now().failed()).isTrue();

    published.set(Future.succeededFuture(keys(NEW)));
    assertThat(keys.now().failed()).as("not before thirty seconds").isTrue();
    pass(Duration.ofSeconds(30));
    assertThat(keys.now().await()).hasToString("[new]");
  }

  @Test
  void fetchesForUnknownKeysEveryThirtySecondsAtMost() {
    VerificationKeys first = keys.now().await();
    for (int second = 0; second < 90; second++) {
      pass(Duration.ofSeconds(1));
      VerificationKeys unused = keys.newerThan(keys.now().await()).await();
    }

    assertThat(fetches).hasValue(4);
    assertThat(first).isNotNull();
  }

  /** Where the gateway can't reach the issuer: the file is read again when a new key shows. */
  @Test
  void readsThemFromAFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("jwks.json"), Signer.published(OLD));
    Issuer issuer =
        YamlFile.read(
            folder.resolve("issuer.yaml").toString(),
            """
            preset: kubernetes
            name: cluster
            issuer: https://kubernetes.default.svc.cluster.local
            audiences: { api: api://ephemeris }
            jwksFile: jwks.json
            """,
            Issuer.class);
    Vertx vertx = Vertx.vertx();
    try {
      IssuerKeys ofFile = IssuerKeys.of(vertx, issuer, clock);
      VerificationKeys first = ofFile.now().await();
      assertThat(first).hasToString("[old]");

      Files.writeString(file, Signer.published(NEW));
      pass(Duration.ofSeconds(30));
      assertThat(ofFile.newerThan(first).await()).hasToString("[new]");

      Files.delete(file);
      assertThat(IssuerKeys.of(vertx, issuer, clock).now().otherwiseEmpty().await()).isNull();
    } finally {
      vertx.close().await();
    }
  }
}
