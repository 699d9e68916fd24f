package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.cosmos.Address.Addressing;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** The tables of requests: what is understood and how, what isn't available, what is malformed. */
class RequestTableTest {

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvFileSource(
      resources = "/requests.csv",
      delimiter = '|',
      quoteCharacter = '`',
      numLinesToSkip = 1)
  void readsEveryRoute(
      String method,
      String target,
      String headers,
      Operation operation,
      String address,
      String path,
      String signedAs,
      String upstreamHeaders) {
    // Given
    RawRequest raw = RawRequest.of(method, target, headers);

    // When
    CosmosRequest request = accepted(raw.parse());

    // Then
    RawRequest upstream = RawRequest.rebuilt(request);
    assertThat(request.verb()).hasToString(method);
    assertThat(request.operation()).isEqualTo(operation);
    assertThat(text(request.address())).isEqualTo(address);
    assertThat(request.path()).isEqualTo(path);
    assertThat(signedAs(request)).isEqualTo(signedAs);
    assertThat(upstream.headerLines()).isEqualTo(upstreamHeaders);
    assertThat(RawRequest.rebuilt(accepted(upstream.parse()))).isEqualTo(upstream);
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvFileSource(
      resources = "/unavailable.csv",
      delimiter = '|',
      quoteCharacter = '`',
      numLinesToSkip = 1)
  void forwardsNothingThatIsNotInTheTable(String method, String target, String headers) {
    Parsed parsed = RawRequest.of(method, target, headers).parse();

    assertThat(parsed)
        .asInstanceOf(InstanceOfAssertFactories.type(CosmosError.class))
        .satisfies(
            error -> {
              assertThat(error.statusCode()).isEqualTo(403);
              assertThat(error.subStatus()).isEqualTo(CosmosError.NOT_AVAILABLE);
            });
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvFileSource(
      resources = "/malformed.csv",
      delimiter = '|',
      quoteCharacter = '`',
      numLinesToSkip = 1)
  void refusesWhatTwoReadersCouldReadInTwoWays(
      String method, String target, String headers, String message) {
    Parsed parsed = RawRequest.of(method, target, headers).parse();

    assertThat(parsed)
        .asInstanceOf(InstanceOfAssertFactories.type(CosmosError.class))
        .satisfies(
            error -> {
              assertThat(error.statusCode()).isEqualTo(400);
              assertThat(error.subStatus()).isZero();
              assertThat(error.message()).contains(message);
            });
  }

  @ParameterizedTest(name = "{0}: {1}, not {2}")
  @CsvFileSource(
      resources = "/headers.csv",
      delimiter = '|',
      quoteCharacter = '`',
      numLinesToSkip = 1)
  void forwardsKnownHeadersInTheFormThatSdksSend(String name, String good, String bad) {
    String target = name.equals("a-im") ? "/dbs/shop/colls/orders/docs" : "/";

    Parsed withGood = new RawRequest("GET", target, List.of(Map.entry(name, good))).parse();
    Parsed withBad = new RawRequest("GET", target, List.of(Map.entry(name, bad))).parse();

    assertThat(accepted(withGood).headers().get(name)).contains(good);
    assertThat(withBad)
        .asInstanceOf(InstanceOfAssertFactories.type(CosmosError.class))
        .extracting(CosmosError::message)
        .asString()
        .startsWith("The header " + name + " isn't ");
  }

  private static CosmosRequest accepted(Parsed parsed) {
    return switch (parsed) {
      case CosmosRequest request -> request;
      case CosmosError error -> throw new AssertionError("refused: " + error);
    };
  }

  private static String text(Address address) {
    return address.addressing() == Addressing.RID ? "RID " + address : address.toString();
  }

  private static String signedAs(CosmosRequest request) {
    ResourceType type = request.resourceType();
    String lines = (type.signedAs() + " " + request.address().link(type)).strip();
    return lines.isEmpty() ? "-" : lines;
  }
}
