package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.simulator.issuer.TokenFault;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code POST /v1/token}: an accepted token in, a lease out. */
class TokenExchangeTest {

  private static final String GRANT_TYPE =
      "grant_type=urn:ietf:params:oauth:grant-type:token-exchange";
  private static final String TYPE = "urn:ietf:params:oauth:token-type:jwt";

  private static GatewayFixture fixture;

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  private static String alice() {
    return fixture.token(GatewayFixture.ALICE);
  }

  private static String details(String members) {
    return "authorization_details="
        + URLEncoder.encode(
            "[{\"type\":\"ephemeris-lease\"," + members + "}]", StandardCharsets.UTF_8);
  }

  private static String form(String... parts) {
    return Stream.concat(
            Stream.of(GRANT_TYPE, "subject_token=" + alice(), "subject_token_type=" + TYPE),
            Stream.of(parts))
        .collect(Collectors.joining("&"));
  }

  private static String scope() {
    return details("\"scope\":\"" + GatewayFixture.ORDERS + "\"");
  }

  private static void assertRefused(Reply reply, String error, String said) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(400);
    assertThat(reply.header("content-type")).isEqualTo("application/json");
    assertThat(reply.header("cache-control")).isEqualTo("no-store");
    assertThat(reply.json().fieldNames())
        .toIterable()
        .containsExactly("error", "error_description");
    assertThat(reply.json().path("error").asText()).isEqualTo(error);
    assertThat(reply.json().path("error_description").asText())
        .contains(said)
        // RFC 6749 §5.2
        .matches("[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]+");
  }

  @Test
  void givesALeaseAsTheApiDoes() throws Exception {
    Reply reply =
        fixture.exchange(
            alice(),
            "",
            "\"scope\":\"%s\",\"role\":\"data-reader\",\"ttlSeconds\":600,\"reason\":\"a look\""
                .formatted(GatewayFixture.ORDERS));

    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(reply.header("cache-control")).isEqualTo("no-store");
    JsonNode answer = reply.json();
    assertThat(answer.path("issued_token_type").asText())
        .isEqualTo("urn:ephemeris:token-type:lease");
    assertThat(answer.path("token_type").asText()).isEqualTo("N_A");
    assertThat(answer.path("expires_in").asInt()).isEqualTo(600);
    JsonNode given = answer.at("/authorization_details/0");
    assertThat(given.path("type").asText()).isEqualTo("ephemeris-lease");
    assertThat(given.path("scope").asText()).isEqualTo(GatewayFixture.ORDERS);
    assertThat(given.path("endpoint").asText()).isEqualTo(fixture.gateway().dataPlane().toString());
    assertThat(given.has("actsFor")).isFalse();
    assertThat(fixture.readOrder(answer.path("access_token").asText()).status()).isEqualTo(200);
    JsonNode issued = fixture.journal("leaseIssued").getLast();
    assertThat(issued.path("leaseId").asText()).isEqualTo(given.path("id").asText());
    assertThat(issued.path("principal").asText()).isEqualTo("corp:sub-alice");
    assertThat(issued.path("reason").asText()).isEqualTo("a look");
    assertThat(issued.has("actsFor")).isFalse();
    assertThat(
            fixture
                .api("GET", "/v1/leases/" + given.path("id").asText(), alice(), "")
                .json()
                .path("state")
                .asText())
        .isEqualTo("active");
  }

  @Test
  void givesNothingThatThePolicyDoesNotGive() throws Exception {
    int before = fixture.journal("decision").size();

    assertRefused(
        fixture.exchange(fixture.token(GatewayFixture.BOB), ""),
        "access_denied",
        "no rule allows readMetadata there. Ask 'ephemeris explain readMetadata "
            + GatewayFixture.ORDERS
            + "' for the rules that came near. Reason: no-rule");
    assertRefused(
        fixture.exchange(
            alice(), "", "\"scope\":\"" + GatewayFixture.ORDERS + "\",\"ttlSeconds\":99999"),
        "invalid_authorization_details",
        "gives at most 4h");
    assertRefused(
        fixture.exchange(
            alice(), "", "\"scope\":\"" + GatewayFixture.ORDERS + "\",\"role\":\"reader\""),
        "invalid_authorization_details",
        "unknown role 'reader'");
    assertThat(fixture.journal("decision")).hasSize(before + 1);
  }

  @Test
  void acceptsTheTokensOfTheApiAndNoOthers() throws Exception {
    for (TokenFault fault : List.of(TokenFault.WRONG_AUDIENCE, TokenFault.EXPIRED)) {
      int failures = fixture.journal("authenticationFailed").size();

      assertRefused(
          fixture.exchange(
              fixture.issuer().faultyToken(fault, GatewayFixture.ALICE, GatewayFixture.CLIENT), ""),
          "invalid_request",
          "the subject token isn't accepted: ");
      assertThat(fixture.journal("authenticationFailed")).hasSize(failures + 1);
      assertThat(fixture.journal("authenticationFailed").getLast().path("plane").asText())
          .isEqualTo("api");
    }
    String lease = fixture.lease().path("token").asText();
    assertRefused(fixture.exchange(lease, ""), "invalid_request", "the subject token isn't");
    assertRefused(
        fixture.exchange(
            fixture
                .issuer()
                .accessToken(
                    GatewayFixture.ALICE,
                    GatewayFixture.CLIENT,
                    claims -> claims.audience("api://ephemeris-data")),
            ""),
        "invalid_request",
        "the subject token isn't accepted: it is for another audience");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nothing                  |                                                              | invalid_request | grant_type=
          another grant            | grant_type=client_credentials                                | unsupported_grant_type | token-exchange
          no token                 | GRANT&subject_token_type=TYPE&SCOPE                          | invalid_request | no subject_token
          an empty token           | GRANT&subject_token=&subject_token_type=TYPE&SCOPE           | invalid_request | no subject_token
          no type of token         | GRANT&subject_token=TOKEN&SCOPE                              | invalid_request | subject_token_type has to be one of
          an ID token              | GRANT&subject_token=TOKEN&subject_token_type=urn:ietf:params:oauth:token-type:id_token&SCOPE | invalid_request | subject_token_type
          an actor of no type      | FORM&SCOPE&actor_token=TOKEN                                 | invalid_request | actor_token_type
          a type of no actor       | FORM&SCOPE&actor_token_type=TYPE                             | invalid_request | without an actor_token
          a token twice            | FORM&SCOPE&subject_token=TOKEN                               | invalid_request | twice
          a grant type twice       | FORM&SCOPE&GRANT                                             | invalid_request | twice
          what isn't known twice   | FORM&SCOPE&a=1&a=2                                           | invalid_request | twice
          another type wanted      | FORM&SCOPE&requested_token_type=TYPE                         | invalid_request | requested_token_type
          a resource               | FORM&SCOPE&resource=https://orders-prod                      | invalid_target  | authorization_details
          an audience              | FORM&SCOPE&audience=orders                                   | invalid_target  | authorization_details
          a scope                  | FORM&SCOPE&scope=orders                                      | invalid_request | authorization_details, not in scope
          a secret                 | FORM&SCOPE&client_secret=s                                   | invalid_request | client_secret: the subject token is the proof
          an assertion             | FORM&SCOPE&client_assertion=s                                | invalid_request | client_assertion
          no details               | FORM                                                         | invalid_authorization_details | array of one object
          an object                | FORM&authorization_details={}                                | invalid_authorization_details | array of one object
          none of them             | FORM&authorization_details=[]                                | invalid_authorization_details | array of one object
          two of them              | FORM&authorization_details=[ONE,ONE]                         | invalid_authorization_details | array of one object
          a number                 | FORM&authorization_details=[1]                               | invalid_authorization_details | array of one object
          more after it            | FORM&authorization_details=[ONE]1                            | invalid_authorization_details | array of one object
          a member twice           | FORM&authorization_details=[{"type":"ephemeris-lease","scope":"orders-prod:/","scope":"orders-prod:/"}] | invalid_authorization_details | each of its members once
          no type                  | FORM&authorization_details=[{"scope":"orders-prod:/"}]       | invalid_authorization_details | ephemeris-lease
          another type             | FORM&authorization_details=[{"type":"payment_initiation"}]   | invalid_authorization_details | ephemeris-lease
          no scope                 | FORM&authorization_details=[{"type":"ephemeris-lease"}]      | invalid_authorization_details | scope
          an unknown member        | FORM&authorization_details=[{"type":"ephemeris-lease","scope":"orders-prod:/","actions":["x"]}] | invalid_authorization_details | actions
          a number for a scope     | FORM&authorization_details=[{"type":"ephemeris-lease","scope":1}] | invalid_authorization_details | POST /v1/leases
          a scope that is none     | FORM&authorization_details=[{"type":"ephemeris-lease","scope":"orders"}] | invalid_authorization_details | orders
          a key                    | FORM&authorization_details=[{"type":"ephemeris-lease","scope":"orders-prod:/","credential":"lease-key"}] | invalid_authorization_details | key
          what isn't UTF-8         | FORM&SCOPE&a=%zz                                             | invalid_request | read
          """)
  void refuses(String what, String template, String error, String said) throws Exception {
    String one = "{\"type\":\"ephemeris-lease\",\"scope\":\"orders-prod:/\"}";
    String form =
        (template == null ? "" : template)
            .replace("FORM", form())
            .replace("SCOPE", scope())
            .replace("GRANT", GRANT_TYPE)
            .replace("TYPE", TYPE)
            .replace("TOKEN", alice())
            .replace("ONE", one)
            .replace("{", "%7B")
            .replace("\"", "%22");
    int before = fixture.journal("leaseIssued").size();

    assertRefused(fixture.form(form), error, said);

    assertThat(fixture.journal("leaseIssued")).hasSize(before);
  }

  /** RFC 6749 §3.2: what isn't known is left alone. */
  @Test
  void takesWhatElseAClientSays() throws Exception {
    assertThat(fixture.form(form(scope(), "client_id=copilot", "a=1", "b=")).status())
        .isEqualTo(200);
    assertThat(
            fixture
                .form(form(scope(), "requested_token_type=urn:ephemeris:token-type:lease"))
                .status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/token, application/json, no, content type",
    "/v1/token, multipart/form-data; boundary=x, no, be read in one way",
    "/v1/token, application/x-www-form-urlencodedx, no, content type",
    "/v1/token, application/x-www-form-urlencoded, yes, authorization header",
    "/v1/token?a=b, application/x-www-form-urlencoded, no, question mark"
  })
  void refusesWhatCouldBeMeantInAnotherWay(
      String path, String type, String authorization, String said) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(fixture.gateway().api().resolve(path))
            .header("content-type", type)
            .POST(HttpRequest.BodyPublishers.ofString(form(scope())));
    if (authorization.equals("yes")) {
      request.header("authorization", "Bearer " + alice());
    }

    assertRefused(fixture.send(request), "invalid_request", said);
  }

  /** Also what no handler has seen yet has OAuth's errors. */
  @Test
  void refusesWhatIsTooLong() throws Exception {
    Reply reply = fixture.form(form(scope(), "a=" + "x".repeat(70_000)));

    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.json().path("error").asText()).isEqualTo("invalid_request");
  }

  @Test
  void takesTokensLongerThanFormsUsuallyHold() throws Exception {
    String longer =
        fixture
            .issuer()
            .accessToken(
                GatewayFixture.ALICE,
                GatewayFixture.CLIENT,
                claims -> claims.claim("groups", "g".repeat(9_000)));

    Reply reply = fixture.exchange(longer, "");

    assertThat(reply.body()).doesNotContain("can't be read");
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
  }

  /** With those of the rest of the API, so that neither is a way around the other. */
  @Test
  void slowsRepeatedFailures() throws Exception {
    String alice = alice();
    int slowed = 0;
    for (int i = 0; i < 60; i++) {
      fixture.api("GET", "/v1/me", "nonsense", "");
      Reply reply = fixture.exchange("nonsense", "");
      if (reply.status() == 429) {
        slowed++;
        assertThat(Integer.parseInt(reply.header("retry-after"))).isPositive();
        assertThat(reply.json().path("error").asText()).isEqualTo("temporarily_unavailable");
      }
    }

    assertThat(slowed).isPositive();
    assertThat(fixture.exchange(alice, "").status()).isEqualTo(200);
    fixture.clock().advance(Duration.ofMinutes(3));
  }

  @Test
  void givesNothingThatIsNotOnRecord() throws Exception {
    String token = alice();
    fixture.exchange(token, "");

    fixture.loseJournal();
    Reply lost = fixture.exchange(token, "");
    fixture.findJournal();

    assertThat(lost.status()).isEqualTo(503);
    assertThat(lost.json().path("error").asText()).isEqualTo("temporarily_unavailable");
  }
}
