package dev.ephemeris.gateway.credential;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/**
 * Something that looks like a credential, made at random, and opens nothing.
 *
 * @param kind as the words in its place have it
 * @param before what stands before the part that is secret, and stays
 * @param secret what must not be seen
 * @param after what stands after it, and stays
 */
public record Planted(String kind, String before, String secret, String after) {

  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final String DIGITS = "0123456789";
  private static final String ALPHANUMERIC = LETTERS + DIGITS;
  private static final String URL = ALPHANUMERIC + "-_";

  /** As it is before anything is withheld. */
  public String text() {
    return before + secret + after;
  }

  /** As it is afterwards. */
  public String withheld() {
    return before + "[credential withheld: " + kind + "]" + after;
  }

  /** One of each kind. */
  public static List<Planted> all(Random random) {
    List<Planted> all = new ArrayList<>();
    all.add(alone("account key", base64(random, 64)));
    all.add(
        new Planted(
            "account key",
            "AccountEndpoint=https://orders.documents.azure.com:443/;AccountKey=",
            base64(random, 64),
            ";"));
    all.add(
        new Planted(
            "account key",
            "DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=",
            base64(random, 64),
            ";EndpointSuffix=core.windows.net"));
    all.add(
        new Planted(
            "access key",
            "Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=all;SharedAccessKey=",
            base64(random, 32),
            ""));
    all.add(
        new Planted(
            "access key",
            "Endpoint=https://orders.azconfig.io;Id=a0-l9-s0:x;Secret=",
            base64(random, 32),
            ""));
    all.add(
        new Planted(
            "password",
            "Server=tcp:orders.database.windows.net;User ID=app;Password=",
            "pA" + text(random, ALPHANUMERIC, 12) + "!",
            ";Encrypt=True"));
    all.add(
        new Planted(
            "SAS signature",
            "https://orders.blob.core.windows.net/a?sv=2024-11-04&se=2026-11-24&sp=r&sig=",
            base64(random, 32).replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
            "&sr=c"));
    all.add(
        alone(
            "resource token",
            "type=resource&ver=1.0&sig="
                + base64(random, 16)
                + ";"
                + base64(random, 60)
                + ";"
                + base64(random, 40)
                + ";"));
    all.add(
        alone(
            "lease token",
            "type=resource&ver=1&sig="
                + text(random, "abcdefghijklmnopqrstuvwxyz234567", 27)
                + "."
                + text(random, URL, 43)));
    for (String of : List.of("s", "r", "b", "a", "f")) {
      all.add(
          alone(
              "token of this gateway",
              "eph_" + of + "_" + text(random, URL, 43) + "." + text(random, URL, 43)));
    }
    all.add(alone("JWT", jwt(random, "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"a\"}", 2)));
    all.add(alone("JWT", jwt(random, "{ \"typ\" : \"JWT\",\n \"alg\" : \"none\" }", 1) + "."));
    all.add(alone("JWT", jwt(random, "{\"alg\":\"dir\",\"enc\":\"A256GCM\"}", 4)));
    for (String label :
        List.of(
            "PRIVATE KEY",
            "RSA PRIVATE KEY",
            "EC PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
            "PGP PRIVATE KEY BLOCK")) {
      all.add(alone("private key", pem(random, label) + "-----END " + label + "-----"));
    }
    all.add(alone("AWS access key", "AKIA" + text(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)));
    all.add(alone("AWS access key", "ASIA" + text(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)));
    all.add(
        new Planted(
            "AWS access key",
            "aws_secret_access_key = ",
            "9" + text(random, ALPHANUMERIC + "+/", 39),
            ""));
    for (String of : List.of("ghp", "gho", "ghu", "ghs", "ghr")) {
      all.add(alone("GitHub token", of + "_" + text(random, ALPHANUMERIC, 36)));
    }
    all.add(
        alone(
            "GitHub token",
            "github_pat_" + text(random, ALPHANUMERIC, 22) + "_" + text(random, ALPHANUMERIC, 59)));
    for (String of :
        List.of(
            "xoxb",
            "xoxp",
            "xoxa",
            "xoxr",
            "xoxs",
            "xoxe",
            "xoxc",
            "xoxd",
            "xoxo",
            "xoxe.xoxp",
            "xapp")) {
      all.add(
          alone(
              "Slack token",
              of + "-" + text(random, DIGITS, 12) + "-" + text(random, ALPHANUMERIC, 24)));
    }
    all.add(
        new Planted(
            "Slack token",
            "https://",
            "hooks.slack.com/services/T"
                + text(random, "ABCDEFGH", 8)
                + "/B"
                + text(random, "ABCDEFGH", 8)
                + "/"
                + text(random, ALPHANUMERIC, 24),
            ""));
    all.add(alone("Google key", "AIza" + text(random, URL, 35)));
    all.add(alone("Google key", "GOCSPX-" + text(random, URL, 28)));
    all.add(alone("Google key", "ya29." + text(random, URL, 60)));
    for (String of : List.of("sk_live_", "sk_test_", "rk_live_", "rk_test_")) {
      all.add(alone("Stripe key", of + text(random, ALPHANUMERIC, 24)));
    }
    all.add(alone("Stripe key", "whsec_" + text(random, ALPHANUMERIC, 32)));
    all.add(
        alone(
            "client secret",
            text(random, ALPHANUMERIC, 3) + "8Q~" + text(random, ALPHANUMERIC + "_-.~", 34)));
    all.add(
        new Planted("bearer token", "Authorization: Bearer ", "a1" + text(random, URL, 40), ""));
    all.add(
        new Planted(
            "password",
            "authorization: basic ",
            Base64.getEncoder()
                .encodeToString(
                    ("app:" + text(random, ALPHANUMERIC, 17)).getBytes(StandardCharsets.UTF_8)),
            ""));
    all.add(
        new Planted(
            "password",
            "mongodb+srv://app:",
            text(random, ALPHANUMERIC + "!$%-_.", 12),
            "@orders.example.com/shop"));
    all.add(new Planted("password", "redis://:", text(random, ALPHANUMERIC, 9), "@10.0.0.1:6379"));
    return all;
  }

  private static Planted alone(String kind, String secret) {
    return new Planted(kind, "", secret, "");
  }

  private static String base64(Random random, int bytes) {
    byte[] secret = new byte[bytes];
    random.nextBytes(secret);
    return Base64.getEncoder().encodeToString(secret);
  }

  private static String jwt(Random random, String header, int parts) {
    StringBuilder jwt =
        new StringBuilder(
            Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(header.getBytes(StandardCharsets.UTF_8)));
    for (int i = 0; i < parts; i++) {
      jwt.append('.').append(text(random, URL, 40));
    }
    return jwt.toString();
  }

  private static String pem(Random random, String label) {
    StringBuilder pem = new StringBuilder("-----BEGIN " + label + "-----\n");
    for (int line = 0; line < 3; line++) {
      pem.append(text(random, ALPHANUMERIC + "+/", 64)).append('\n');
    }
    return pem.toString();
  }

  private static String text(Random random, String of, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(of.charAt(random.nextInt(of.length())));
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return before + "…" + after + " (" + kind + ")";
  }
}
