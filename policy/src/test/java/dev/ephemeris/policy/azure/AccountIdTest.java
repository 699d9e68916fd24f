package dev.ephemeris.policy.azure;

import static dev.ephemeris.policy.azure.World.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ephemeris.policy.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountIdTest {

  @Test
  void readsAsAzureComparesThem() {
    assertThat(
            AccountId.parse(
                "/SUBSCRIPTIONS/11111111-1111-1111-1111-111111111111/resourcegroups/Shop"
                    + "/providers/microsoft.documentdb/databaseaccounts/ONE"))
        .isEqualTo(ACCOUNT)
        .hasToString(ACCOUNT.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "one",
        "/subscriptions/1-1-1-1-1/resourceGroups/shop/providers/Microsoft.DocumentDB/databaseAccounts/one",
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/s"
            + " h/providers/Microsoft.DocumentDB/databaseAccounts/one",
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/$(x)/providers/Microsoft.DocumentDB/databaseAccounts/one",
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/Microsoft.DocumentDB/databaseAccounts/o'ne",
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/Microsoft.DocumentDB/databaseAccounts/one/dbs/a",
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop/providers/Microsoft.Web/sites/one"
      })
  void refusesWhatIsNoAccount(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> AccountId.parse(text));
  }

  @Test
  void spellsScopesBothWays() {
    Scope container = Scope.of("one", "Shop", "Orders ${1}");

    assertThat(ACCOUNT.in(container)).isEqualTo(ACCOUNT + "/dbs/Shop/colls/Orders ${1}");
    assertThat(ACCOUNT.scope(ACCOUNT.in(container))).isEqualTo(container);
    assertThat(ACCOUNT.scope("/dbs/Shop/colls/Orders ${1}")).isEqualTo(container);
    assertThat(ACCOUNT.scope(ACCOUNT.toString())).isEqualTo(Scope.of("one"));
    assertThat(ACCOUNT.scope("/")).isEqualTo(Scope.of("one"));
  }
}
