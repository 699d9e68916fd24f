package dev.ephemeris.simulator.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * What a service principal shows to Entra ID: a certificate that nobody but itself has signed, RSA
 * as Entra ID takes it.
 *
 * @param file the certificate and its private key, PEM, readable by its owner only
 * @param certificate what is registered with the application
 */
public record IdentityCertificate(Path file, X509Certificate certificate) {

  private static final X500Name NAME = new X500Name("CN=ephemeris");
  private static final Duration LIFETIME = Duration.ofDays(30);
  // For clocks that run behind: containers, virtual machines after a pause.
  private static final Duration BACKDATED = Duration.ofHours(1);

  /**
   * Makes a new one, in the place of an earlier one in the file.
   *
   * @throws IOException if the file can't be written
   */
  public static IdentityCertificate create(Path file) throws IOException {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      var keys = generator.generateKeyPair();
      var now = Instant.now();
      var builder =
          new JcaX509v3CertificateBuilder(
              NAME,
              BigInteger.ONE,
              Date.from(now.minus(BACKDATED)),
              Date.from(now.plus(LIFETIME)),
              NAME,
              keys.getPublic());
      var certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(
                      new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate())));
      Pem.writeSecret(file, keys.getPrivate(), certificate);
      return new IdentityCertificate(file, certificate);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("This JDK can't make a certificate", e);
    }
  }
}
