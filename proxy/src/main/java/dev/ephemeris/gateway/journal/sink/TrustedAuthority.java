package dev.ephemeris.gateway.journal.sink;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority whose certificates are believed, and nobody else's. */
public final class TrustedAuthority {

  private TrustedAuthority() {}

  /**
   * TLS for clients that believe the certificates in this PEM file only.
   *
   * @throws SinkException if it has none
   */
  public static SSLContext tls(Path pem) throws SinkException {
    try (InputStream in = Files.newInputStream(pem)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority-" + number++, certificate);
      }
      if (number == 0) {
        throw SinkException.refused("the CA file " + pem + " has no PEM certificate");
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw SinkException.refused(
          "the CA file " + pem + " can't be used: " + e.getClass().getSimpleName());
    }
  }
}
