package dev.ephemeris.gateway.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.Configuration;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.SignedJWT;
import dev.ephemeris.config.EntraIdentity;
import dev.ephemeris.config.EntraIdentity.Authority;
import dev.ephemeris.config.EntraIdentity.Kind;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Azure's own library before an authority, and a platform, of the test's. */
class EntraIdentitiesTest {

  private static final URI ENDPOINT = URI.create("https://orders-prod.documents.azure.com/");

  private static final String SCOPE = "https://orders-prod.documents.azure.com/.default";

  private final Path folder;
  private final KeyPair keys = rsaKeys();
  private final Vertx vertx = Vertx.vertx();
  private final LoopbackCertificate certificate;
  private final HttpServer authority;
  private final HttpServer platform;
  private final HttpClient http;

  /** What was asked of either, in order. */
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  /** A request for a token. */
  private record Asked(String path, Map<String, String> form, Map<String, String> headers) {}

  EntraIdentitiesTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    certificate = LoopbackCertificate.create(folder.resolve("tls"));
    authority =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .setCertPath(certificate.certificate().toString())
                            .setKeyPath(certificate.privateKey().toString())))
            .requestHandler(
                request ->
                    answer(
                        request,
                        new JsonObject()
                            .put("token_type", "Bearer")
                            .put("expires_in", 3599)
                            .put("access_token", "from-the-authority")))
            .listen(0, "127.0.0.1")
            .await();
    platform =
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    answer(
                        request,
                        new JsonObject()
                            .put("token_type", "Bearer")
                            .put("resource", ENDPOINT.toString())
                            .put("expires_on", Long.toString(Instant.now().getEpochSecond() + 3600))
                            .put("access_token", "from-the-platform")))
            .listen(0, "127.0.0.1")
            .await();
    HttpClient direct =
        new JdkHttpClientBuilder(
                java.net.http.HttpClient.newBuilder().sslContext(certificate.clientTls()))
            .configuration(Configuration.NONE)
            .build();
    http = request -> direct.send(routed(request));
  }

  /** The address of a machine's own metadata leads to the test's platform. */
  private HttpRequest routed(HttpRequest request) {
    URI to = URI.create(request.getUrl().toString());
    return to.getHost().equals("169.254.169.254")
        ? request.setUrl(
            "http://127.0.0.1:" + platform.actualPort() + to.getRawPath() + "?" + to.getRawQuery())
        : request;
  }

  private static KeyPair rsaKeys() throws NoSuchAlgorithmException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private void answer(HttpServerRequest request, JsonObject token) {
    request.setExpectMultipart(request.method().equals(HttpMethod.POST));
    request
        .end()
        .onSuccess(
            end -> {
              asked.add(
                  new Asked(
                      request.path(),
                      request.method().equals(HttpMethod.POST)
                          ? map(request.formAttributes())
                          : map(request.params()),
                      map(request.headers())));
              request
                  .response()
                  .putHeader("content-type", "application/json")
                  .end(token.toBuffer());
            });
  }

  private static Map<String, String> map(MultiMap fields) {
    return fields.entries().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one));
  }

  private Authority here() {
    return Authority.parse("https://localhost:" + authority.actualPort() + "/");
  }

  private String token(EntraIdentity identity) throws SecretFileException {
    return EntraToken.of("orders-prod", ENDPOINT, identity, http, InstantSource.system())
        .signature()
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .authorization(Verb.GET, ResourceType.ITEM, "", "");
  }

  private Path secret(String name, String content) throws Exception {
    Path file =
        Files.createFile(
            folder.resolve(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, content);
  }

  /** A certificate as one registers it with an application: signed by itself, of an RSA key. */
  private Path registered() throws Exception {
    X500Name name = new X500Name("CN=the-gateway");
    X509CertificateHolder own =
        new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(Instant.now().minusSeconds(60)),
                Date.from(Instant.now().plusSeconds(3600)),
                name,
                keys.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate()));
    StringWriter pem = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(pem)) {
      writer.writeObject(own);
      writer.writeObject(new JcaPKCS8Generator(keys.getPrivate(), null));
    }
    return secret("gateway.pem", pem.toString());
  }

  private EntraIdentity withCertificate(Path file) {
    return new EntraIdentity(
        Kind.CERTIFICATE,
        Optional.of("contoso"),
        Optional.of("the-gateway"),
        Optional.empty(),
        Optional.of(file),
        here());
  }

  @Test
  void aCertificateSignsForTheGateway() throws Exception {
    assertThat(token(withCertificate(registered())))
        .isEqualTo("type%3Daad%26ver%3D1.0%26sig%3Dfrom-the-authority");

    assertThat(asked).hasSize(1);
    Asked request = asked.getFirst();
    assertThat(request.path()).isEqualTo("/contoso/oauth2/v2.0/token");
    assertThat(request.form())
        .containsEntry("grant_type", "client_credentials")
        .hasEntrySatisfying("scope", scope -> assertThat(scope.split(" ")).contains(SCOPE));
    SignedJWT assertion = SignedJWT.parse(request.form().get("client_assertion"));
    assertThat(assertion.getJWTClaimsSet().getSubject()).isEqualTo("the-gateway");
    assertThat(assertion.verify(new RSASSAVerifier((RSAPublicKey) keys.getPublic()))).isTrue();
  }

  @Test
  void aCertificateThatOthersCanReadIsRefused() throws Exception {
    Path file = registered();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    assertThatThrownBy(() -> token(withCertificate(file)))
        .isInstanceOf(SecretFileException.class)
        .hasMessageContaining("can be read or changed by others");
    assertThat(asked).isEmpty();
  }

  @Test
  void aPlatformsTokenStandsForTheGateway() throws Exception {
    EntraIdentity workload =
        new EntraIdentity(
            Kind.WORKLOAD,
            Optional.of("contoso"),
            Optional.of("the-gateway"),
            Optional.of(secret("platform.jwt", "ey.of.kubernetes")),
            Optional.empty(),
            here());

    assertThat(token(workload)).endsWith("from-the-authority");

    assertThat(asked.getFirst().form())
        .containsEntry("client_id", "the-gateway")
        .containsEntry("client_assertion", "ey.of.kubernetes")
        .hasEntrySatisfying("scope", scope -> assertThat(scope.split(" ")).contains(SCOPE));
  }

  @Test
  void aManagedIdentityIsAskedOfThePlatform() throws Exception {
    EntraIdentity managed =
        new EntraIdentity(
            Kind.MANAGED,
            Optional.empty(),
            Optional.of("user-assigned"),
            Optional.empty(),
            Optional.empty(),
            Authority.parse("https://login.microsoftonline.com/"));

    assertThat(token(managed)).endsWith("from-the-platform");

    assertThat(asked.getFirst().path()).isEqualTo("/metadata/identity/oauth2/token");
    assertThat(asked.getFirst().form())
        .containsEntry("resource", "https://orders-prod.documents.azure.com")
        .containsEntry("client_id", "user-assigned");
    assertThat(asked.getFirst().headers()).containsEntry("Metadata", "true");
  }

  @Test
  void whereNobodyAnswersThereIsAReason() throws Exception {
    EntraIdentity nowhere = withCertificate(registered());
    authority.close().await();

    assertThatThrownBy(() -> token(nowhere))
        .isInstanceOf(CompletionException.class)
        .cause()
        .hasMessageStartingWith("No token of Entra ID for account “orders-prod”: ");
  }
}
