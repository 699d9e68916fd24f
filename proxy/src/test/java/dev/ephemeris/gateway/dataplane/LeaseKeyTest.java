package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.gateway.lease.Forgery;
import dev.ephemeris.gateway.lease.Issuance;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.PolicySource;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A lease in the form of a key: good at its own host name, for a few minutes, for one resource. */
class LeaseKeyTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORDER = "/dbs/shop/colls/orders/docs/o-1";
  private static final String LINK = "dbs/shop/colls/orders/docs/o-1";

  private static DataPlaneFixture fixture;
  private static URI gateway;
  private static Issuance.IssuedKey lease;
  private static Issuance.IssuedKey other;

  @BeforeAll
  static void start() throws Exception {
    fixture =
        new DataPlaneFixture(
            new PolicySource(
                "keys.yaml",
                """
                apiVersion: ephemeris.dev/v1
                rules:
                  - name: tools with keys
                    for: { groups: [group:default/team] }
                    role: data-reader
                    scopes: ["orders-prod:/"]
                    credentials: [lease-key]
                  - name: everybody else reads carts
                    for: { groups: [group:default/team] }
                    role: data-reader
                    scopes: ["orders-prod:/dbs/shop/colls/carts"]
                """));
    gateway = fixture.gateway();
    lease = fixture.key("orders-prod:/", "data-reader");
    other = fixture.key("orders-prod:/", "data-reader");
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  @BeforeEach
  void fill() throws Exception {
    fixture.simulator().reset();
    fixture.simulator().createDatabase("shop");
    fixture.simulator().createContainer("shop", "orders", "/pk");
    fixture.simulator().put("shop", "orders", JSON.readTree("{\"id\":\"o-1\",\"pk\":\"a\"}"));
  }

  @Test
  void signsWhatItIsFor() throws Exception {
    assertThat(lease.key().reveal()).hasSize(88);
    assertThat(read(host(lease), signed(lease, "get", LINK, now()), now()).status()).isEqualTo(200);
    // The service compares verb and type without regard to case, and so do SDKs that lower them.
    assertThat(read(host(lease), signed(lease, "GET", LINK, now()), now()).status()).isEqualTo(200);
  }

  @Test
  void isGoodAtItsOwnHostNameOnly() throws Exception {
    String signature = signed(lease, "get", LINK, now());

    assertRefused(read("localhost", signature, now()), "at the host name of the key's lease only");
    assertRefused(read("orders-prod.localhost", signature, now()), "at the host name");
    assertRefused(read(host(other), signature, now()), "isn't one of this gateway's leases");
    assertRefused(
        read("a".repeat(27) + ".lease.localhost", signature, now()),
        "isn't one of this gateway's leases");
    assertRefused(
        read("b".repeat(27) + ".lease.localhost", signature, now()),
        "isn't one of this gateway's leases");
  }

  @Test
  void coversVerbTypeAndResource() throws Exception {
    String date = now();

    for (String signature :
        List.of(
            signed(lease, "delete", LINK, date),
            signed(lease, "get", "dbs/shop/colls/orders/docs/o-2", date),
            signed(lease, "get", LINK.toUpperCase(java.util.Locale.ROOT), date),
            signed(lease, "get", "colls", "dbs/shop/colls/orders", date),
            signed(other, "get", LINK, date),
            MasterKey.ofBase64(DataPlaneFixture.UPSTREAM_KEY).sign("get", "docs", LINK, date),
            "",
            "AAAA",
            signed(lease, "get", LINK, date).toLowerCase(java.util.Locale.ROOT))) {
      RawHttp.Answer answer = read(host(lease), signature, date);
      assertThat(answer.status()).as(signature).isEqualTo(401);
      assertThat(answer.body()).doesNotContain("\"pk\"");
    }
    assertThat(fixture.simulator().received()).isEmpty();
  }

  @Test
  void isGoodForFiveMinutes() throws Exception {
    Instant now = Instant.now();

    for (long seconds : new long[] {-290, -30, 30, 290}) {
      String date = HttpDate.format(now.plusSeconds(seconds));
      assertThat(read(host(lease), signed(lease, "get", LINK, date), date).status()).isEqualTo(200);
    }
    for (long seconds : new long[] {-86_400, -310, 310, 86_400}) {
      String date = HttpDate.format(now.plusSeconds(seconds));
      assertRefused(
          read(host(lease), signed(lease, "get", LINK, date), date), "more than five minutes");
    }
  }

  @Test
  void needsItsDate() throws Exception {
    String date = now();
    String signature = signed(lease, "get", LINK, date);

    assertRefused(send(host(lease), List.of(authorization(signature))), "no x-ms-date");
    assertRefused(read(host(lease), signature, "yesterday"), "no x-ms-date");
    assertRefused(read(host(lease), signature, date.replace("GMT", "UTC")), "no x-ms-date");
    // A date that is another one, and two dates.
    assertThat(
            read(host(lease), signature, HttpDate.format(Instant.now().plusSeconds(20))).status())
        .isEqualTo(401);
    assertThat(
            send(
                    host(lease),
                    List.of(authorization(signature), "x-ms-date: " + date, "X-MS-Date: " + date))
                .status())
        .isEqualTo(400);
  }

  @Test
  void isNotATokenNorATokenAKey() throws Exception {
    Issuance.Issued withToken = fixture.lease("orders-prod:/dbs/shop/colls/carts", "data-reader");
    String token = withToken.token().reveal();
    // The token of a lease with a key is given to nobody; what it would be is known here.
    String ofKey = Forgery.token(fixture.secrets(), lease.lease().id());

    assertThat(
            send(
                    host(lease),
                    List.of("authorization: " + URLEncoder.encode(ofKey, StandardCharsets.UTF_8)))
                .status())
        .isEqualTo(401);
    String carts = withToken.lease().id() + ".lease.localhost";
    assertThat(
            read(
                    carts,
                    Forgery.key(fixture.secrets(), withToken.lease().id())
                        .sign("get", "docs", LINK, now()),
                    now())
                .status())
        .isEqualTo(401);
    assertThat(
            send(
                    carts,
                    List.of("authorization: " + URLEncoder.encode(token, StandardCharsets.UTF_8)))
                .status())
        .isEqualTo(403);
  }

  @Test
  void endsWithItsLease() throws Exception {
    Issuance.IssuedKey ending = fixture.key("orders-prod:/", "data-reader");
    assertThat(read(host(ending), signed(ending, "get", LINK, now()), now()).status())
        .isEqualTo(200);

    fixture.revoke(ending.lease().id());

    assertRefused(read(host(ending), signed(ending, "get", LINK, now()), now()), "was revoked");
  }

  /** A rule that doesn't list it gives no key, and one that lists only keys gives nothing else. */
  @Test
  void isGivenWhereARuleListsIt() {
    assertThat(
            fixture.ask(
                "orders-prod:/dbs/shop/colls/orders", "data-reader", CredentialForm.LEASE_TOKEN))
        .isInstanceOf(Issuance.Refused.class);
    assertThat(
            fixture.ask(
                "orders-prod:/dbs/shop/colls/carts", "data-reader", CredentialForm.LEASE_TOKEN))
        .isInstanceOf(Issuance.Issued.class);
  }

  @Test
  void isAsLongAsAnAccountsAndAnotherForEachLease() {
    assertThat(Base64.getDecoder().decode(lease.key().reveal())).hasSize(64);
    assertThat(lease.key().reveal()).isNotEqualTo(other.key().reveal());
    assertThat(lease.key().toString()).doesNotContain(lease.key().reveal());
  }

  private static String now() {
    return HttpDate.format(Instant.now());
  }

  private static String host(Issuance.IssuedKey key) {
    return key.lease().id() + ".lease.localhost";
  }

  private static String signed(Issuance.IssuedKey key, String verb, String link, String date) {
    return signed(key, verb, "docs", link, date);
  }

  private static String signed(
      Issuance.IssuedKey key, String verb, String type, String link, String date) {
    return MasterKey.ofBase64(key.key().reveal()).sign(verb, type, link, date);
  }

  private static String authorization(String signature) {
    return "authorization: "
        + URLEncoder.encode("type=master&ver=1.0&sig=" + signature, StandardCharsets.UTF_8);
  }

  private static RawHttp.Answer read(String host, String signature, String date) throws Exception {
    return send(host, List.of(authorization(signature), "x-ms-date: " + date));
  }

  private static RawHttp.Answer send(String host, List<String> headers) throws Exception {
    List<String> lines = new ArrayList<>(headers);
    lines.add("x-ms-documentdb-partitionkey: [\"a\"]");
    StringBuilder head = new StringBuilder("GET " + ORDER + " HTTP/1.1\r\n");
    head.append("Host: ").append(host).append(':').append(gateway.getPort()).append("\r\n");
    lines.forEach(line -> head.append(line).append("\r\n"));
    return new RawHttp(fixture.certificate().clientTls(), gateway)
        .exchange(
            head.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII),
            new byte[0]);
  }

  private static void assertRefused(RawHttp.Answer answer, String why) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(401);
    assertThat(answer.body()).contains(why);
  }
}
