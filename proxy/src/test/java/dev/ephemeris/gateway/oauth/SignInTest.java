package dev.ephemeris.gateway.oauth;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.BOB;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.gateway.oauth.TestBrowser.Page;
import dev.ephemeris.simulator.issuer.Person;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** People sign in by the gateway, and let its clients act for them. */
class SignInTest {

  private static final String BACK = "http://127.0.0.1:43210/callback";
  private static final String COOKIE = "__Host-ephemeris";
  private static final String VERIFIER =
      "a verifier of a test, long enough for RFC 7636".replace(' ', '-').replace(',', '.');

  private static GatewayFixture fixture;

  private final TestBrowser browser = browser();

  /** One for all: what a test needs, it begins anew. */
  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  @BeforeEach
  void laterThanTheLast() {
    fixture.clock().advance(Duration.ofSeconds(2));
  }

  @AfterEach
  void closeTheBrowser() {
    browser.close();
  }

  private static TestBrowser browser() {
    return new TestBrowser(fixture.certificate());
  }

  private static long recorded(String type) throws IOException {
    return fixture.journal(type).size();
  }

  // --- what clients do ---------------------------------------------------------------------------

  private URI api(String path) {
    return fixture.gateway().api().resolve(path);
  }

  private static String challenge(String verifier) throws Exception {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(
            MessageDigest.getInstance("SHA-256")
                .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
  }

  private Map<String, String> request() throws Exception {
    Map<String, String> request = new LinkedHashMap<>();
    request.put("response_type", "code");
    request.put("client_id", "ephemeris-cli");
    request.put("redirect_uri", BACK);
    request.put("state", "of the client");
    request.put("code_challenge", challenge(VERIFIER));
    request.put("code_challenge_method", "S256");
    return request;
  }

  private URI authorize(Map<String, String> request) {
    return api("/oauth/authorize?" + form(request));
  }

  private static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> encoded(field.getKey()) + '=' + encoded(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private Reply post(String path, Map<String, String> form)
      throws IOException, InterruptedException {
    return fixture.send(
        HttpRequest.newBuilder(api(path))
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form(form))));
  }

  private Reply trade(String code) throws IOException, InterruptedException {
    return trade(code, Map.of());
  }

  private Reply trade(String code, Map<String, String> other)
      throws IOException, InterruptedException {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("client_id", "ephemeris-cli");
    form.put("code", code);
    form.put("redirect_uri", BACK);
    form.put("code_verifier", VERIFIER);
    form.putAll(other);
    return post("/oauth/token", form);
  }

  private Reply refresh(String token) throws IOException, InterruptedException {
    return post(
        "/oauth/token",
        Map.of(
            "grant_type", "refresh_token", "client_id", "ephemeris-cli", "refresh_token", token));
  }

  /** The code that a client gets for this person. */
  private String code(TestBrowser in, Person person) throws Exception {
    Page consent = in.signIn(authorize(request()), person.subject());
    return in.submit(consent, "/oauth/authorize", "answer", "allow").query("code");
  }

  private JsonNode tokens(Person person) throws Exception {
    try (TestBrowser own = browser()) {
      Reply reply = trade(code(own, person));
      assertThat(reply.status()).as(reply.body()).isEqualTo(200);
      return reply.json();
    }
  }

  private Reply me(JsonNode tokens) throws IOException, InterruptedException {
    return fixture.api("GET", "/v1/me", tokens.path("access_token").asText(), "");
  }

  // --- a code ------------------------------------------------------------------------------------

  @Test
  void givesAClientTokensOfItsOwn() throws Exception {
    Page consent = browser.signIn(authorize(request()), ALICE.subject());

    assertThat(consent.body())
        .contains("ephemeris, the command line")
        .contains("Alice Ito (user:default/alice)")
        .contains("http://127.0.0.1:43210")
        .contains("127.0.0.1, this browser's address")
        .doesNotContain("Nobody has checked");

    Page back = browser.submit(consent, "/oauth/authorize", "answer", "allow");
    assertThat(back.uri().toString()).startsWith(BACK + "?");
    assertThat(back.query())
        .containsEntry("state", "of the client")
        .containsEntry("iss", fixture.gateway().api().toString());

    Reply given = trade(back.query("code"));
    assertThat(given.status()).isEqualTo(200);
    assertThat(given.header("cache-control")).isEqualTo("no-store");
    assertThat(given.json().path("token_type").asText()).isEqualTo("Bearer");
    assertThat(given.json().path("expires_in").asInt()).isEqualTo(900);
    JsonNode me = me(given.json()).json();
    assertThat(me.at("/principal/subject").asText()).isEqualTo(ALICE.subject());
    assertThat(me.at("/groups/0").asText()).isEqualTo("group:default/team");
    assertThat(fixture.journal("sessionStarted"))
        .extracting(record -> record.path("client").asText())
        .contains("browser", "ephemeris-cli");
  }

  @Test
  void givesTokensThatGetLeases() throws Exception {
    Reply lease =
        fixture.api(
            "POST",
            "/v1/leases",
            tokens(ALICE).path("access_token").asText(),
            "{\"scope\": \"" + GatewayFixture.ORDERS + "\", \"role\": \"data-reader\"}");

    assertThat(lease.status()).isEqualTo(201);
    assertThat(fixture.readOrder(lease.json().path("token").asText()).status()).isEqualTo(200);
  }

