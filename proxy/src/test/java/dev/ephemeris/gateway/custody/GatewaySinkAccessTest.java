package dev.ephemeris.gateway.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.core.credential.AccessToken;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.ephemeris.config.Endpoint;
import dev.ephemeris.config.EntraIdentity;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.config.SecretSource;
import dev.ephemeris.gateway.journal.sink.Blobs;
import dev.ephemeris.gateway.journal.sink.Blobs.MovedException;
import dev.ephemeris.gateway.journal.sink.RunningAzurite;
import dev.ephemeris.gateway.journal.sink.SinkException;
import dev.ephemeris.policy.yaml.YamlFile;
import dev.ephemeris.simulator.azure.Vault;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

class GatewaySinkAccessTest {

  private final Path folder;

  GatewaySinkAccessTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void readsAFileThatNobodyElseCanRead() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "hunter2\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    SecretSource source = new SecretSource(Optional.of(file), Optional.empty(), Optional.empty());
    GatewaySinkAccess access = new GatewaySinkAccess(Optional.empty());

    assertThatExceptionOfType(SinkException.class)
        .isThrownBy(() -> access.secret(source))
        .withMessageContaining("chmod 600")
        .withMessageNotContaining("hunter2");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(access.secret(source)).isEqualTo("hunter2");
  }

  @Test
  void readsASecretOfAKeyVault() throws Exception {
    try (VaultBeside beside = new VaultBeside(folder)) {
      Vault vault = beside.vault();
      vault.set("otlp", "x-api-key: hunter2");
      VaultSecrets secrets = beside.secrets(vault);
      GatewaySinkAccess access =
          new GatewaySinkAccess(
              unused -> secrets,
              identity -> {
                throw new IllegalStateException("of no identity");
              });

      assertThat(access.secret(inVault(vault, "otlp"))).isEqualTo("x-api-key: hunter2");
      assertThatExceptionOfType(SinkException.class)
          .isThrownBy(() -> access.secret(inVault(vault, "otel")))
          .withMessageContaining("“otel” in the key vault");
    }
  }

  private static SecretSource inVault(Vault vault, String name) {
    return new SecretSource(
        Optional.empty(),
        Optional.of(Endpoint.parse(vault.endpoint().toString())),
        Optional.of(name));
  }

  @Test
  void asksNoKeyVaultAsNobody() {
    SecretSource source =
        new SecretSource(
            Optional.empty(),
            Optional.of(Endpoint.parse("https://acme.vault.azure.net/")),
            Optional.of("otlp"));

    assertThatExceptionOfType(SinkException.class)
        .isThrownBy(() -> new GatewaySinkAccess(Optional.empty()).secret(source))
        .withMessageContaining("as whom");
  }

  /** What a URL can't be made of would be quoted by who tries. */
  @Test
  void takesNoSignatureThatIsNone() throws Exception {
    Path file = Files.writeString(folder.resolve("sas"), "sv=2024&sig=hunter2\"");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    JournalSink.Blob settings =
        YamlFile.read(
            folder.resolve("e.yaml").toString(),
            "{ container: 'https://acme.blob.core.windows.net/journal', sas: { file: sas } }",
            JournalSink.Blob.class);

    assertThatExceptionOfType(SinkException.class)
        .isThrownBy(() -> new GatewaySinkAccess(Optional.empty()).blobs(settings))
        .withMessageContaining("the shared access signature is none")
        .withMessageNotContaining("hunter2");
  }

  /** Azurite looks at what a token says, and not at who signed it. */
  @Test
  void reachesBlobsAsAnIdentity() throws Exception {
    LoopbackCertificate certificate = LoopbackCertificate.create(folder.resolve("tls"));
    List<String> scopes = new ArrayList<>();
    try (RunningAzurite azurite = new RunningAzurite(folder.resolve("azurite"), certificate)) {
      new BlobContainerClientBuilder()
          .endpoint(azurite.container("journal"))
          .credential(new StorageSharedKeyCredential(RunningAzurite.ACCOUNT, RunningAzurite.KEY))
          .httpClient(
              new JdkHttpClientBuilder(HttpClient.newBuilder().sslContext(certificate.clientTls()))
                  .build())
          .buildClient()
          .create();
      GatewaySinkAccess access =
          new GatewaySinkAccess(
              unused -> {
                throw new IllegalStateException("in no vault");
              },
              identity -> {
                assertThat(identity.kind()).isEqualTo(EntraIdentity.Kind.MANAGED);
                return wanted -> {
                  scopes.addAll(wanted.getScopes());
                  return Mono.fromCallable(
                      () ->
                          new AccessToken(
                              token(), OffsetDateTime.now(ZoneOffset.UTC).plusHours(1)));
                };
              });
      JournalSink.Blob settings =
          YamlFile.read(
              folder.resolve("e.yaml").toString(),
              "{ container: '%s', identity: { kind: managed }, caCertificate: tls/ca.pem }"
                  .formatted(azurite.container("journal")),
              JournalSink.Blob.class);

      Blobs blobs = access.blobs(settings);
      blobs.create("a/b.jsonl");
      blobs.create("a/b.jsonl");
      blobs.append("a/b.jsonl", 0, "{}\n".getBytes(StandardCharsets.UTF_8));

      assertThat(scopes).containsOnly("https://storage.azure.com/.default");
      assertThat(blobs.extent("a/b.jsonl")).contains(new Blobs.Extent(3, 1));
      assertThat(blobs.extent("a/c.jsonl")).isEmpty();
      assertThat(new String(blobs.read("a/b.jsonl", 1), StandardCharsets.UTF_8)).isEqualTo("}\n");
      assertThatExceptionOfType(MovedException.class)
          .isThrownBy(() -> blobs.append("a/b.jsonl", 0, new byte[] {'\n'}));
      assertThatExceptionOfType(MovedException.class)
          .isThrownBy(() -> blobs.append("a/c.jsonl", 0, new byte[] {'\n'}));
      assertThat(blobs.putNew("once", new byte[] {1})).isTrue();
      assertThat(blobs.putNew("once", new byte[] {2})).isFalse();
      assertThat(blobs.read("once", 0)).containsExactly(1);
    }
  }

  private static String token() throws Exception {
    Instant now = Instant.now();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader(JWSAlgorithm.HS256),
            new JWTClaimsSet.Builder()
                .issuer("https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/")
                .audience("https://storage.azure.com")
                .subject("gateway")
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now.minusSeconds(60)))
                .expirationTime(Date.from(now.plusSeconds(3600)))
                .build());
    token.sign(new MACSigner(new byte[32]));
    return token.serialize();
  }
}
