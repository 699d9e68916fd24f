package dev.ephemeris.gateway.custody;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.identity.ClientCertificateCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import dev.ephemeris.config.EntraIdentity;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

/** What the gateway is in Entra ID, as Azure's own library has it. */
final class EntraIdentities {

  /** Authorities that MSAL asks one of them about before it trusts any of them. */
  private static final Set<String> MICROSOFTS =
      Set.of(
          "login.microsoftonline.com",
          "login.microsoftonline.us",
          "login.partner.microsoftonline.cn",
          "login.chinacloudapi.cn");

  private EntraIdentities() {}

  /**
   * The identity that the configuration names. Asks for nothing yet; what it is asked for blocks.
   *
   * @throws SecretFileException if there is a certificate and it can't be read
   */
  static TokenCredential of(EntraIdentity settings, HttpClient http) throws SecretFileException {
    String tenant = settings.tenantId().orElse(null);
    String client = settings.clientId().orElse(null);
    String authority = settings.authority().toString();
    boolean known = MICROSOFTS.contains(settings.authority().uri().getHost());
    return switch (settings.kind()) {
      case MANAGED ->
          new ManagedIdentityCredentialBuilder().clientId(client).httpClient(http).build();
      case WORKLOAD -> {
        WorkloadIdentityCredentialBuilder workload =
            new WorkloadIdentityCredentialBuilder()
                .tenantId(tenant)
                .clientId(client)
                .tokenFilePath(settings.tokenFile().map(Path::toString).orElse(null))
                .authorityHost(authority)
                .httpClient(http);
        yield (known ? workload : workload.disableInstanceDiscovery()).build();
      }
      case CERTIFICATE -> {
        ClientCertificateCredentialBuilder certificate =
            new ClientCertificateCredentialBuilder()
                .tenantId(tenant)
                .clientId(client)
                .pemCertificate(pem(settings.certificate().orElseThrow()))
                .authorityHost(authority)
                .httpClient(http);
        yield (known ? certificate : certificate.disableInstanceDiscovery()).build();
      }
    };
  }

  private static InputStream pem(Path certificate) throws SecretFileException {
    return new ByteArrayInputStream(
        SecretFile.read(certificate, text -> text.getBytes(StandardCharsets.US_ASCII)));
  }
}
