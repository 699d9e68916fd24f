package dev.ephemeris.gateway.custody;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.HttpLogDetailLevel;
import com.azure.core.http.policy.HttpLogOptions;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.BlobUrlParts;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import dev.ephemeris.config.Endpoint;
import dev.ephemeris.config.EntraIdentity;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.config.SecretSource;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import dev.ephemeris.gateway.custody.VaultSecrets.VaultException;
import dev.ephemeris.gateway.journal.sink.Blobs;
import dev.ephemeris.gateway.journal.sink.SinkAccess;
import dev.ephemeris.gateway.journal.sink.SinkException;
import dev.ephemeris.gateway.journal.sink.TrustedAuthority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** What the journal's sinks get in by: files, key vaults, and the gateway's identities. */
public final class GatewaySinkAccess implements SinkAccess {

  private static final int ANSWER_SECONDS = 30;

  private static final Pattern SAS = Pattern.compile("[A-Za-z0-9%&=_.~:+/?,;@!$'()*-]+");

  private final Vaults vaults;
  private final Identities identities;

  /** Made when first needed; each keeps its tokens. */
  private final Map<EntraIdentity, TokenCredential> made = new ConcurrentHashMap<>();

  /** Key vaults, asked as the gateway. */
  interface Vaults {
    VaultSecrets of(Endpoint vault) throws SecretFileException, SinkException;
  }

  /** What Azure's own library makes of identities. */
  interface Identities {
    TokenCredential of(EntraIdentity settings) throws SecretFileException;
  }

  /**
   * What the configuration names. Asks for nothing yet.
   *
   * @param azure who the gateway is to key vaults
   */
  public GatewaySinkAccess(Optional<EntraIdentity> azure) {
    this(
        vault ->
            VaultSecrets.of(
                vault,
                azure.orElseThrow(
                    () ->
                        SinkException.refused(
                            "as whom would the gateway ask "
                                + vault
                                + "? The configuration has no azure"))),
        identity -> EntraIdentities.of(identity, new JdkHttpClientBuilder().build()));
  }

  GatewaySinkAccess(Vaults vaults, Identities identities) {
    this.vaults = vaults;
    this.identities = identities;
  }

  @Override
  public String secret(SecretSource source) throws SinkException {
    try {
      return source.file().isPresent()
          ? SecretFile.read(source.file().get(), text -> text)
          : vaults
              .of(source.vault().orElseThrow())
              .read(source.secret().orElseThrow(), text -> text);
    } catch (SecretFileException e) {
      throw SinkException.refused(String.valueOf(e.getMessage()));
    } catch (VaultException e) {
      throw SinkException.unavailable(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Token token(EntraIdentity identity, String scope) throws SinkException {
    try {
      AccessToken token =
          credential(identity).getTokenSync(new TokenRequestContext().addScopes(scope));
      return new Token(token.getToken(), token.getExpiresAt().toInstant());
    } catch (RuntimeException e) {
      throw SinkException.unavailable("no token of Entra ID for " + scope + ": " + firstLine(e));
    }
  }

  @Override
  public Blobs blobs(JournalSink.Blob settings) throws SinkException {
    return new AzureBlobs(container(settings, http(settings.caCertificate())));
  }

  private BlobContainerClient container(JournalSink.Blob settings, HttpClient http)
      throws SinkException {
    String url = settings.container().toString();
    BlobContainerClientBuilder builder =
        new BlobContainerClientBuilder()
            .endpoint(url)
            .httpClient(http)
            .httpLogOptions(new HttpLogOptions().setLogLevel(HttpLogDetailLevel.NONE))
            // Whoever appends says by its own rules what to do after a failure.
            .retryOptions(
                new RequestRetryOptions(
                    RetryPolicyType.FIXED, 1, ANSWER_SECONDS, null, null, null));
    if (settings.identity().isPresent()) {
      builder.credential(credential(settings.identity().get()));
    } else if (settings.sas().isPresent()) {
      builder.sasToken(sas(settings.sas().get()));
    } else {
      builder.credential(
          new StorageSharedKeyCredential(
              BlobUrlParts.parse(url).getAccountName(),
              secret(settings.accountKey().orElseThrow())));
    }
    return builder.buildClient();
  }

  /** Of other characters no URL can be made, and who can't make one may quote it in an error. */
  private String sas(SecretSource source) throws SinkException {
    String sas = secret(source);
    if (!SAS.matcher(sas).matches()) {
      throw SinkException.refused(
          "the shared access signature is none: it has a character that no URL has");
    }
    return sas;
  }

  private TokenCredential credential(EntraIdentity identity) throws SinkException {
    TokenCredential known = made.get(identity);
    if (known != null) {
      return known;
    }
    try {
      TokenCredential credential = identities.of(identity);
      made.put(identity, credential);
      return credential;
    } catch (SecretFileException e) {
      throw SinkException.refused(String.valueOf(e.getMessage()));
    }
  }

  private static HttpClient http(Optional<Path> caCertificate) throws SinkException {
    java.net.http.HttpClient.Builder builder = java.net.http.HttpClient.newBuilder();
    if (caCertificate.isPresent()) {
      builder.sslContext(TrustedAuthority.tls(caCertificate.get()));
    }
    return new JdkHttpClientBuilder(builder)
        .connectionTimeout(Duration.ofSeconds(10))
        .responseTimeout(Duration.ofSeconds(ANSWER_SECONDS))
        .build();
  }

  /** What else Azure's libraries say in a failure is theirs to choose. */
  static String firstLine(RuntimeException e) {
    return e.getMessage() == null
        ? e.getClass().getSimpleName()
        : e.getMessage().lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