  /** Neither for each other, nor where another kind is asked for. */
  @Test
  void givesTokensThatAreGoodForOneThing() throws Exception {
    JsonNode tokens = tokens(ALICE);
    String access = tokens.path("access_token").asText();
    String refresh = tokens.path("refresh_token").asText();
    code(browser, ALICE);
    String cookie = browser.cookie(api("/"), COOKIE).orElseThrow();

    assertThat(fixture.api("GET", "/v1/me", refresh, "").status()).isEqualTo(401);
    assertThat(fixture.api("GET", "/v1/me", cookie, "").status()).isEqualTo(401);
    assertThat(refresh(access).status()).isEqualTo(400);
    assertThat(refresh(cookie).status()).isEqualTo(400);
    assertThat(fixture.readOrder("type=aad&ver=1.0&sig=" + access).status()).isEqualTo(401);
    try (TestBrowser thief = browser()) {
      thief.cookie(api("/"), COOKIE, access);
      assertThat(thief.open(api("/")).body()).contains("Who are you today?");
    }
  }

  @Test
  void keepsNothingThatIsGoodForAnything() throws Exception {
    JsonNode tokens = tokens(ALICE);
    code(browser, ALICE);

    StringBuilder store = new StringBuilder();
    for (String name : List.of("ephemeris.db", "ephemeris.db-wal")) {
      Path file = fixture.folder().resolve(name);
      if (Files.exists(file)) {
        store.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    String journal = TestJournals.text(fixture.folder().resolve("journal"));
    for (String secret :
        List.of(
            tokens.path("access_token").asText(),
            tokens.path("refresh_token").asText(),
            browser.cookie(api("/"), COOKIE).orElseThrow(),
            GatewayFixture.CLIENT_SECRET)) {
      assertThat(store.toString()).doesNotContain(secret);
      assertThat(journal).doesNotContain(secret);
    }
    assertThat(store.toString()).contains("sub-alice");
  }

  @Test
  void takesNoForAnAnswer() throws Exception {
    Page consent = browser.signIn(authorize(request()), ALICE.subject());

    Page back = browser.submit(consent, "/oauth/authorize", "answer", "deny");

    assertThat(back.query()).containsEntry("error", "access_denied").doesNotContainKey("code");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          client_id             | somebody-else
          redirect_uri          | http://127.0.0.1:43210/other
          redirect_uri          | http://127.0.0.1/callback
          redirect_uri          | http://127.0.0.1:43210/callback/../x
          redirect_uri          | http://127.0.0.1:43210@evil.example/callback
          redirect_uri          | http://localhost:43210/callback
          redirect_uri          | https://evil.example/callback
          redirect_uri          | http://127.0.0.1:/callback
          """)
  void sendsNobodyWhereAClientIsNotRegistered(String name, String value) throws Exception {
    Map<String, String> request = request();
    request.put(name, value);

    Page page = browser.signIn(authorize(request), ALICE.subject());

    assertThat(page.status()).isEqualTo(400);
    assertThat(page.uri().getAuthority()).isEqualTo(fixture.gateway().api().getAuthority());
    assertThat(page.body()).contains("This sign-in can't begin");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          response_type         | token                | unsupported_response_type
          code_challenge_method | plain                | invalid_request
          code_challenge_method |                      | invalid_request
          code_challenge        | short                | invalid_request
          response_mode         | fragment             | invalid_request
          request               | eyJhbGciOiJub25lIn0. | invalid_request
          resource              | https://evil.example | invalid_target
          """)
  void tellsAClientWhatIsWrong(String name, String value, String error) throws Exception {
    Map<String, String> request = request();
    if (value == null) {
      request.remove(name);
    } else {
      request.put(name, value);
    }

    Page page = browser.open(authorize(request));

    assertThat(page.query())
        .containsEntry("error", error)
        .containsEntry("state", "of the client")
        .containsEntry("iss", fixture.gateway().api().toString());
  }

  @Test
  void refusesWhatIsSaidTwice() throws Exception {
    Page page = browser.open(URI.create(authorize(request()) + "&client_id=another"));

    assertThat(page.status()).isEqualTo(400);
    assertThat(page.body()).contains("says something twice");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          code_verifier | another-verifier-that-is-as-long-as-they-have-to-be
          code_verifier | ''
          redirect_uri  | http://127.0.0.1:43211/callback
          code          | another
          resource      | https://evil.example
          grant_type    | password
          client_id     | c-nobody
          client_secret | secret
          """)
  void tradesACodeForWhomItWasMade(String name, String value) throws Exception {
    Reply refused = trade(code(browser, ALICE), Map.of(name, value));

    assertThat(refused.status()).isBetween(400, 401);
    assertThat(refused.json().path("error").asText()).isNotEmpty();
    assertThat(refused.body()).doesNotContain("access_token");
  }

  @Test
  void tradesNoCodeForAnotherClient() throws Exception {
    String another =
        register("{\"redirect_uris\": [\"" + BACK + "\"]}").json().path("client_id").asText();

    Reply refused = trade(code(browser, ALICE), Map.of("client_id", another));

    assertThat(refused.json().path("error").asText()).isEqualTo("invalid_grant");
  }

  /** Who shows it again has perhaps stolen it: what came of it ends (OAuth 2.1 §4.1.3). */
  @Test
  void tradesACodeOnce() throws Exception {
    String code = code(browser, ALICE);
    JsonNode tokens = trade(code).json();
    assertThat(me(tokens).status()).isEqualTo(200);

    Reply again = trade(code);

    assertThat(again.json().path("error").asText()).isEqualTo("invalid_grant");
    assertThat(me(tokens).status()).isEqualTo(401);
    assertThat(refresh(tokens.path("refresh_token").asText()).status()).isEqualTo(400);
  }

  @Test
  void tradesACodeSoon() throws Exception {
    String code = code(browser, ALICE);

    fixture.clock().advance(Duration.ofSeconds(61));

    assertThat(trade(code).json().path("error").asText()).isEqualTo("invalid_grant");
  }

  // --- refresh tokens ----------------------------------------------------------------------------

  @Test
  void renewsTokensUntilTheSessionEnds() throws Exception {
    JsonNode tokens = tokens(ALICE);
    fixture.clock().advance(Duration.ofMinutes(16));
    assertThat(me(tokens).status()).isEqualTo(401);

    JsonNode renewed = refresh(tokens.path("refresh_token").asText()).json();
    assertThat(me(renewed).status()).isEqualTo(200);

    fixture.clock().advance(Duration.ofHours(12));
    assertThat(refresh(renewed.path("refresh_token").asText()).status()).isEqualTo(400);
  }

  /** The end is sealed with each token, whatever the session's row says. */
  @Test
  void endsThoughSomebodyHasWrittenIntoTheStore() throws Exception {
    JsonNode tokens = tokens(ALICE);
    fixture.sql("UPDATE session SET ends_at = ends_at + 999000000000");
    fixture.clock().advance(Duration.ofHours(11));
    JsonNode renewed = refresh(tokens.path("refresh_token").asText()).json();
    assertThat(me(renewed).status()).isEqualTo(200);

    fixture.clock().advance(Duration.ofHours(2));

    assertThat(me(renewed).status()).isEqualTo(401);
    assertThat(refresh(renewed.path("refresh_token").asText()).status()).isEqualTo(400);
  }

  @Test
  void endsTheSessionOfARefreshTokenThatIsShownAgain() throws Exception {
    JsonNode tokens = tokens(ALICE);
    JsonNode renewed = refresh(tokens.path("refresh_token").asText()).json();
    assertThat(me(renewed).status()).isEqualTo(200);
    long ended = recorded("sessionEnded");

    Reply again = refresh(tokens.path("refresh_token").asText());

    assertThat(again.json().path("error").asText()).isEqualTo("invalid_grant");
    assertThat(again.json().path("error_description").asText()).contains("second time");
    assertThat(me(renewed).status()).isEqualTo(401);
    assertThat(refresh(renewed.path("refresh_token").asText()).status()).isEqualTo(400);
    assertThat(recorded("sessionEnded")).isEqualTo(ended + 1);
  }

  @Test
  void endsASessionThatItsClientGivesBack() throws Exception {
    JsonNode tokens = tokens(ALICE);

    assertThat(
            post(
                    "/oauth/revoke",
                    Map.of(
                        "client_id",
                        "ephemeris-cli",
                        "token",
                        tokens.path("refresh_token").asText()))
                .status())
        .isEqualTo(200);
    assertThat(me(tokens).status()).isEqualTo(401);
    assertThat(
            post("/oauth/revoke", Map.of("client_id", "ephemeris-cli", "token", "eph_r_nothing"))
                .status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE session_token SET sign_in = replace(sign_in, 'sub-bob', 'sub-opal')",
        "UPDATE session_token SET expires_at = expires_at + 99000000000",
        "UPDATE session_token SET client = 'c-another'",
        "UPDATE session_token SET purpose = 'ACCESS' WHERE purpose = 'REFRESH'",
        "UPDATE session_token SET session_id = (SELECT id FROM session WHERE subject = 'sub-opal')"
      })
  void takesNoTokenThatSomebodyWroteIntoTheStore(String sql) throws Exception {
    tokens(OPAL);
    JsonNode tokens = tokens(BOB);

    fixture.sql(sql);

    if (sql.contains("purpose")) {
      assertThat(fixture.api("GET", "/v1/me", tokens.path("refresh_token").asText(), "").status())
          .isEqualTo(401);
    } else {
      assertThat(me(tokens).status()).isEqualTo(401);
      assertThat(refresh(tokens.path("refresh_token").asText()).status()).isEqualTo(400);
    }
  }

  // --- a browser ---------------------------------------------------------------------------------

  @Test
  void showsWhoIsSignedInAndSignsThemOut() throws Exception {
    Page account = browser.signIn(api("/"), ALICE.subject());
    assertThat(account.body()).contains("Alice Ito (user:default/alice)").contains("this browser");
    String cookie = browser.cookie(api("/"), COOKIE).orElseThrow();

    Page out = browser.submit(account, "/sign-out", "x", "y");

    assertThat(out.body()).contains("You are signed out").contains("/logout?id_token_hint=");
    assertThat(browser.cookie(api("/"), COOKIE)).isEmpty();
    browser.cookie(api("/"), COOKIE, cookie);
    assertThat(browser.open(api("/")).body()).contains("Who are you today?");
  }

  @Test
  void givesABrowserASessionOfItsOwnForEachSignIn() throws Exception {
    browser.signIn(api("/"), ALICE.subject());
    String first = browser.cookie(api("/"), COOKIE).orElseThrow();

    browser.signIn(api("/sign-in/corp"), BOB.subject());

    assertThat(browser.cookie(api("/"), COOKIE)).isPresent().get().isNotEqualTo(first);
    try (TestBrowser other = browser()) {
      other.cookie(api("/"), COOKIE, first);
      assertThat(other.open(api("/")).body()).contains("Who are you today?");
    }
  }

  @Test
  void asksAgainAfterAWhileWithoutRequests() throws Exception {
    browser.signIn(api("/"), ALICE.subject());
    for (int i = 0; i < 3; i++) {
      fixture.clock().advance(Duration.ofMinutes(50));
      assertThat(browser.open(api("/")).body()).contains("You are signed in");
    }

    fixture.clock().advance(Duration.ofMinutes(62));

    assertThat(browser.open(api("/")).body()).contains("Who are you today?");
  }

  @Test
  void keepsItsCookieToItself() throws Exception {
    Page callback = browser.open(api("/sign-in/corp"));
    assertThat(callback.body()).contains("Who are you today?");
    HttpRequest.Builder begin = HttpRequest.newBuilder(api("/sign-in/corp"));

    Reply begun = fixture.send(begin);

    assertThat(begun.header("set-cookie"))
        .startsWith("__Host-ephemeris-sign-in=")
        .contains("Secure")
        .contains("HTTPOnly")
        .contains("SameSite=Lax")
        .contains("Path=/")
        .doesNotContain("Domain");
  }

  /** A page of another site's can't send what it doesn't know, nor what it has seen elsewhere. */
  @Test
  void takesFormsFromItsOwnPagesOnly() throws Exception {
    Page consent = browser.signIn(authorize(request()), ALICE.subject());

    assertThat(
            browser
                .submit(
                    consent,
                    "/oauth/authorize",
                    Map.of("answer", "allow"),
                    Map.of("origin", "https://evil.example"))
                .body())
        .contains("This form counts no more");
    assertThat(
            browser
                .submit(
                    consent,
                    "/oauth/authorize",
                    Map.of("answer", "allow"),
                    Map.of("sec-fetch-site", "cross-site"))
                .body())
        .contains("This form counts no more");
    try (TestBrowser bobs = browser()) {
      Page others = bobs.signIn(authorize(request()), BOB.subject());
      Page mixed = new Page(consent.uri(), 200, others.body(), others.response());
      assertThat(browser.submit(mixed, "/oauth/authorize", "answer", "allow").body())
          .contains("This form counts no more");
    }
    Page elsewhere =
        new Page(
            consent.uri(),
            200,
            consent.body().replace("action=\"/oauth/authorize\"", "action=\"/sign-out\""),
            consent.response());
    assertThat(browser.submit(elsewhere, "/sign-out", "x", "y").body())
        .contains("This form counts no more");
  }

  @Test
  void letsNoOtherSiteFrameItsPages() throws Exception {
    Page consent = browser.signIn(authorize(request()), ALICE.subject());

    assertThat(consent.response().headers().firstValue("content-security-policy").orElseThrow())
        .contains("default-src 'none'")
        .contains("frame-ancestors 'none'")
        .contains("form-action 'self' http://127.0.0.1:43210");
    assertThat(consent.response().headers().firstValue("cache-control")).contains("no-store");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/%2f/evil.example",
        "/oauth/authorize?a\\b",
        "/v1/leases",
        "javascript:alert(1)",
        "/device?user_code=BCDF-GHJK\r\nset-cookie: a=b"
      })
  void leadsNobodyAway(String onward) throws Exception {
    Page page = browser.signIn(api("/sign-in/corp?onward=" + encoded(onward)), ALICE.subject());

    assertThat(page.uri()).isEqualTo(api("/"));
    assertThat(page.body()).contains("You are signed in");
  }

  /** Cookies are of one name: by another, somebody would sign in and not be. */
  @Test
  void hasOneName() throws Exception {
    Reply sent =
        fixture.send(
            HttpRequest.newBuilder(
                URI.create("https://127.0.0.1:" + fixture.gateway().api().getPort() + "/device")));

    assertThat(sent.status()).isEqualTo(303);
    assertThat(sent.header("location")).isEqualTo(api("/device").toString());
  }

  // --- at the issuer -----------------------------------------------------------------------------

  @Test
  void takesBackOnlyTheBrowserThatItSent() throws Exception {
    long failed = recorded("authenticationFailed");
    Reply begun = fixture.send(HttpRequest.newBuilder(api("/sign-in/corp")));
    URI issuers = URI.create(begun.header("location"));
    try (TestBrowser attacker = browser()) {
      Page asked = attacker.open(issuers);
      Page refused = attacker.submit(asked, "/authorize", "person", BOB.subject());

      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.body()).contains("this browser didn't begin it");
      assertThat(attacker.cookie(api("/"), COOKIE)).isEmpty();
    }
    assertThat(recorded("authenticationFailed")).isEqualTo(failed + 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          state=([^&]*)  | state=other                    | didn't begin it
          state=([^&]*)  | state=a&state=b                | didn't begin it
          iss=([^&]*)    | iss=https://evil.example       | another issuer
          iss=([^&]*)    | iss=$1&iss=https://evil.example | another issuer
          code=([^&]*)   | code=another                   | gave no ID token: invalid_grant
          code=([^&]*)   | nocode=                        | sent no code
          code=([^&]*)   | error=<b>access_denied         | no error that is known
          code=([^&]*)   | error=login_required           | login_required
          """)
  void believesNothingThatSomebodyChanged(String found, String changed, String reason)
      throws Exception {
    Page asked = browser.open(api("/sign-in/corp"));
    URI callback = callback(asked);

    Page refused =
        browser.open(
            URI.create(
                callback
                    .toString()
                    .replaceFirst(found, changed.replace("<", "%3C").replace(">", "%3E"))));

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body()).contains(reason);
    assertThat(browser.cookie(api("/"), COOKIE)).isEmpty();
  }

  /** Where the issuer would send the browser back to. */
  private URI callback(Page asked) throws Exception {
    Matcher form = Pattern.compile("name=\"form\" value=\"([^\"]+)\"").matcher(asked.body());
    assertThat(form.find()).isTrue();
    Reply sent =
        fixture.send(
            HttpRequest.newBuilder(asked.uri().resolve("/authorize"))
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "form=" + form.group(1) + "&person=" + ALICE.subject())));
    return URI.create(sent.header("location"));
  }

  @Test
  void letsNobodyTakeTooLong() throws Exception {
    Page asked = browser.open(api("/sign-in/corp"));
    URI callback = callback(asked);

    fixture.clock().advance(Duration.ofMinutes(11));

    assertThat(browser.open(callback).body()).contains("more than 10 minutes ago");
  }

  @Test
  void signsNobodyInTwiceByOneAnswer() throws Exception {
    Page asked = browser.open(api("/sign-in/corp"));
    URI callback = callback(asked);
    String remembered = browser.cookie(api("/"), "__Host-ephemeris-sign-in").orElseThrow();
    assertThat(browser.open(callback).body()).contains("You are signed in");

    assertThat(browser.open(callback).body()).contains("didn't begin it");
    browser.cookie(api("/"), "__Host-ephemeris-sign-in", remembered);
    assertThat(browser.open(callback).body()).contains("didn't begin it");
  }

  // --- endings -----------------------------------------------------------------------------------

  @Test
  void endsWithASuspension() throws Exception {
    JsonNode tokens = tokens(BOB);
    browser.signIn(api("/"), BOB.subject());

    Reply suspended =
        fixture.api(
            "POST",
            "/v1/any/suspensions",
            fixture.token(OPAL),
            "{\"principal\": \"corp:sub-bob\", \"reason\": \"a test\"}");

    assertThat(suspended.status()).as(suspended.body()).isEqualTo(200);
    try {
      assertThat(me(tokens).status()).isEqualTo(401);
      assertThat(refresh(tokens.path("refresh_token").asText()).status()).isEqualTo(400);
      fixture.clock().advance(Duration.ofSeconds(2));
      Page again = browser.signIn(api("/"), BOB.subject());
      assertThat(again.status()).isEqualTo(403);
      assertThat(again.body()).contains("shut out").contains("is lifted");
    } finally {
      fixture.api(
          "DELETE",
          "/v1/any/blocks/" + suspended.json().path("block").asText(),
          fixture.token(OPAL),
          "");
    }
  }

  /** The back channel: the issuer tells that somebody has signed out there. */
  @Test
  void endsWithTheSignInAtTheIssuer() throws Exception {
    JsonNode alices = tokens(ALICE);
    JsonNode bobs = tokens(BOB);
    String direct = fixture.token(ALICE);
    assertThat(fixture.api("GET", "/v1/me", direct, "").status()).isEqualTo(200);
    String notYetShown = fixture.token(ALICE);
    fixture.clock().advance(Duration.ofSeconds(2));

    assertThat(
            logout(
                    fixture
                        .issuer()
                        .logoutToken(
                            GatewayFixture.GATEWAY_CLIENT, it -> it.subject(ALICE.subject())))
                .status())
        .isEqualTo(200);

    assertThat(me(alices).status()).isEqualTo(401);
    assertThat(refresh(alices.path("refresh_token").asText()).status()).isEqualTo(400);
    assertThat(fixture.api("GET", "/v1/me", direct, "").status()).isEqualTo(401);
    assertThat(fixture.api("GET", "/v1/me", notYetShown, "").status()).isEqualTo(401);
    assertThat(me(bobs).status()).isEqualTo(200);
    fixture.clock().advance(Duration.ofSeconds(2));
    assertThat(me(tokens(ALICE)).status()).isEqualTo(200);
    assertThat(fixture.journal("sessionEnded"))
        .extracting(record -> record.path("by").asText())
        .contains("issuer corp");
  }

  private Reply logout(String token) throws IOException, InterruptedException {
    return post("/sign-in/corp/logout", Map.of("logout_token", token));
  }

  @Test
  void endsTheOneSessionThatTheIssuerNames() throws Exception {
    JsonNode first = tokens(ALICE);
    JsonNode second = tokens(ALICE);
    String sid = sid(first);

    assertThat(
            logout(
                    fixture
                        .issuer()
                        .logoutToken(GatewayFixture.GATEWAY_CLIENT, it -> it.claim("sid", sid)))
                .status())
        .isEqualTo(200);

    assertThat(me(first).status()).isEqualTo(401);
    assertThat(me(second).status()).isEqualTo(200);
  }

  /** Of which of a person's sessions a token is isn't known if it has no sid. */
  @Test
  void endsWhatMayBeOfTheSessionThatTheIssuerNames() throws Exception {
    String without =
        fixture
            .issuer()
            .accessToken(OPAL, GatewayFixture.CLIENT, claims -> claims.claim("sid", null));
    String notYetShown =
        fixture
            .issuer()
            .accessToken(OPAL, GatewayFixture.CLIENT, claims -> claims.claim("sid", null));
    String another = fixture.token(OPAL);
    assertThat(fixture.api("GET", "/v1/me", without, "").status()).isEqualTo(200);
    fixture.clock().advance(Duration.ofSeconds(2));

    logout(
        fixture
            .issuer()
            .logoutToken(
                GatewayFixture.GATEWAY_CLIENT,
                it -> it.subject(OPAL.subject()).claim("sid", "one of hers")));

    assertThat(fixture.api("GET", "/v1/me", without, "").status()).isEqualTo(401);
    assertThat(fixture.api("GET", "/v1/me", notYetShown, "").status()).isEqualTo(401);
    assertThat(fixture.api("GET", "/v1/me", another, "").status()).isEqualTo(200);
  }

  /** What the issuer calls the session of these tokens: the store has a digest only. */
  private String sid(JsonNode tokens) throws Exception {
    assertThat(me(tokens).status()).isEqualTo(200);
    try (Connection store = fixture.store();
        PreparedStatement select =
            store.prepareStatement("SELECT sign_in FROM session_token WHERE session_id = ?")) {
      select.setString(1, me(tokens).json().at("/session/id").asText());
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return GatewayFixture.json(rows.getString(1)).at("/atIssuer/session").asText();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonce",
        "events",
        "audience",
        "old",
        "nobody",
        "jti",
        "typ",
        "signature",
        "again"
      })
  void takesNothingElseForALogout(String wrong) throws Exception {
    JsonNode tokens = tokens(ALICE);
    String good =
        fixture.issuer().logoutToken(GatewayFixture.GATEWAY_CLIENT, it -> it.subject("sub-bob"));
    String token =
        switch (wrong) {
          case "nonce" ->
              fixture
                  .issuer()
                  .logoutToken(
                      GatewayFixture.GATEWAY_CLIENT,
                      it -> it.subject(ALICE.subject()).claim("nonce", "n"));
          case "events" ->
              fixture
                  .issuer()
                  .logoutToken(
                      GatewayFixture.GATEWAY_CLIENT,
                      it -> it.subject(ALICE.subject()).claim("events", Map.of()));
          case "audience" ->
              fixture
                  .issuer()
                  .logoutToken(
                      GatewayFixture.GATEWAY_CLIENT,
                      it -> it.subject(ALICE.subject()).audience("another"));
          case "old" ->
              fixture
                  .issuer()
                  .logoutToken(
                      GatewayFixture.GATEWAY_CLIENT,
                      it ->
                          it.subject(ALICE.subject())
                              .issueTime(Date.from(fixture.clock().instant().minusSeconds(180))));
          case "nobody" -> fixture.issuer().logoutToken(GatewayFixture.GATEWAY_CLIENT, it -> {});
          case "jti" ->
              fixture
                  .issuer()
                  .logoutToken(
                      GatewayFixture.GATEWAY_CLIENT, it -> it.subject(ALICE.subject()).jwtID(null));
          case "typ" ->
              fixture
                  .issuer()
                  .accessToken(
                      ALICE,
                      GatewayFixture.CLIENT,
                      it ->
                          it.audience(GatewayFixture.GATEWAY_CLIENT)
                              .claim(
                                  "events",
                                  Map.of(
                                      "http://schemas.openid.net/event/backchannel-logout",
                                      Map.of())));
          case "signature" -> good.substring(0, good.length() - 4) + "AAAA";
          default -> {
            assertThat(logout(good).status()).isEqualTo(200);
            yield good;
          }
        };

    Reply refused = logout(token);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.header("cache-control")).isEqualTo("no-store");
    assertThat(me(tokens).status()).isEqualTo(200);
  }

  // --- devices -----------------------------------------------------------------------------------

  private JsonNode device() throws Exception {
    return post("/oauth/device", Map.of("client_id", "ephemeris-cli")).json();
  }

  private Reply poll(JsonNode device) throws IOException, InterruptedException {
    return post(
        "/oauth/token",
        Map.of(
            "grant_type",
            "urn:ietf:params:oauth:grant-type:device_code",
            "client_id",
            "ephemeris-cli",
            "device_code",
            device.path("device_code").asText()));
  }

  @Test
  void signsACommandLineInByACode() throws Exception {
    JsonNode device = device();
    assertThat(poll(device).json().path("error").asText()).isEqualTo("authorization_pending");
    assertThat(poll(device).json().path("error").asText()).isEqualTo("slow_down");

    Page consent =
        browser.signIn(
            URI.create(device.path("verification_uri_complete").asText()), ALICE.subject());
    assertThat(consent.body())
        .contains(device.path("user_code").asText())
        .contains("Go on only if you began this yourself");
    assertThat(browser.submit(consent, "/device", "answer", "allow").body()).contains("Done");

    Reply given = poll(device);
    assertThat(given.status()).isEqualTo(200);
    assertThat(me(given.json()).json().at("/principal/name").asText()).isEqualTo("Alice Ito");
    assertThat(poll(device).json().path("error").asText()).isEqualTo("expired_token");
  }

  @Test
  void turnsACommandLineAway() throws Exception {
    JsonNode device = device();
    Page consent =
        browser.signIn(
            URI.create(device.path("verification_uri_complete").asText()), ALICE.subject());

    assertThat(browser.submit(consent, "/device", "answer", "deny").body()).contains("Turned away");

    assertThat(poll(device).json().path("error").asText()).isEqualTo("access_denied");
    assertThat(browser.submit(consent, "/device", "answer", "allow").body())
        .contains("Nothing waits any more");
  }

  @Test
  void letsACodeWaitForFiveMinutes() throws Exception {
    JsonNode device = device();
    browser.signIn(api("/"), ALICE.subject());
    fixture.clock().advance(Duration.ofMinutes(5));

    assertThat(browser.open(URI.create(device.path("verification_uri_complete").asText())).body())
        .contains("No command line waits with this code");
    assertThat(poll(device).json().path("error").asText()).isEqualTo("expired_token");
  }

  @Test
  void signsInByACodeForItsOwnCommandLineOnly() throws Exception {
    String registered =
        register("{\"redirect_uris\": [\"https://app.example/callback\"]}")
            .json()
            .path("client_id")
            .asText();

    assertThat(post("/oauth/device", Map.of("client_id", registered)).json().path("error").asText())
        .isEqualTo("unauthorized_client");
  }

  // --- registered clients ------------------------------------------------------------------------

  private Reply register(String json) throws IOException, InterruptedException {
    return fixture.send(
        HttpRequest.newBuilder(api("/oauth/register"))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  @Test
  void letsApplicationsRegisterThemselves() throws Exception {
    Reply registered =
        register(
            """
            {"client_name": "A copilot", "redirect_uris": ["http://localhost:5000/callback"],
             "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "none"}
            """);
    assertThat(registered.status()).isEqualTo(201);
    String id = registered.json().path("client_id").asText();
    Map<String, String> request = request();
    request.put("client_id", id);
    request.put("redirect_uri", "http://localhost:5000/callback");

    // As the person themselves, or as an agent of theirs: what doesn't say it gets neither.
    Page unsaid = browser.signIn(authorize(request), ALICE.subject());
    assertThat(unsaid.body()).contains("invalid_target").doesNotContain("A copilot");
    request.put("resource", fixture.gateway().api().toString());

    Page consent = browser.signIn(authorize(request), ALICE.subject());
    assertThat(consent.body()).contains("A copilot").contains("Nobody has checked that");
    Page back = browser.submit(consent, "/oauth/authorize", "answer", "allow");
    Reply given =
        trade(
            back.query("code"),
            Map.of("client_id", id, "redirect_uri", "http://localhost:5000/callback"));

    assertThat(given.status()).as(given.body()).isEqualTo(200);
    assertThat(fixture.journal("clientRegistered"))
        .extracting(record -> record.path("clientId").asText())
        .contains(id);
    assertThat(
            fixture
                .api("GET", "/v1/sessions", given.json().path("access_token").asText(), "")
                .body())
        .contains(id);
  }

  /** As VS Code does: it names every grant that it knows. */
  @Test
  void registersOfTheGrantsThoseThatAreForApplications() throws Exception {
    Reply registered =
        register(
            """
            {"client_name": "Visual Studio Code",
             "grant_types": ["authorization_code", "refresh_token",
               "urn:ietf:params:oauth:grant-type:device_code"],
             "response_types": ["code"],
             "redirect_uris": ["https://insiders.vscode.dev/redirect", "https://vscode.dev/redirect",
               "http://127.0.0.1/", "http://127.0.0.1:33418/"],
             "token_endpoint_auth_method": "none", "application_type": "native"}
            """);

    assertThat(registered.status()).as(registered.body()).isEqualTo(201);
    assertThat(registered.json().path("grant_types"))
        .extracting(JsonNode::asText)
        .containsExactly("authorization_code", "refresh_token");
    String id = registered.json().path("client_id").asText();
    assertThat(post("/oauth/device", Map.of("client_id", id)).json().path("error").asText())
        .isEqualTo("unauthorized_client");
  }

  /** As Cursor does: one of its addresses is of a scheme of its own. */
  @Test
  void registersOfTheAddressesThoseThatAnAnswerMayGoTo() throws Exception {
    String own = "cursor://anysphere.cursor-mcp/oauth/callback";

    Reply registered =
        register(
            "{\"redirect_uris\": [\""
                + own
                + "\", \"https://www.cursor.com/agents/mcp/oauth/callback\","
                + " \"http://localhost:8787/callback\"]}");

    assertThat(registered.status()).as(registered.body()).isEqualTo(201);
    assertThat(registered.json().path("redirect_uris"))
        .extracting(JsonNode::asText)
        .containsExactly(
            "https://www.cursor.com/agents/mcp/oauth/callback", "http://localhost:8787/callback");
    Map<String, String> request = request();
    request.put("client_id", registered.json().path("client_id").asText());
    request.put("redirect_uri", own);
    assertThat(browser.open(authorize(request)).status()).isEqualTo(400);
  }

  /** Anybody may register an address; nobody is sent there before they say so. */
  @Test
  void isNoWayToAnAddressThatSomebodyRegistered() throws Exception {
    String id =
        register("{\"redirect_uris\": [\"https://evil.example/callback\"]}")
            .json()
            .path("client_id")
            .asText();
    Map<String, String> request = request();
    request.put("client_id", id);
    request.put("redirect_uri", "https://evil.example/callback");
    request.put("response_type", "token");

    Page page = browser.open(authorize(request));

    assertThat(page.status()).isEqualTo(400);
    assertThat(page.body()).contains("unsupported_response_type");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "not json",
        "{\"redirect_uris\": []}",
        "{\"redirect_uris\": [\"http://app.example/callback\"]}",
        "{\"redirect_uris\": [\"https://app.example/callback#x\"]}",
        "{\"redirect_uris\": [\"https://me@app.example/callback\"]}",
        "{\"redirect_uris\": [\"javascript:alert(1)\"]}",
        "{\"redirect_uris\": [\"myapp://callback\"]}",
        "{\"redirect_uris\": [\"https://app.example/callback\", 7]}",
        "{\"redirect_uris\": [\"https://app.example/callback\"], \"client_name\":"
            + " \"<b>Microsoft\"}",
        "{\"redirect_uris\": [\"https://app.example/callback\"], \"grant_types\": [\"password\"]}",
        "{\"redirect_uris\": [\"https://app.example/callback\"], \"grant_types\":"
            + " [\"authorization_code\", 7]}",
        "{\"redirect_uris\": [\"https://app.example/callback\"], \"grant_types\":"
            + " \"authorization_code\"}",
        "{\"redirect_uris\": [\"https://app.example/callback\"], \"response_types\": [\"token\"]}"
      })
  void registersNothingElse(String json) throws Exception {
    long registered = recorded("clientRegistered");

    Reply refused = register(json);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().path("error").asText()).startsWith("invalid_");
    assertThat(recorded("clientRegistered")).isEqualTo(registered);
  }

  @Test
  void knowsNoClientThatSomebodyChangedInTheStore() throws Exception {
    String id =
        register("{\"redirect_uris\": [\"https://app.example/callback\"]}")
            .json()
            .path("client_id")
            .asText();
    fixture.sql("UPDATE oauth_client SET redirect_uris = '[\"https://evil.example/callback\"]'");
    Map<String, String> request = request();
    request.put("client_id", id);
    request.put("redirect_uri", "https://evil.example/callback");

    assertThat(browser.open(authorize(request)).body()).contains("isn't known");
  }

  /** Tokens that nobody made cost nobody a look into the store. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "eph_s_",
        "eph_s_0123456789012345678901234567890123456789012",
        "eph_s_0123456789012345678901234567890123456789012.0123456789012345678901234567890123456789012"
      })
  void takesNoTokenThatItDidNotMake(String token) throws Exception {
    // Where a token is looked for: who looks fails.
    fixture.sql("ALTER TABLE session_token RENAME TO not_there");
    try {
      assertThat(fixture.api("GET", "/v1/me", token, "").status()).isEqualTo(401);
      assertThat(refresh(token.replace("eph_s_", "eph_r_")).status()).isEqualTo(400);
      browser.cookie(api("/"), COOKIE, token.replace("eph_s_", "eph_b_"));
      assertThat(browser.open(api("/")).body()).contains("Who are you today?");
    } finally {
      fixture.sql("ALTER TABLE not_there RENAME TO session_token");
    }
  }

  // --- metadata ----------------------------------------------------------------------------------

  @Test
  void saysWhatThereIs() throws Exception {
    JsonNode server =
        fixture.send(HttpRequest.newBuilder(api("/.well-known/oauth-authorization-server"))).json();
    JsonNode resource =
        fixture.send(HttpRequest.newBuilder(api("/.well-known/oauth-protected-resource"))).json();

    assertThat(server.path("issuer").asText()).isEqualTo(fixture.gateway().api().toString());
    assertThat(server.path("code_challenge_methods_supported")).hasToString("[\"S256\"]");
    assertThat(resource.path("resource").asText()).isEqualTo(server.path("issuer").asText());
    assertThat(resource.path("authorization_servers").get(0).asText())
        .isEqualTo(server.path("issuer").asText());
    assertThat(fixture.api("GET", "/v1/me", "", "").header("www-authenticate"))
        .contains("resource_metadata=\"" + api("/.well-known/oauth-protected-resource") + '"');
  }
}
