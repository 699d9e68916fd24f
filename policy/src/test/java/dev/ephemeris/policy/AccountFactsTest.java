package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccountFactsTest {

  @ParameterizedTest
  @CsvSource({
    "orders, prod, true",
    "orders-1, preview-42, true",
    "Orders, prod, false",
    "or, prod, false",
    "orders, Prod, false",
    "orders, -prod, false",
    "orders, '', false",
    "orders, pro*, false",
  })
  void holdNamesThatRulesCanName(String name, String environment, boolean valid) {
    if (valid) {
      assertThat(new AccountFacts(name, environment, Set.of(Lane.PROXY)).lanes()).isUnmodifiable();
    } else {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new AccountFacts(name, environment, Set.of(Lane.PROXY)));
    }
  }

  @Test
  void nameALane() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AccountFacts("orders", "prod", Set.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "prod, prod, true",
    "prod, prod-old, false",
    "prod*, prod-old, true",
    "prod*, prod, true",
    "prod*, pro, false",
    "preview-*, preview-42, true",
    "preview-*, preview, false",
    "*, anything, true",
  })
  void matchEnvironmentsExactlyOrByTheirBeginning(
      String pattern, String environment, boolean matches) {
    assertThat(EnvironmentPattern.parse(pattern).matches(environment)).isEqualTo(matches);
    assertThat(EnvironmentPattern.parse(pattern)).hasToString(pattern);
  }
}
