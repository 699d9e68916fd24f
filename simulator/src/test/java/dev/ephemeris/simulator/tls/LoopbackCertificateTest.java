package dev.ephemeris.simulator.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LoopbackCertificateTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static LoopbackCertificate files;
  private static HttpServer server;

  @BeforeAll
  static void serve(@TempDir Path directory) throws Exception {
    files = LoopbackCertificate.create(directory);
    var options =
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .setCertPath(files.certificate().toString())
                    .setKeyPath(files.privateKey().toString()));
    server =
        VERTX
            .createHttpServer(options)
            .requestHandler(request -> request.response().end("hello"))
            .listen(0, "127.0.0.1")
            .await(30, TimeUnit.SECONDS);
  }

  @AfterAll
  static void stop() throws Exception {
    VERTX.close().await(30, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void isTrustedByAClientThatTrustsItsAuthority(String host) throws Exception {
    assertThat(fetch(host, trusting(files.authority()))).isEqualTo("hello");
  }

  @Test
  void isTrustedByWayOfTheTrustStore() throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(files.trustStore())) {
      store.load(in, LoopbackCertificate.TRUST_STORE_PASSWORD.toCharArray());
    }
    assertThat(fetch("127.0.0.1", trusting(store))).isEqualTo("hello");
  }

  @Test
  void isNotTrustedByAClientThatTrustsAnotherAuthority(@TempDir Path elsewhere) throws Exception {
    // Given
    var other = LoopbackCertificate.create(elsewhere);
    // Then
    assertThatThrownBy(() -> fetch("127.0.0.1", trusting(other.authority())))
        .isInstanceOf(SSLHandshakeException.class);
  }

  @Test
  void namesThisMachineOnly() throws Exception {
    var names = read(files.certificate()).getSubjectAlternativeNames();
    assertThat(names)
        .extracting(name -> (Object) name.get(1))
        .containsExactlyInAnyOrder(
            "localhost",
            "*.localhost",
            "*.lease.localhost",
            "*.vault.localhost",
            "127.0.0.1",
            "0:0:0:0:0:0:0:1");
  }

  @Test
  void isGoodForThirtyDaysFromAnHourAgo() throws Exception {
    var certificate = read(files.certificate());
    var start = certificate.getNotBefore().toInstant();
    var end = certificate.getNotAfter().toInstant();
    assertThat(Duration.between(start, end)).isEqualTo(Duration.ofDays(30).plusHours(1));
    assertThat(start).isBefore(Instant.now());
  }

  @Test
  void canSignNothingItself() throws Exception {
    assertThat(read(files.certificate()).getBasicConstraints()).isEqualTo(-1);
    assertThat(read(files.authority()).getBasicConstraints()).isZero();
  }

  @Test
  void keepsOneKeyOnDiskAndThatForItsOwnerOnly() throws Exception {
    assertThat(files.privateKey()).content().startsWith("-----BEGIN PRIVATE KEY-----");
    assertThat(files.authority()).content().doesNotContain("PRIVATE");
    assertThat(files.certificate()).content().doesNotContain("PRIVATE");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.privateKey())))
        .isEqualTo("rw-------");
    try (var all = Files.list(files.privateKey().resolveSibling("."))) {
      assertThat(all).hasSize(4);
    }
  }

  @Test
  void replacesAnEarlierOne(@TempDir Path directory) throws Exception {
    // Given
    var first = Files.readString(LoopbackCertificate.create(directory).privateKey());
    // When
    var second = Files.readString(LoopbackCertificate.create(directory).privateKey());
    // Then
    assertThat(second).isNotEqualTo(first);
  }

  private static String fetch(String host, SSLContext trust) throws Exception {
    try (var client = HttpClient.newBuilder().sslContext(trust).build()) {
      var request =
          HttpRequest.newBuilder(URI.create("https://" + host + ":" + server.actualPort() + "/"))
              .build();
      return client.send(request, BodyHandlers.ofString()).body();
    }
  }

  private static SSLContext trusting(Path authority) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("only", read(authority));
    return trusting(store);
  }

  private static SSLContext trusting(KeyStore store) throws Exception {
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static X509Certificate read(Path file) throws Exception {
    try (var in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }
}
