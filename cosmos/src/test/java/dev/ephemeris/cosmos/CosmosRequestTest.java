package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class CosmosRequestTest {

  private static final String ITEM = "/dbs/shop/colls/orders/docs/1";

  @Test
  void keepsTheCredentialOutOfWhatGoesUpstreamAndOutOfItsText() {
    // Given
    RawRequest raw =
        RawRequest.of("GET", ITEM, "Authorization: type=resource&ver=1.0&sig=c2VjcmV0");

    // When
    CosmosRequest request = accepted(raw.parse());

    // Then
    assertThat(request.authorization()).contains(new Authorization.ResourceToken("c2VjcmV0"));
    assertThat(request.toString()).doesNotContain("c2VjcmV0");
    assertThat(RawRequest.rebuilt(request).headers()).isEmpty();
  }

  @Test
  void takesARequestWithoutCredentialSoThatTheAnswerCanSayWhatIsMissing() {
    assertThat(accepted(RawRequest.of("GET", ITEM, "-").parse()).authorization()).isEmpty();
  }

  @Test
  void takesAMalformedCredentialSoThatTheAnswerCanSayWhatIsWrong() {
    Parsed parsed = RawRequest.of("GET", ITEM, "authorization: Basic dTpw").parse();

    assertThat(accepted(parsed).authorization()).get().isInstanceOf(Authorization.Malformed.class);
  }

  @Test
  void tellsDirectModeClientsToUseGatewayMode() {
    for (String target : new String[] {"/addresses", "/addresses/?$resolveFor=dbs%2fshop"}) {
      assertThat(RawRequest.of("GET", target, "-").parse())
          .asInstanceOf(InstanceOfAssertFactories.type(CosmosError.class))
          .extracting(CosmosError::message)
          .asString()
          .contains("CosmosClientBuilder.gatewayMode()", "ConnectionMode.Gateway");
    }
  }

  @Test
  void namesTheMethodThatAPathDoesNotHave() {
    assertThat(RawRequest.of("PATCH", "/dbs", "-").parse())
        .asInstanceOf(InstanceOfAssertFactories.type(CosmosError.class))
        .extracting(CosmosError::message)
        .asString()
        .contains("no data-plane operation PATCH on a path of this form");
  }

  @Test
  void saysWhichHalfOfTheContentTypeRuleWasBroken() {
    assertThat(RawRequest.of("POST", "/dbs", "content-type: application/query+json").parse())
        .hasToString(
            CosmosError.badRequest("The content type application/query+json is for queries only.")
                .toString());
  }

  @Test
  void takesTextHeadersUpToALimit() {
    // Given
    String most = "t".repeat(8192);

    // When
    Parsed withMost = RawRequest.of("GET", ITEM, "x-ms-session-token: " + most).parse();
    Parsed withMore = RawRequest.of("GET", ITEM, "x-ms-session-token: " + most + "t").parse();
    Parsed withMostHex = RawRequest.of("GET", ITEM, "x-ms-start-epk: " + "f".repeat(8192)).parse();
    Parsed withMoreHex = RawRequest.of("GET", ITEM, "x-ms-start-epk: " + "f".repeat(8193)).parse();

    // Then
    assertThat(withMost).isInstanceOf(CosmosRequest.class);
    assertThat(withMore).isInstanceOf(CosmosError.class);
    assertThat(withMostHex).isInstanceOf(CosmosRequest.class);
    assertThat(withMoreHex).isInstanceOf(CosmosError.class);
  }

  @Test
  void takesPrintableTextOnly() {
    assertThat(RawRequest.of("GET", ITEM, "x-ms-session-token: a ~").parse())
        .isInstanceOf(CosmosRequest.class);
    assertThat(RawRequest.of("GET", ITEM, "x-ms-session-token: a\u007fb").parse())
        .isInstanceOf(CosmosError.class);
    assertThat(RawRequest.of("GET", ITEM, "x-ms-session-token: a\u001fb").parse())
        .isInstanceOf(CosmosError.class);
  }

  @Test
  void dropsEmptyHeadersAsJavaSendsThemOnFirstPages() {
    Parsed parsed =
        RawRequest.of("GET", ITEM, "x-ms-continuation: ; x-ms-session-token: 0:1").parse();

    assertThat(RawRequest.rebuilt(accepted(parsed)).headerLines())
        .isEqualTo("x-ms-session-token: 0:1");
  }

  @Test
  void findsAHeaderByItsNameAndNoOther() {
    RequestHeaders headers =
        accepted(RawRequest.of("GET", ITEM, "prefer: a; user-agent: b").parse()).headers();

    assertThat(headers.get("user-agent")).contains("b");
    assertThat(headers.get("if-match")).isEmpty();
  }

  private static CosmosRequest accepted(Parsed parsed) {
    return switch (parsed) {
      case CosmosRequest request -> request;
      case CosmosError error -> throw new AssertionError("refused: " + error);
    };
  }
}
