package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.config.TokenType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenHeaderTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'alg':'RS256','typ':'at+jwt','kid':'1'} | RS256 | AT_JWT | 1",
        "{'alg':'ES256','typ':'application/at+JWT'} | ES256 | AT_JWT | ''",
        "{'alg':'RS256','typ':'JWT'} | RS256 | JWT | ''",
        "{'alg':'RS256'} | RS256 | JWT | ''",
        "{'typ':'JWT'} | '' | JWT | ''",
        "{'alg':null} | '' | JWT | ''",
        "{'alg':['RS256'],'kid':7} | '' | JWT | ''",
      },
      quoteCharacter = '"')
  void reads(String header, String algorithm, TokenType type, String kid) {
    assertThat(TokenHeader.read(token(header)))
        .contains(new TokenHeader(unquoted(algorithm), type, unquoted(kid)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'alg':'RS256','typ':'logout+jwt'}",
        "{'alg':'RS256','typ':null}",
        "{'alg':'RS256','typ':1}",
        "{'alg':'RS256','crit':['exp'],'exp':1}",
        "{'alg':'RS256','b64':false}",
        "[]",
        "nonsense",
      })
  void refuses(String header) {
    assertThat(TokenHeader.read(token(header))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a.b", "a.b.c.d", "a.b.c.d.e", "!.b.c", ".."})
  void refusesWhatIsNoSignedToken(String token) {
    assertThat(TokenHeader.read(token)).isEmpty();
  }

  @Property
  void readsOrRefusesAnything(@ForAll String header, @ForAll String token) {
    assertThat(TokenHeader.read(token(header))).isNotNull();
    assertThat(TokenHeader.read(token)).isNotNull();
  }

  private static String unquoted(String text) {
    return text.equals("''") ? "" : text;
  }

  private static String token(String header) {
    return Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(header.replace('\'', '"').getBytes(StandardCharsets.UTF_8))
        + ".e30.c2ln";
  }
}
