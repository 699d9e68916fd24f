package dev.ephemeris.gateway.api;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.BOB;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.simulator.issuer.Person;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists by pages, through the API. */
class PagesTest {

  private static final Pattern NEXT = Pattern.compile("<([^>]+)>; rel=\"next\"");

  private static final int MANY = 17;

  private static GatewayFixture fixture;

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
    fixture.append(
        "policy.yaml",
        """
          - name: the team changes orders after approval
            for: { groups: [group:default/team] }
            role: data-contributor
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            approval: { from: [group:default/platform], expires: 1h }
          - name: platform changes orders after the team's approval
            for: { groups: [group:default/platform] }
            role: data-contributor
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            approval: { from: [group:default/team], expires: 1h }
        """);
    fixture.restart();
    for (int i = 0; i < MANY; i++) {
      JsonNode unused = fixture.lease(); // and a session each
      ask(ALICE);
      if (i % 3 == 0) {
        ask(OPAL);
      }
      Reply killed =
          fixture.api(
              "POST",
              "/v1/any/kills",
              fixture.token(OPAL),
              "{\"principal\":\"corp:sub-"
                  + (i % 2 == 0 ? "bob" : "nobody-" + i)
                  + "\",\"account\":\"orders-prod\",\"reason\":\"a look\"}");
      assertThat(killed.status()).as(killed.body()).isEqualTo(200);
    }
  }

  private static void ask(Person who) throws Exception {
    Reply asked =
        fixture.api(
            "POST",
            "/v1/access-requests",
            fixture.token(who),
            "{\"scope\":\"" + ORDERS + "\",\"role\":\"data-contributor\",\"reason\":\"a look\"}");
    assertThat(asked.status()).as(asked.body()).isEqualTo(201);
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  private static String token(String who) {
    return fixture.token(
        switch (who) {
          case "alice" -> ALICE;
          case "bob" -> BOB;
          default -> OPAL;
        });
  }

  private static Reply get(String path, String token) throws Exception {
    Reply reply = fixture.api("GET", path, token, "");
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply;
  }

  private static List<String> ids(Reply reply, String name) {
    return reply.json().path(name).findValuesAsText("id").stream().toList();
  }

  private static String with(String path, String query) {
    return path + (path.contains("?") ? "&" : "?") + query;
  }

  /** By the links, as RFC 8288 has them. */
  private static List<String> read(String path, String name, String token, int limit)
      throws Exception {
    List<String> read = new ArrayList<>();
    String next = with(path, "limit=" + limit);
    while (!next.isEmpty()) {
      Reply page = get(next, token);
      List<String> ids = ids(page, name);
      assertThat(ids).hasSizeLessThanOrEqualTo(limit);
      read.addAll(ids);
      Matcher link = NEXT.matcher(page.header("link"));
      next = link.matches() ? link.group(1) : "";
      assertThat(page.json().has("next")).isEqualTo(!next.isEmpty());
      if (!next.isEmpty()) {
        assertThat(next).endsWith("cursor=" + page.json().path("next").asText());
      }
    }
    return read;
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/leases, leases, alice, 17",
    "/v1/sessions, sessions, alice, 34",
    "/v1/access-requests, accessRequests, alice, 17",
    "/v1/access-requests?of=to-answer, accessRequests, alice, 6",
    "/v1/access-requests?of=to-answer, accessRequests, opal, 17",
    "/v1/blocks, blocks, bob, 9",
    "/v1/any/leases, leases, opal, 17",
    "/v1/any/sessions, sessions, opal, 40",
    "/v1/any/sessions?principal=corp%3Asub-alice, sessions, opal, 34",
    "/v1/any/leases?principal=corp:sub-alice, leases, opal, 17",
    "/v1/any/blocks, blocks, opal, 17",
    "/v1/any/blocks?principal=corp:sub-bob, blocks, opal, 9",
  })
  void walkThroughEverythingOnceWhateverTheirSize(String path, String name, String who, int least)
      throws Exception {
    String token = token(who);
    List<String> all = ids(get(path, token), name);
    assertThat(all).hasSizeGreaterThanOrEqualTo(least).doesNotHaveDuplicates();

    for (int limit : List.of(1, 2, 5, least, 1000)) {
      assertThat(read(path, name, token, limit)).containsExactlyElementsOf(all);
    }
  }

  @Test
  void whatComesMeanwhileIsOnNone() throws Exception {
    String token = fixture.token(ALICE);
    List<String> before = ids(get("/v1/leases", token), "leases");

    Reply first = get("/v1/leases?limit=5", token);
    String another = fixture.lease().at("/lease/id").asText();
    Reply rest = get("/v1/leases?limit=1000&cursor=" + first.json().path("next").asText(), token);

    List<String> read = new ArrayList<>(ids(first, "leases"));
    read.addAll(ids(rest, "leases"));
    assertThat(read).containsExactlyElementsOf(before).doesNotContain(another);
  }

  @Test
  void aCursorIsOfOneListAndOnePrincipal() throws Exception {
    String alice = fixture.token(ALICE);
    String opal = fixture.token(OPAL);
    String mine = get("/v1/leases?limit=2", alice).json().path("next").asText();
    String alices =
        get("/v1/any/leases?limit=2&principal=corp:sub-alice", opal).json().path("next").asText();

    for (String path :
        List.of(
            "/v1/sessions?cursor=" + mine,
            "/v1/access-requests?cursor=" + mine,
            "/v1/leases?cursor=" + alices,
            "/v1/leases?cursor=" + mine + "&cursor=" + mine)) {
      refused(path, alice);
    }
    for (String path :
        List.of(
            "/v1/leases?cursor=" + mine,
            "/v1/any/leases?cursor=" + mine,
            "/v1/any/leases?cursor=" + alices,
            "/v1/any/leases?principal=corp:sub-bob&cursor=" + alices)) {
      refused(path, opal);
    }
    // A later sign-in of the same person goes on.
    assertThat(get("/v1/leases?cursor=" + mine, fixture.token(ALICE)).json().path("leases"))
        .isNotEmpty();
  }

  private static void refused(String path, String token) throws Exception {
    Reply reply = fixture.api("GET", path, token, "");
    assertThat(reply.status()).as(path + ": " + reply.body()).isEqualTo(400);
    assertThat(reply.json().has("leases")).isFalse();
  }

  @Test
  void aForgedCursorIsRefused() throws Exception {
    String token = fixture.token(ALICE);
    String cursor = get("/v1/leases?limit=2", token).json().path("next").asText();
    String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    Random random = new Random(7);

    for (String forged : List.of("x", ".", "a.", "a.MQ", "1234", cursor.substring(1))) {
      refused("/v1/leases?cursor=" + forged, token);
    }
    for (int i = 0; i < 100; i++) {
      StringBuilder forged = new StringBuilder(cursor);
      int at = random.nextInt(cursor.length() - 1); // the last one's last bits may be nobody's
      char letter = letters.charAt(random.nextInt(letters.length()));
      if (forged.charAt(at) != letter && at != cursor.indexOf('.') - 1) {
        forged.setCharAt(at, letter);
        refused("/v1/leases?cursor=" + forged, token);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"limit=0", "limit=1001", "limit=-1", "limit=x", "limit=1&limit=2", "cursor="})
  void refusesPagesThatThereAreNot(String query) throws Exception {
    refused("/v1/leases?" + query, fixture.token(ALICE));
  }

  /** Where a page ends is told by what is on it: by nobody else's request. */
  @Test
  void aCursorTellsNobodyOfWhatIsNotTheirs() throws Exception {
    String next =
        get("/v1/access-requests?of=to-answer&limit=2", fixture.token(ALICE))
            .json()
            .path("next")
            .asText();
    String told =
        new String(
            Base64.getUrlDecoder().decode(next.substring(next.indexOf('.') + 1)),
            StandardCharsets.UTF_8);

    List<String> hers =
        ids(get("/v1/access-requests?of=to-answer", fixture.token(ALICE)), "accessRequests");
    assertThat(hers).contains(told.substring(told.indexOf('\n') + 1));
  }

  @Test
  void aBlockThatTheStoreHasNotTakenIsOnItsPageToo() throws Exception {
    String opal = fixture.token(OPAL);
    List<String> all = read("/v1/any/blocks", "blocks", opal, 1000);
    String gone = all.get(all.size() / 2);
    fixture.sql("DELETE FROM block WHERE id = '" + gone + "'");

    // It holds here, whatever has become of it there.
    for (int limit : List.of(1, 2, 3, 5, 8, 100)) {
      assertThat(read("/v1/any/blocks", "blocks", opal, limit)).containsExactlyElementsOf(all);
    }
  }
}
