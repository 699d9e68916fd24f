package dev.ephemeris.gateway.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates are believed: the system's authorities, and one more by choice. */
final class TrustAnchors {

  private TrustAnchors() {}

  /** TLS that also believes the PEM certificates in {@code authority}. */
  static SSLContext systemAnd(Path authority) throws Failure {
    TrustManager[] managers = {managerOfSystemAnd(authority)};
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw noTls(e);
    }
  }

  /** The same for what isn't the JDK's own. */
  static TrustManager managerOfSystemAnd(Path authority) throws Failure {
    Collection<? extends Certificate> added = read(authority);
    try {
      List<Certificate> anchors = new ArrayList<>(system());
      anchors.addAll(added);
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < anchors.size(); i++) {
        store.setCertificateEntry("anchor-" + i, anchors.get(i));
      }
      return trustManagers(factory(store))[0];
    } catch (GeneralSecurityException | IOException e) {
      throw noTls(e);
    }
  }

  private static Failure noTls(Exception e) {
    return new Failure(Failure.Kind.LOCAL, "TLS can't be set up: " + e.getMessage());
  }

  private static Collection<? extends Certificate> read(Path file) throws Failure {
    try (InputStream pem = Files.newInputStream(file)) {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(pem);
      if (!certificates.isEmpty()) {
        return certificates;
      }
    } catch (IOException e) {
      throw new Failure(Failure.Kind.LOCAL, "The CA file " + file + " can't be read.");
    } catch (CertificateException notPem) {
      // as if there were none
    }
    throw new Failure(Failure.Kind.LOCAL, "The CA file " + file + " has no PEM certificate.");
  }

  private static List<X509Certificate> system() throws GeneralSecurityException {
    List<X509Certificate> issuers = new ArrayList<>();
    for (TrustManager manager : trustManagers(factory(null))) {
      if (manager instanceof X509TrustManager x509) {
        issuers.addAll(List.of(x509.getAcceptedIssuers()));
      }
    }
    return issuers;
  }

  private static TrustManager[] trustManagers(TrustManagerFactory factory) {
    return factory.getTrustManagers();
  }

  private static TrustManagerFactory factory(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store); // null: the system's
    return factory;
  }
}
