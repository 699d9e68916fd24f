package dev.ephemeris.simulator.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Set;

/** Writes certificates and keys as text (RFC 7468). */
final class Pem {
  private static final Base64.Encoder BASE64 = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII));

  private Pem() {}

  static void write(Path file, X509Certificate certificate) throws IOException {
    try {
      Files.write(file, block("CERTIFICATE", certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("A certificate that was just made can't be encoded", e);
    }
  }

  /** PKCS#8, in a file that is private from its first byte on. */
  static void writeSecret(Path file, PrivateKey key) throws IOException {
    writeSecret(file, block("PRIVATE KEY", key.getEncoded()));
  }

  /** The same, and the certificate that belongs to it, in one file. */
  static void writeSecret(Path file, PrivateKey key, X509Certificate certificate)
      throws IOException {
    try (var both = new ByteArrayOutputStream()) {
      both.write(block("CERTIFICATE", certificate.getEncoded()));
      both.write(block("PRIVATE KEY", key.getEncoded()));
      writeSecret(file, both.toByteArray());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("A certificate that was just made can't be encoded", e);
    }
  }

  private static void writeSecret(Path file, byte[] text) throws IOException {
    Files.deleteIfExists(file);
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (var channel = Files.newByteChannel(file, options, ownerOnly)) {
      var content = ByteBuffer.wrap(text);
      while (content.hasRemaining()) {
        channel.write(content);
      }
    }
  }

  private static byte[] block(String label, byte[] der) {
    var text =
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(label, BASE64.encodeToString(der), label);
    return text.getBytes(US_ASCII);
  }
}
