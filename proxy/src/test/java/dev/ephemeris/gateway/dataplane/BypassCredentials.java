package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.gateway.lease.Issuance;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What those who try to get around the gateway show of themselves. */
final class BypassCredentials {

  private static final String EMULATOR_KEY =
      "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

  private static final String ORDERS = "orders-prod:/dbs/shop/colls/orders";
  private static final String TOOLS = "orders-prod:/dbs/shop/colls/tools";

  private final DataPlaneFixture fixture;
  private final Map<String, Issuance.Issued> leases = new HashMap<>();
  private final Issuance.IssuedKey key;
  private final Issuance.IssuedKey otherKey;
  private final String ownToken;

  BypassCredentials(DataPlaneFixture fixture) {
    this.fixture = fixture;
    leases.put("reader", fixture.lease("orders-prod:/", "data-reader"));
    leases.put("creator", fixture.lease(ORDERS, "item-creator"));
    leases.put("replacer", fixture.lease(ORDERS, "item-replacer"));
    leases.put("orders only", fixture.lease(ORDERS, "data-reader"));
    leases.put("small", fixture.lease("orders-prod:/dbs/shop/colls/small", "item-creator"));
    leases.put("paged", fixture.lease("orders-prod:/dbs/shop/colls/paged", "data-reader"));
    leases.put("manager", fixture.lease("orders-prod:/", "manager"));
    leases.put(
        "tenant", fixture.lease("orders-prod:/dbs/app/colls/events", "[\"tenantA\"]", "owner"));
    leases.put("revoked", fixture.lease(ORDERS, "data-reader"));
    fixture.revoke(lease("revoked").lease().id());
    key = fixture.key(TOOLS, "data-reader");
    otherKey = fixture.key(TOOLS, "data-reader");
    ownToken = fixture.ownToken("team");
  }

  Issuance.Issued lease(String who) {
    return Objects.requireNonNull(leases.get(who), who);
  }

  /** A lease that has used up what it may have for a long while, once it has read something. */
  Issuance.Issued metered() {
    return fixture.lease("orders-prod:/dbs/shop/colls/metered", "data-reader");
  }

  /**
   * The header lines that show it, with the host name where it is shown if that isn't the gateway's
   * own.
   */
  List<String> headers(BypassAttempt attempt) {
    String who = attempt.who();
    return switch (who) {
      case "nobody" -> List.of();
      case "somebody with one letter changed" -> List.of(authorization(changed(reader())));
      case "two at once" ->
          List.of("authorization: " + encoded(reader()) + "," + encoded(reader()));
      case "two in two headers" -> List.of(authorization(reader()), authorization(reader()));
      case "no signature" -> List.of(authorization("type=resource&ver=1.0&sig="));
      case "another version" -> List.of(authorization(reader().replace("ver=1.0", "ver=2.0")));
      case "the SAS form" -> List.of(authorization(reader().replace("resource", "sas")));
      case "the system form" -> List.of(authorization(reader().replace("resource", "system")));
      case "own token without algorithm" -> List.of(aad(withoutAlgorithm(ownToken)));
      case "own token with one letter changed" -> List.of(aad(changed(ownToken)));
      case "own token of another group" -> List.of(aad(fixture.ownToken("strangers")));
      case "a lease's token as one's own" -> List.of(aad(signature(reader())));
      case "the emulator's key" -> signed(MasterKey.ofBase64(EMULATOR_KEY), attempt, Duration.ZERO);
      case "the account's key" ->
          signed(MasterKey.ofBase64(DataPlaneFixture.UPSTREAM_KEY), attempt, Duration.ZERO);
      case "a key anywhere" -> signed(key(key), attempt, Duration.ZERO);
      case "a key of another lease" -> at(key, signed(key(otherKey), attempt, Duration.ZERO));
      case "an old signature" -> at(key, signed(key(key), attempt, Duration.ofMinutes(-6)));
      case "a signature of tomorrow" -> at(key, signed(key(key), attempt, Duration.ofMinutes(6)));
      case "a signature of another verb" ->
          at(key, signed(key(key), "delete", link(attempt), Duration.ZERO));
      case "a signature of another item" ->
          at(key, signed(key(key), attempt.method(), link(attempt) + "x", Duration.ZERO));
      case "a lease's token at another lease" -> at(key, List.of(authorization(reader())));
      default -> List.of(authorization(lease(who).token().reveal()));
    };
  }

  private String reader() {
    return lease("reader").token().reveal();
  }

  private static MasterKey key(Issuance.IssuedKey issued) {
    return MasterKey.ofBase64(issued.key().reveal());
  }

  private static List<String> at(Issuance.IssuedKey issued, List<String> headers) {
    return Stream.concat(
            Stream.of("host: " + issued.lease().id() + ".lease.localhost"), headers.stream())
        .toList();
  }

  private static List<String> signed(MasterKey key, BypassAttempt attempt, Duration late) {
    return signed(key, attempt.method(), link(attempt), late);
  }

  private static List<String> signed(MasterKey key, String verb, String link, Duration late) {
    String date = HttpDate.format(Instant.now().plus(late));
    return List.of(
        authorization("type=master&ver=1.0&sig=" + key.sign(verb, "docs", link, date)),
        "x-ms-date: " + date);
  }

  private static String link(BypassAttempt attempt) {
    return attempt.target().substring(1);
  }

  private static String authorization(String credential) {
    return "authorization: " + encoded(credential);
  }

  private static String aad(String token) {
    return authorization("type=aad&ver=1.0&sig=" + token);
  }

  private static String signature(String token) {
    return token.substring(token.indexOf("sig=") + "sig=".length());
  }

  private static String encoded(String credential) {
    return URLEncoder.encode(credential, StandardCharsets.UTF_8);
  }

  /** Not the last letter, some bits of which may stand for nothing. */
  private static String changed(String credential) {
    int at = credential.length() - 10;
    return credential.substring(0, at)
        + (credential.charAt(at) == 'A' ? 'B' : 'A')
        + credential.substring(at + 1);
  }

  private static String withoutAlgorithm(String jwt) {
    String header = "{\"alg\":\"none\",\"typ\":\"at+jwt\"}";
    return Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(header.getBytes(StandardCharsets.US_ASCII))
        + jwt.substring(jwt.indexOf('.'), jwt.lastIndexOf('.') + 1);
  }
}
