package dev.ephemeris.gateway.custody;

import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.Optional;

/** How the gateway connects to an account. */
public final class AccountConnection {

  private AccountConnection() {}

  /**
   * Over TLS, with the account's name verified.
   *
   * @param caCertificate PEM: an authority to trust for it, beside the machine's
   */
  public static HttpClientOptions options(Optional<Path> caCertificate) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setSsl(true)
            .setVerifyHost(true)
            .setKeepAliveTimeout(30)
            .setConnectTimeout(5_000)
            .setDecompressionSupported(false);
    caCertificate.ifPresent(
        ca -> options.setTrustOptions(new PemTrustOptions().addCertPath(ca.toString())));
    return options;
  }
}
