package dev.ephemeris.gateway.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The gateway's own certificate: whether clients will believe it, and for which names. */
public final class CertificateCheck {

  private static final String PART = "certificate";
  private static final Duration SOON = Duration.ofDays(14);

  // RFC 5280 §4.2.1.6, as the JDK numbers them.
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  private static final Pattern PRIVATE_KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private CertificateCheck() {}

  /**
   * What there is to say of it, and of its private key.
   *
   * @param needed the gateway's names, each without which somebody can't reach it
   * @param wanted names that only some clients use, an account's or a lease's
   */
  public static List<Finding> of(
      Path certificate, Path privateKey, Set<String> needed, Set<String> wanted, Instant now) {
    X509Certificate own;
    try {
      own = read(certificate);
    } catch (IOException e) {
      return List.of(
          Finding.problem(
              PART,
              certificate + " can't be read.",
              "Put the certificate there, followed by its chain, as PEM that this user may read."));
    } catch (CertificateException e) {
      return List.of(
          Finding.problem(
              PART,
              certificate + " has no certificate.",
              "It should be PEM, the gateway's certificate first, followed by its chain."));
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(time(own, now));
    findings.addAll(names(own, needed, wanted));
    findings.addAll(key(own, privateKey));
    return List.copyOf(findings);
  }

  /** Whether one that is shown ends soon, or has. */
  public static Finding time(X509Certificate certificate, Instant now) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    if (now.isBefore(from)) {
      return Finding.problem(
          PART, "It isn't good before " + from + ".", "Look at this machine's clock, or wait.");
    }
    if (!now.isBefore(until)) {
      return Finding.problem(
          PART,
          "It has expired at " + until + ".",
          "Have a new one made; the gateway takes it when it is started again.");
    }
    return Duration.between(now, until).compareTo(SOON) < 0
        ? Finding.warning(
            PART,
            "It expires at " + until + ", in less than " + SOON.toDays() + " days.",
            "Have a new one made; the gateway takes it when it is started again.")
        : Finding.ok(PART, "It is good until " + until + ".");
  }

  private static List<Finding> names(X509Certificate own, Set<String> needed, Set<String> wanted) {
    Set<String> named;
    try {
      named = named(own);
    } catch (CertificateParsingException e) {
      named = Set.of();
    }
    List<Finding> findings = new ArrayList<>();
    List<String> missing = missing(needed, named);
    if (!missing.isEmpty()) {
      findings.add(
          Finding.problem(
              PART,
              "It isn't for " + String.join(", ", missing) + ".",
              "Clients refuse the gateway under such a name: have a certificate made with it among"
                  + " its DNS names."));
    }
    List<String> unserved = missing(wanted, named);
    if (!unserved.isEmpty()) {
      findings.add(
          Finding.warning(
              PART,
              "It isn't for " + String.join(", ", unserved) + ".",
              "Only clients that are given such a name need it: one that prefers a region, or has a"
                  + " lease with a key. “*.” and the gateway's name is for the first, “*.lease.”"
                  + " and that name for the second."));
    }
    if (findings.isEmpty()) {
      findings.add(Finding.ok(PART, "It is for all names of the gateway and its accounts."));
    }
    return findings;
  }

  private static List<String> missing(Set<String> names, Set<String> certified) {
    return names.stream()
        .filter(name -> certified.stream().noneMatch(pattern -> isFor(pattern, name)))
        .sorted()
        .toList();
  }

  /** RFC 6125 §6.4.3, with the wildcard as the whole leftmost label only. */
  private static boolean isFor(String pattern, String name) {
    if (!pattern.startsWith("*.")) {
      return pattern.equals(name);
    }
    int dot = name.indexOf('.');
    return dot > 0 && name.substring(dot).equals(pattern.substring(1));
  }

  /** Whether it is no name, and so has none below it. */
  public static boolean isAddress(String name) {
    try {
      InetAddress unused = InetAddress.ofLiteral(name);
      return true;
    } catch (IllegalArgumentException aName) {
      return false;
    }
  }

  private static Set<String> named(X509Certificate own) throws CertificateParsingException {
    Collection<List<?>> names = own.getSubjectAlternativeNames();
    return names == null
        ? Set.of()
        : names.stream()
            .filter(name -> Set.of(DNS_NAME, IP_ADDRESS).contains(name.get(0)))
            .map(name -> String.valueOf(name.get(1)).toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  private static List<Finding> key(X509Certificate own, Path file) {
    String text;
    boolean othersRead;
    try {
      text = Files.readString(file);
      othersRead = Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException e) {
      return List.of(
          Finding.problem(
              PART,
              "Its private key isn't at " + file + ", or this user may not read it.",
              "Put it there, as PEM (PKCS #8)."));
    }
    List<Finding> findings = new ArrayList<>();
    if (othersRead) {
      findings.add(
          Finding.warning(
              PART,
              "Everybody on this machine may read its private key, " + file + ".",
              "chmod 600 it."));
    }
    Matcher pem = PRIVATE_KEY.matcher(text);
    if (!pem.find()) {
      findings.add(
          Finding.problem(
              PART,
              file + " has no private key as PKCS #8.",
              "“openssl pkcs8 -topk8 -nodes -in OLD -out NEW” makes one of another."));
    } else if (!belongs(own, pem.group(1))) {
      findings.add(
          Finding.problem(
              PART,
              "The private key in " + file + " isn't the certificate's.",
              "Put the two there that were made together."));
    }
    return findings;
  }

  /** Whether what the one signs is good to the other. */
  private static boolean belongs(X509Certificate own, String base64) {
    try {
      String type = own.getPublicKey().getAlgorithm();
      PrivateKey key =
          KeyFactory.getInstance(type)
              .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
      String algorithm =
          switch (type) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> type;
          };
      byte[] anything = {1, 2, 3};
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(anything);
      byte[] signature = signing.sign();
      Signature verifying = Signature.getInstance(algorithm);
      verifying.initVerify(own.getPublicKey());
      verifying.update(anything);
      return verifying.verify(signature);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private static X509Certificate read(Path file) throws IOException, CertificateException {
    try (InputStream pem = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }
  }
}
