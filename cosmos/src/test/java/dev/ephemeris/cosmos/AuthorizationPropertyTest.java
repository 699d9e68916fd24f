package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class AuthorizationPropertyTest {

  @Property
  void readsTheSameEncodedAndRaw(@ForAll("headers") String header) {
    Authorization raw = Authorization.parse(header);

    String encoded = URLEncoder.encode(header, StandardCharsets.UTF_8);
    assertThat(Authorization.parse(encoded)).isEqualTo(raw);
    assertThat(Authorization.parse(lowerCaseEscapes(encoded))).isEqualTo(raw);
    assertThat(raw.toString()).doesNotContain("c2VjcmV0");
  }

  @Property
  void neverThrowsWhateverComes(@ForAll("anything") String header) {
    assertThat(Authorization.parse(header).toString()).doesNotContain("c2VjcmV0");
  }

  /** As .NET writes them. */
  private static String lowerCaseEscapes(String encoded) {
    StringBuilder out = new StringBuilder(encoded);
    for (int i = 0; i < out.length() - 2; i++) {
      if (out.charAt(i) == '%') {
        out.setCharAt(i + 1, Character.toLowerCase(out.charAt(i + 1)));
        out.setCharAt(i + 2, Character.toLowerCase(out.charAt(i + 2)));
      }
    }
    return out.toString();
  }

  /** Of the alphabets that tokens have, and a comma. */
  @Provide
  Arbitrary<String> headers() {
    Arbitrary<String> signatures =
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .withChars("AZ019+/=.;&-_,")
            .ofMaxLength(12)
            .map(text -> text.isEmpty() ? text : text + "c2VjcmV0");
    return Combinators.combine(
            Arbitraries.of("master", "resource", "aad", "AAD", "sas"),
            Arbitraries.of("1.0", "1", "2.0"),
            signatures)
        .as((type, version, signature) -> "type=" + type + "&ver=" + version + "&sig=" + signature);
  }

  @Provide
  Arbitrary<String> anything() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMaxLength(40),
        Arbitraries.of("type=", "&ver=1.0", "&sig=", "aad", "%", "%3D", "c2VjcmV0", ",", "\ud800")
            .list()
            .ofMaxSize(8)
            .map(parts -> String.join("", parts)));
  }
}
