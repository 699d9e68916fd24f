package dev.ephemeris.gateway.custody;

import com.azure.core.credential.AccessToken;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.gateway.lease.LeaseSecrets;
import dev.ephemeris.gateway.lease.RootKey;
import dev.ephemeris.gateway.store.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import reactor.core.publisher.Mono;

/**
 * A process of its own that turns keys over and comes to one point, of which it tells; it goes no
 * further than that. What it needs to be let in comes by standard input.
 */
public final class RotatingProcess {

  /** What it tells on standard output where it stops. */
  static final String HERE = "here";

  private RotatingProcess() {}

  /**
   * Runs until it is killed.
   *
   * @param args the store, the journal, the authority's certificate, where Resource Manager is, the
   *     step to stop at, and whether once it is done
   */
  public static void main(String[] args) throws Exception {
    Path authority = Path.of(args[2]);
    RotationStep step = RotationStep.valueOf(args[4]);
    boolean done = Boolean.parseBoolean(args[5]);
    String token = new String(System.in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    AzureResources azure =
        new AzureResources(
            args[3],
            wanted ->
                Mono.just(new AccessToken(token, OffsetDateTime.now(ZoneOffset.UTC).plusHours(1))),
            new JdkHttpClientBuilder(HttpClient.newBuilder().sslContext(trusting(authority)))
                .build());
    InstantSource clock = InstantSource.system();
    HeldKeys keys = new HeldKeys("orders-prod", KeySource.of(azure, RotationWorld.ID), clock);
    Rotations rotations =
        new Rotations(
            Vertx.vertx(),
            Optional.of(azure),
            Database.open(Path.of(args[0])),
            new LeaseSecrets(List.of(RootKey.parse('a', RotationWorld.FIRST_KEY))),
            TestJournals.open(Path.of(args[1])),
            new Rotations.Tokens() {
              @Override
              public Future<Optional<Instant>> workUntil(String account) {
                return Future.succeededFuture(Optional.empty());
              }

              @Override
              public Future<Void> endLeases(String account, String by) {
                return Future.succeededFuture();
              }
            },
            account -> Future.failedFuture("a rotation needs none"),
            new Rotations.Watch() {
              @Override
              public void begins(String account, RotationStep now) {
                stop(now == step && !done);
              }

              @Override
              public void isDone(String account, RotationStep now) {
                stop(now == step && done);
              }
            },
            new Rotations.Times(
                Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofSeconds(1)),
            clock);
    rotations.become(
        List.of(
            new Rotations.Account(
                "orders-prod",
                RotationWorld.ID,
                Optional.of(authority),
                keys,
                Optional.empty(),
                Optional.empty())));
    Rotations.Start unused = rotations.start("orders-prod", "corp:opal").await();
    new CountDownLatch(1).await();
  }

  private static void stop(boolean here) {
    if (here) {
      System.out.println(HERE);
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static SSLContext trusting(Path authority) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(authority)) {
      trusted.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, factory.getTrustManagers(), null);
    return tls;
  }
}
