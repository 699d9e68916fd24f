package dev.ephemeris.simulator.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A server certificate for loopback names, and the authority to trust for it, as files.
 *
 * @param authority {@code ca.pem}: the authority's certificate
 * @param certificate {@code server.pem}: the server's certificate, which the authority signed
 * @param privateKey {@code server.key}: the server's key, PKCS#8, readable by its owner only
 * @param trustStore {@code truststore.p12}: the authority once more, as {@code
 *     javax.net.ssl.trustStore} takes it
 */
public record LoopbackCertificate(
    Path authority, Path certificate, Path privateKey, Path trustStore) {

  /** Opens {@link #trustStore}. Not a secret: what it protects is public. */
  public static final String TRUST_STORE_PASSWORD = "changeit";

  /**
   * Makes a new authority and a certificate for {@code localhost}, {@code *.localhost}, {@code
   * *.lease.localhost}, {@code *.vault.localhost}, 127.0.0.1 and ::1, good for 30 days, and writes
   * them to {@code directory}, in place of earlier ones.
   *
   * <p>The authority's private key is forgotten at once, so nobody can ever sign anything else with
   * it.
   *
   * @throws IOException if the directory can't be made or written to
   */
  public static LoopbackCertificate create(Path directory) throws IOException {
    Files.createDirectories(directory);
    var files =
        new LoopbackCertificate(
            directory.resolve("ca.pem"),
            directory.resolve("server.pem"),
            directory.resolve("server.key"),
            directory.resolve("truststore.p12"));
    var authority = Authority.create();
    var server = authority.issueForLoopback();
    Pem.write(files.authority, authority.certificate());
    Pem.write(files.certificate, server.certificate());
    Pem.writeSecret(files.privateKey, server.privateKey());
    writeTrustStore(files.trustStore, authority.certificate());
    return files;
  }

  /** TLS for a client that trusts this authority and no other. */
  public SSLContext clientTls() throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(trustStore)) {
      trusted.load(in, TRUST_STORE_PASSWORD.toCharArray());
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  private static void writeTrustStore(Path file, X509Certificate authority) throws IOException {
    try (var out = Files.newOutputStream(file)) {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("ephemeris-loopback", authority);
      // Neither encrypted nor under a MAC: it is public, and both take as long as all the rest.
      store.store(out, null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK writes PKCS#12", e);
    }
  }
}
