package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ephemeris.cosmos.Address.Addressing;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ACCOUNT               | account   | /                         |
          DATABASE              | account   | /dbs                      |
          DATABASE              | database  | /dbs/a%20b                | dbs/a b
          CONTAINER             | database  | /dbs/a%20b/colls          | dbs/a b
          CONTAINER             | container | /dbs/a%20b/colls/c        | dbs/a b/colls/c
          CLIENT_ENCRYPTION_KEY | database  | /dbs/a%20b/clientencryptionkeys   | dbs/a b
          CLIENT_ENCRYPTION_KEY | key       | /dbs/a%20b/clientencryptionkeys/1 | dbs/a b/clientencryptionkeys/1
          ITEM                  | container | /dbs/a%20b/colls/c/docs   | dbs/a b/colls/c
          ITEM                  | child     | /dbs/a%20b/colls/c/docs/1 | dbs/a b/colls/c/docs/1
          PARTITION_KEY_RANGE   | container | /dbs/a%20b/colls/c/pkranges   | dbs/a b/colls/c
          STORED_PROCEDURE      | child     | /dbs/a%20b/colls/c/sprocs/1   | dbs/a b/colls/c/sprocs/1
          TRIGGER               | child     | /dbs/a%20b/colls/c/triggers/1 | dbs/a b/colls/c/triggers/1
          USER_DEFINED_FUNCTION | container | /dbs/a%20b/colls/c/udfs       | dbs/a b/colls/c
          CONFLICT              | child     | /dbs/a%20b/colls/c/conflicts/1 | dbs/a b/colls/c/conflicts/1
          """)
  void writesPathEncodedAndLinkDecoded(ResourceType type, String of, String path, String link) {
    Address address =
        switch (of) {
          case "account" -> Address.account();
          case "database" -> Address.database("a b");
          case "key" -> Address.clientEncryptionKey("a b", "1");
          case "container" -> Address.container("a b", "c");
          default -> Address.child("a b", "c", "1");
        };

    assertThat(address.path(type)).isEqualTo(path);
    assertThat(address.link(type)).isEqualTo(Optional.ofNullable(link).orElse(""));
  }

  @Test
  void hasNoPartWithoutThePartThatHoldsIt() {
    Optional<String> none = Optional.empty();
    Optional<String> some = Optional.of("x");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Address(none, some, none, Addressing.NAME))
        .withMessageContaining("no part without");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a\nb", "%41", "\ud800"})
  void hasNoPartThatAServerCouldReadInAnotherWay(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Address.database(name))
        .withMessage("not a name that Cosmos DB accepts in a path");
    assertThat(Address.canNameDatabase(name)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> Address.container("d", name));
    assertThatIllegalArgumentException().isThrownBy(() -> Address.child("d", "c", name));
    assertThatIllegalArgumentException().isThrownBy(() -> Address.clientEncryptionKey("d", name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sl8fAA==", "Sl8f AA==", "-+8fAA==", "AZaz09=="})
  void addressesByRidExactlyWhatTheServiceReadsAsOne(String database) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Address.database(database))
        .withMessageContaining("RID");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Address(
                    Optional.of("shop"), Optional.empty(), Optional.empty(), Addressing.RID))
        .withMessageContaining("RID");
    assertThat(
            new Address(Optional.of(database), Optional.empty(), Optional.empty(), Addressing.RID))
        .hasToString("/dbs/" + database);
    assertThat(Address.canNameDatabase(database)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"@l8fAA==", "[l8fAA==", "`l8fAA==", "{l8fAA==", ":l8fAA==", ".l8fAA=="})
  void addressesByNameWhatIsNotBase64(String database) {
    assertThat(Address.canNameDatabase(database)).isTrue();
    assertThat(Address.database(database)).hasToString("/dbs/" + database);
  }

  @Test
  void readsAsPeopleWriteIt() {
    assertThat(Address.account()).hasToString("/");
    assertThat(Address.child("my shop", "café", "1")).hasToString("/dbs/my shop/colls/café/1");
  }
}
