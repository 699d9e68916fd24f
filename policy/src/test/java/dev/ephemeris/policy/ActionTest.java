package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ActionTest {

  @ParameterizedTest
  @EnumSource
  void isFoundByEitherOfItsNames(Action action) {
    assertThat(Action.matching(action.azureName())).containsExactly(action);
    assertThat(Action.matching(action.shortName())).containsExactly(action);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "actions.csv", delimiter = '|', useHeadersInDisplayName = true)
  void expandsPatterns(String pattern, String actions) {
    assertThat(Action.matching(pattern).stream().map(Action::shortName))
        .containsExactlyInAnyOrder(actions.split(" ", 0));
  }

  @Test
  void isSpeltAsAzureSpellsIt() {
    assertThat(Action.ITEMS_READ.azureName())
        .isEqualTo("Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read");
    assertThat(Action.EXECUTE_QUERY.azureName())
        .isEqualTo("Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery");
    assertThat(Action.READ_METADATA.azureName())
        .isEqualTo("Microsoft.DocumentDB/databaseAccounts/readMetadata");
    assertThat(Action.ITEMS_READ).hasToString("items/read");
  }

  @ParameterizedTest
  @CsvSource({
    "item/read, items/read",
    "itemsread, items/read",
    "write, writes",
    "executequery, executeQuery",
    "Items/Read, items/read",
    "Microsoft.DocumentDB/databaseAccounts/readmetadata,"
        + " Microsoft.DocumentDB/databaseAccounts/readMetadata",
  })
  void refusesASlipAndNamesWhatWasMeant(String slip, String meant) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Action.matching(slip))
        .withMessageStartingWith("unknown action '" + slip + "'; expected one of readMetadata, ")
        .withMessageEndingWith("; did you mean '" + meant + "'?");
  }

  @ParameterizedTest
  @CsvSource({
    "*",
    "''",
    "items",
    "items/",
    "items/r*",
    "Microsoft.DocumentDB/*",
    "ephemeris/sessions/kill"
  })
  void refusesWildcardsThatAzureDoesNotKnowAndNamesThatNobodyKnows(String pattern) {
    assertThatIllegalArgumentException().isThrownBy(() -> Action.matching(pattern));
  }

  @Test
  void isInOneClassAtMostSoThatDenyingOneLeavesTheOthers() {
    EnumSet<Action> seen = EnumSet.noneOf(Action.class);
    for (String name : Arrays.asList("reads", "writes", "code", "management")) {
      assertThat(Action.matching(name)).isNotEmpty().isUnmodifiable().allMatch(seen::add);
    }
    assertThat(EnumSet.complementOf(seen)).containsExactly(Action.ITEMS_UNMASK);
  }
}
