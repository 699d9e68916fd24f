package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.simulator.cosmos.AccountAccess;
import dev.ephemeris.simulator.cosmos.KeyKind;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The secrets of one world, and all that came out of it while tests went on in it: when it is over,
 * none is in the log, in the journal, in the store, in metrics or in an answer; those of a lease
 * are in the one answer that hands them over. So every test is one for secrets, too.
 */
public final class PlantedSecrets {

  /** What hands a secret over: a lease, a renewal, an exchange, a sign-in. */
  private static final Pattern HANDED_OVER =
      Pattern.compile(
          "\"(token|access_token|refresh_token|id_token|key)\"\\s*:\\s*\"([^\"]{24,})\"");

  private static final Pattern ACCOUNT_KEY = Pattern.compile("AccountKey=([A-Za-z0-9+/=]+)");

  private final ListeningLog log = ListeningLog.begin();
  private final Map<String, String> secrets = new ConcurrentHashMap<>();

  private final Queue<String> answers = new ConcurrentLinkedQueue<>();

  /** Those that were given before, for the same idempotency key. */
  private final Queue<String> answersAgain = new ConcurrentLinkedQueue<>();

  /** What kind of secret of a lease it is, by the secret. */
  private final Map<String, String> handedOver = new ConcurrentHashMap<>();

  /** A secret that is to be nowhere, as it is and decoded. */
  void plant(String what, String secret) {
    secrets.put(what, secret);
    try {
      secrets.put(
          what + " in the clear",
          new String(Base64.getDecoder().decode(secret), StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException notBase64) {
      // Then there is one way only to write it.
    }
  }

  /** The keys that an account has now. */
  void plant(AccountAccess access) {
    for (KeyKind kind : KeyKind.values()) {
      String key = access.key(kind);
      plant("account key " + key.substring(0, 4), key);
    }
  }

  /** Somebody's bearer: its signature, which makes it one. */
  void plantBearer(String token) {
    secrets.put("bearer " + (secrets.size() + 1), token.substring(token.lastIndexOf('.') + 1));
  }

  /** What the gateway answered. */
  void answered(HttpResponse<String> response) {
    // Whoever asks again with their idempotency key is given the same again.
    boolean isAgain = response.headers().firstValue("idempotency-replayed").isPresent();
    (isAgain ? answersAgain : answers).add(response.headers().map() + " " + response.body());
    Matcher found = HANDED_OVER.matcher(response.body());
    while (found.find()) {
      String secret = found.group(2);
      // Of a lease token and of a JWT that is what makes it one.
      String mac = secret.substring(secret.lastIndexOf('.') + 1);
      if (mac.length() >= 20) {
        handedOver.put(mac, found.group(1));
      }
    }
    Matcher key = ACCOUNT_KEY.matcher(response.body());
    while (key.find()) {
      handedOver.put(key.group(1), "lease key");
    }
  }

  /** Tells no more; fails if a secret is where it mustn't be. */
  void check(Path folder, String metrics) throws IOException {
    log.end();
    Map<String, String> places = new TreeMap<>();
    places.put("the log", log.text());
    places.put("metrics", metrics);
    for (Path file : kept(folder)) {
      places.put(
          "file " + file.getFileName(),
          new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    }
    String all = String.join("\n", answers) + String.join("\n", answersAgain);
    secrets.forEach(
        (what, secret) -> assertThat(isIn(secret, all)).as(what + " in an answer").isFalse());
    handedOver.forEach(
        (secret, what) ->
            assertThat(answers.stream().filter(answer -> isIn(secret, answer)).count())
                .as("answers with the same " + what)
                .isLessThanOrEqualTo(1));
    places.forEach(
        (where, text) -> {
          secrets.forEach(
              (what, secret) -> assertThat(isIn(secret, text)).as(what + " in " + where).isFalse());
          handedOver.forEach(
              (secret, what) -> assertThat(isIn(secret, text)).as(what + " in " + where).isFalse());
        });
  }

  /** Not by AssertJ: a failure would show the secret in CI's log. */
  private static boolean isIn(String secret, String text) {
    return text.contains(secret);
  }

  /** What the gateway keeps: store and journal. */
  private static List<Path> kept(Path folder) throws IOException {
    try (var walk = Files.walk(folder)) {
      return new ArrayList<>(
          walk.filter(Files::isRegularFile)
              .filter(
                  file ->
                      file.startsWith(folder.resolve("journal"))
                          || file.getFileName().toString().matches(".*\\.(db|db-wal)"))
              .toList());
    }
  }
}
