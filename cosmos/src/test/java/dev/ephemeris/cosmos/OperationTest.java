package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OperationTest {

  @Test
  void changesNoStateByReadingOrAsking() {
    assertThat(Arrays.stream(Operation.values()).filter(operation -> !operation.changesState()))
        .containsExactly(
            Operation.READ_ACCOUNT,
            Operation.LIST_DATABASES,
            Operation.QUERY_DATABASES,
            Operation.READ_DATABASE,
            Operation.LIST_CONTAINERS,
            Operation.QUERY_CONTAINERS,
            Operation.READ_CONTAINER,
            Operation.LIST_CLIENT_ENCRYPTION_KEYS,
            Operation.QUERY_CLIENT_ENCRYPTION_KEYS,
            Operation.READ_CLIENT_ENCRYPTION_KEY,
            Operation.READ_PARTITION_KEY_RANGES,
            Operation.READ_ITEM,
            Operation.QUERY_ITEMS,
            Operation.QUERY_PLAN,
            Operation.READ_ITEM_FEED,
            Operation.READ_CHANGE_FEED,
            Operation.QUERY_CHANGE_FEED,
            Operation.LIST_SCRIPTS,
            Operation.QUERY_SCRIPTS,
            Operation.READ_SCRIPT,
            Operation.LIST_CONFLICTS,
            Operation.QUERY_CONFLICTS,
            Operation.READ_CONFLICT,
            Operation.LIST_OFFERS,
            Operation.QUERY_OFFERS,
            Operation.READ_OFFER);
  }

  @Test
  void runsTriggersWithTheWriteOfOneItemAsAWhole() {
    assertThat(Arrays.stream(Operation.values()).filter(Operation::runsTriggers))
        .containsExactly(
            Operation.CREATE_ITEM,
            Operation.UPSERT_ITEM,
            Operation.REPLACE_ITEM,
            Operation.DELETE_ITEM);
  }

  @Test
  void hasAQueryForBodyWhereItAsks() {
    assertThat(Arrays.stream(Operation.values()).filter(Operation::hasQueryBody))
        .containsExactly(
            Operation.QUERY_DATABASES,
            Operation.QUERY_CONTAINERS,
            Operation.QUERY_CLIENT_ENCRYPTION_KEYS,
            Operation.QUERY_ITEMS,
            Operation.QUERY_PLAN,
            Operation.QUERY_CHANGE_FEED,
            Operation.QUERY_SCRIPTS,
            Operation.QUERY_CONFLICTS,
            Operation.QUERY_OFFERS);
  }
}
