package dev.ephemeris.simulator.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientTest {

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvFileSource(resources = "redirect-uris.csv", numLinesToSkip = 1)
  void redirectsOnlyToWhatIsRegistered(String registered, String requested, boolean allowed) {
    assertThat(client(registered).redirectsTo(requested)).isEqualTo(allowed);
  }

  /**
   * Whatever is put between the address and the path, a browser that follows it stays on this
   * machine.
   */
  @Property
  void neverLeavesTheMachineByWayOfALoopbackAddress(@ForAll @From("authorityTails") String tail) {
    var requested = "http://127.0.0.1" + tail + "/callback";
    if (client("http://127.0.0.1/callback").redirectsTo(requested)) {
      assertThat(URI.create(requested).getHost()).isEqualTo("127.0.0.1");
      assertThat(URI.create(requested).getRawPath()).isEqualTo("/callback");
    }
  }

  @Provide
  static Arbitrary<String> authorityTails() {
    return Arbitraries.strings().withChars(":0123456789@/\\.?#%a").ofMaxLength(8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "com.example:/cb",
        "/cb",
        "https:///cb",
        "https://a.test/cb#x",
        "http://[::1]/cb",
        "javascript:alert(1)"
      })
  void refusesARedirectUriThatNoBrowserCanBeSentTo(String uri) {
    assertThatIllegalArgumentException().isThrownBy(() -> client(uri));
  }

  @Test
  void refusesClientCredentialsWithoutASecret() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Client.open("job", Set.of(GrantType.CLIENT_CREDENTIALS), List.of()));
  }

  @Test
  void doesNotPrintItsSecret() {
    var client = new Client("job", Set.of(), List.of(), Optional.of(new ClientSecret("canary-81")));
    assertThat(client.toString()).doesNotContain("canary-81");
  }

  private static Client client(String redirectUri) {
    return Client.open("app", Set.of(GrantType.AUTHORIZATION_CODE), List.of(redirectUri));
  }
}
