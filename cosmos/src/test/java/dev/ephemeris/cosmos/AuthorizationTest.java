package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type=master&ver=1.0&sig=a+b/c=", // raw, as Python sends it
        "type%3Dmaster%26ver%3D1.0%26sig%3Da%2Bb%2Fc%3D", // Java
        "type%3dmaster%26ver%3d1.0%26sig%3da%2bb%2fc%3d", // .NET
        "type%3Dmaster%26ver%3D1.0%26sig%3Da+b%2Fc%3D", // + is no space here
        "%74ype=master&ver=1.0&sig=a+b/c=",
        "type=MASTER&ver=1.0&sig=a+b/c=",
        "type=master&ver=1&sig=a+b/c=",
      })
  void readsASignatureEncodedOrRaw(String header) {
    assertThat(Authorization.parse(header)).isEqualTo(new Authorization.Master("a+b/c="));
  }

  @Test
  void readsAResourceTokenWithAllThatIsInIt() {
    assertThat(Authorization.parse("type=resource&ver=1&sig=q==;w/+&e=;"))
        .isEqualTo(new Authorization.ResourceToken("q==;w/+&e=;"));
  }

  @Test
  void readsAnAccessTokenInAllFormsOfIt() {
    Authorization token = new Authorization.Aad("eyJh.eyJz.c2ln-_");

    assertThat(Authorization.parse("type=aad&ver=1.0&sig=eyJh.eyJz.c2ln-_")).isEqualTo(token);
    assertThat(Authorization.parse("type%3Daad%26ver%3D1.0%26sig%3DeyJh.eyJz.c2ln-_"))
        .isEqualTo(token);
    // The JavaScript SDK after a claims challenge.
    assertThat(Authorization.parse("Bearer eyJh.eyJz.c2ln-_")).isEqualTo(token);
    assertThat(Authorization.parse("bearer eyJh.eyJz.c2ln-_")).isEqualTo(token);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          ''                                            | not type=
          type=master                                   | not type=
          type=master&ver=1.0                           | not type=
          type=master&sig=a&ver=1.0                     | not type=
          ver=1.0&type=master&sig=a                     | not type=
          Type=master&ver=1.0&sig=a                     | not type=
          type=master&Ver=1.0&sig=a                     | not type=
          type=master&ver=1.0&Sig=a                     | not type=
          type%253Dmaster%2526ver%253D1.0%2526sig%253Da | not type=
          Basic dTpw                                    | not type=
          Bearer                                        | not type=
          BearereyJh                                    | not type=
          type=master&ver=2.0&sig=a                     | version
          type=master&ver=&sig=a                        | version
          type=sas&ver=1.0&sig=a                        | one of master, resource and aad
          type=system&ver=1.0&sig=a                     | one of master, resource and aad
          type=&ver=1.0&sig=a                           | one of master, resource and aad
          type=master&ver=1.0&sig=                      | signature is empty
          type=aad&ver=1.0&sig=                         | signature is empty
          type=resource&ver=1.0&sig=a b                 | signature is empty
          type=resource&ver=1.0&sig=a%0D%0Ab            | signature is empty
          type=resource&ver=1.0&sig=%7F                 | signature is empty
          type=resource&ver=1.0&sig=%C3%A9              | signature is empty
          Bearer a b                                    | signature is empty
          type=master&ver=1.0&sig=a,type=master         | comma
          type=master&ver=1.0&sig=a%2Cb                 | comma
          Bearer a,b                                    | comma
          ,type=master&ver=1.0&sig=a                    | comma
          type=master&ver=1.0&sig=%                     | percent-encoding
          type=master&ver=1.0&sig=%zz                   | percent-encoding
          type=master&ver=1.0&sig=%-1                   | percent-encoding
          type=master&ver=1.0&sig=%+1                   | percent-encoding
          """)
  void saysWhatIsWrongWithAnyOther(String header, String why) {
    assertThat(Authorization.parse(header))
        .asInstanceOf(InstanceOfAssertFactories.type(Authorization.Malformed.class))
        .extracting(Authorization.Malformed::why)
        .asString()
        .contains(why);
  }

  @ParameterizedTest
  @CsvSource({"master, 1024", "resource, 8192", "aad, 16384"})
  void takesAsMuchAsTheServiceDoesAndNoMore(String type, int limit) {
    // Given
    String start = "type=" + type + "&ver=1.0&sig=";
    String longest = start + "a".repeat(limit - start.length());

    // When
    Authorization most = Authorization.parse(longest);
    Authorization more = Authorization.parse(longest + "a");

    // Then
    assertThat(most).isNotInstanceOf(Authorization.Malformed.class);
    assertThat(more)
        .isEqualTo(new Authorization.Malformed("it is longer than " + limit + " characters"));
  }

  @Test
  void neverPrintsASecret() {
    assertThat(new Authorization.Master("s")).hasToString("Master[…]");
    assertThat(new Authorization.ResourceToken("s")).hasToString("ResourceToken[…]");
    assertThat(new Authorization.Aad("s")).hasToString("Aad[…]");
    assertThat(Authorization.parse("type=sas&ver=1.0&sig=c2VjcmV0").toString())
        .doesNotContain("c2VjcmV0");
  }
}
