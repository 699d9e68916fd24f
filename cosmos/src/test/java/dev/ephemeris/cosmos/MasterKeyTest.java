package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

class MasterKeyTest {

  private static final String SECRET = "VGhpcyBpcyBhIHNhbXBsZSBzdHJpbmc=";
  private static final MasterKey KEY = MasterKey.ofBase64(SECRET);
  private static final String DATE = "Tue, 21 Jul 2020 17:55:35 GMT";
  private static final String LINK = "dbs/02cae8a7583d41aca2a39d41fce2756c";
  private static final String SIGNATURE = "8NkuMW4MRhfcWRZCoyztUXMfIVMui8wNHIu6vd6sy3o=";

  @ParameterizedTest(name = "{1} {2} {3}")
  @CsvFileSource(
      resources = "/signatures.csv",
      delimiter = '|',
      quoteCharacter = '`',
      numLinesToSkip = 1)
  void signsAsTheServiceDoes(
      String key, String verb, String type, String link, String date, String signature) {
    // Given
    MasterKey masterKey = MasterKey.ofBase64(key);
    String typeLine = type.equals("-") ? "" : type;
    String linkLine = link.equals("-") ? "" : link;

    // When
    String signed = masterKey.sign(verb, typeLine, linkLine, date);

    // Then
    assertThat(signed).isEqualTo(signature);
    assertThat(masterKey.verifies(signature, verb, typeLine, linkLine, date)).isTrue();
  }

  @Test
  void signsWhatARequestIsParsedTo() {
    Address address = Address.database("02cae8a7583d41aca2a39d41fce2756c");

    assertThat(
            KEY.sign(Verb.DELETE, ResourceType.DATABASE, address.link(ResourceType.DATABASE), DATE))
        .isEqualTo(SIGNATURE);
  }

  @Test
  void writesTheHeaderEncoded() {
    assertThat(KEY.authorization(Verb.DELETE, ResourceType.DATABASE, LINK, DATE))
        .isEqualTo(
            "type%3Dmaster%26ver%3D1.0%26sig%3D8NkuMW4MRhfcWRZCoyztUXMfIVMui8wNHIu6vd6sy3o%3D");
  }

  @Test
  void coversVerbTypeLinkAndDateInFiveLines() {
    assertThat(MasterKey.stringToSign("DELETE", "Dbs", LINK + "/A", DATE))
        .isEqualTo(
            """
            delete
            dbs
            dbs/02cae8a7583d41aca2a39d41fce2756c/A
            tue, 21 jul 2020 17:55:35 gmt

            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          8NkuMW4MRhfcWRZCoyztUXMfIVMui8wNHIu6vd6sy3o=  | get    | dbs   | dbs/02cae8a7583d41aca2a39d41fce2756c   | Tue, 21 Jul 2020 17:55:35 GMT
          8NkuMW4MRhfcWRZCoyztUXMfIVMui8wNHIu6vd6sy3o=  | delete | colls | dbs/02cae8a7583d41aca2a39d41fce2756c   | Tue, 21 Jul 2020 17:55:35 GMT
          8NkuMW4MRhfcWRZCoyztUXMfIVMui8wNHIu6vd6sy3o=  | delete | dbs   | dbs/02CAE8A7583D41ACA2A39D41FCE2756C   | Tue, 21 Jul 2020 17:55:35 GMT
          8NkuMW4MRhfcWRZCoyztUXMfIVMui8wNHIu6vd6sy3o=  | delete | dbs   | dbs/02cae8a7583d41aca2a39d41fce2756c/  | Tue, 21 Jul 2020 17:55:35 GMT
          8NkuMW4MRhfcWRZCoyztUXMfIVMui8wNHIu6vd6sy3o=  | delete | dbs   | dbs/02cae8a7583d41aca2a39d41fce2756c   | Tue, 21 Jul 2020 17:55:36 GMT
          8nkuMW4MRhfcWRZCoyztUXMfIVMui8wNHIu6vd6sy3o=  | delete | dbs   | dbs/02cae8a7583d41aca2a39d41fce2756c   | Tue, 21 Jul 2020 17:55:35 GMT
          8NKUMW4MRHFCWRZCOYZTUXMFIVMUI8WNHIU6VD6SY3O=  | delete | dbs   | dbs/02cae8a7583d41aca2a39d41fce2756c   | Tue, 21 Jul 2020 17:55:35 GMT
          8NkuMW4MRhfcWRZCoyztUXMfIVMui8wNHIu6vd6sy3o   | delete | dbs   | dbs/02cae8a7583d41aca2a39d41fce2756c   | Tue, 21 Jul 2020 17:55:35 GMT
          8NkuMW4MRhfcWRZCoyztUXMfIVMui8wNHIu6vd6sy3o== | delete | dbs   | dbs/02cae8a7583d41aca2a39d41fce2756c   | Tue, 21 Jul 2020 17:55:35 GMT
          8NkuMW4MRhfcWRZCoyztUXMfIVMui8wNHIu6vd6sy3p=  | delete | dbs   | dbs/02cae8a7583d41aca2a39d41fce2756c   | Tue, 21 Jul 2020 17:55:35 GMT
          =                                             | delete | dbs   | dbs/02cae8a7583d41aca2a39d41fce2756c   | Tue, 21 Jul 2020 17:55:35 GMT
          """)
  void refusesNearMisses(String signature, String verb, String type, String link, String date) {
    assertThat(KEY.verifies(signature, verb, type, link, date)).isFalse();
  }

  @Test
  void refusesTheSignatureOfAnotherKey() {
    String other =
        MasterKey.ofBase64("VGhpcyBpcyBhIHNhbXBsZSBzdHJpbmg=").sign("DELETE", "dbs", LINK, DATE);

    assertThat(KEY.verifies(other, "DELETE", "dbs", LINK, DATE)).isFalse();
  }

  @Test
  void neverPrintsTheKey() {
    assertThat(KEY).hasToString("MasterKey[…]");
  }

  @Test
  void namesTheFlawOfAKeyButNotTheKey() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MasterKey.ofBase64("c2VjcmV0IQ*"))
        .withMessage("the account key is not Base64")
        .withNoCause();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MasterKey.ofBase64(""))
        .withMessage("the account key is empty");
  }
}
