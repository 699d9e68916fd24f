package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiUrlTest {

  /** As browsers write an origin: it is compared with what they say. */
  @ParameterizedTest
  @CsvSource({
    "https://gateway.example.com, https://gateway.example.com",
    "https://gateway.example.com/, https://gateway.example.com",
    "https://Gateway.Example.com, https://gateway.example.com",
    "https://gateway.example.com:443, https://gateway.example.com",
    "https://gateway.example.com:8443/, https://gateway.example.com:8443"
  })
  void hasOneSpelling(String given, String spelt) {
    assertThat(ApiUrl.parse(given)).hasToString(spelt);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://gateway.example.com",
        "https://me@gateway.example.com",
        "https://gateway.example.com/api",
        "https://gateway.example.com?a=b",
        "https://gateway.example.com#a",
        "https://",
        "gateway.example.com"
      })
  void isNothingElse(String given) {
    assertThatIllegalArgumentException().isThrownBy(() -> ApiUrl.parse(given));
  }
}
