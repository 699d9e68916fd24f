package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeTest {

  @Test
  void isReadAsItIsPrinted() {
    assertThat(Scope.parse("orders-prod:/")).isEqualTo(Scope.of("orders-prod"));
    assertThat(Scope.parse("orders-prod:/dbs/shop")).isEqualTo(Scope.of("orders-prod", "shop"));
    assertThat(Scope.parse("orders-prod:/dbs/shop/colls/a b:c"))
        .isEqualTo(Scope.of("orders-prod", "shop", "a b:c"))
        .hasToString("orders-prod:/dbs/shop/colls/a b:c");
    assertThat(Scope.of("orders-prod")).hasToString("orders-prod:/");
    assertThat(Scope.of("orders-prod", "shop")).hasToString("orders-prod:/dbs/shop");
  }

  @ParameterizedTest
  @CsvSource({
    "orders-prod, orders-prod:/",
    "orders-prod/shop, orders-prod:/dbs/shop",
    "orders-prod/shop/a b:c, orders-prod:/dbs/shop/colls/a b:c",
    "orders-prod:/dbs/shop, orders-prod:/dbs/shop",
    "orders-prod/, orders-prod/",
    "orders-prod//orders, orders-prod//orders",
    "orders-prod/shop/orders/docs, orders-prod/shop/orders/docs",
  })
  void isSpelledOutAsPeopleWriteIt(String text, String spelledOut) {
    assertThat(Scope.spelledOut(text)).isEqualTo(spelledOut);
  }

  @Property
  void whatIsSpelledOutStaysAsItIs(@ForAll @StringLength(max = 40) String text) {
    String spelledOut = Scope.spelledOut(text);

    assertThat(Scope.spelledOut(spelledOut)).isEqualTo(spelledOut);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "orders-prod",
        "orders-prod:",
        ":/dbs/shop",
        "orders-prod/dbs/shop",
        "orders-prod:/dbs",
        "orders-prod:/dbs/",
        "orders-prod:/dbs/shop/",
        "orders-prod:/dbs/shop/colls",
        "orders-prod:/dbs/shop/colls/",
        "orders-prod:/dbs/shop/colls/orders/",
        "orders-prod:/dbs/shop/colls/orders/docs/1",
        "orders-prod:/colls/orders",
        "orders-prod:/DBS/shop",
        "orders-prod:/dbs//colls/orders",
        "orders-prod:/dbs/shop?x",
        "orders-prod:/dbs/shop#x",
        "orders-prod:/dbs/sh\\op",
        "orders-prod:/dbs/shop\n",
        "orders-prod:/dbs/shop/colls/or\u0085ders",
        "orders-prod:/dbs/*",
        "orders-prod:/dbs/shop/colls/*",
        "orders-prod:/dbs/shop/colls/o*",
        "*:/",
        "ab:/",
        "Orders:/",
        "orders_prod:/",
      })
  void refusesWhatIsNoScope(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Scope.parse(text));
  }

  @Test
  void holdsNamesToTheLengthsThatAzureAllows() {
    assertThat(Scope.of("a".repeat(44), "d".repeat(255), "c".repeat(255))).isNotNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scope.of("a".repeat(45)))
        .withMessageEndingWith("expected 3 to 44 lower-case letters, digits and hyphens");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scope.of("abc", "d".repeat(256)))
        .withMessageContaining("can't be a database; expected 1 to 255 characters");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scope.of("abc", "d", "c".repeat(256)))
        .withMessageContaining("can't be a container; expected 1 to 255 characters");
    assertThatIllegalArgumentException().isThrownBy(() -> Scope.of("abc", ""));
  }

  @Test
  void hasNoContainerWithoutItsDatabase() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Scope("abc", Optional.empty(), Optional.of("orders")));
  }

  @ParameterizedTest
  @CsvFileSource(resources = "scopes.csv", delimiter = '|', useHeadersInDisplayName = true)
  void patternsCoverAndTouch(String pattern, String scope, boolean covers, boolean touches) {
    assertThat(ScopePattern.parse(pattern).covers(Scope.parse(scope))).isEqualTo(covers);
    assertThat(ScopePattern.parse(pattern).touches(Scope.parse(scope))).isEqualTo(touches);
  }

  @Test
  void coversItselfAndWhatIsWithin() {
    assertThat(Scope.of("abc", "d").covers(Scope.of("abc", "d"))).isTrue();
    assertThat(Scope.of("abc", "d").covers(Scope.of("abc", "d", "c"))).isTrue();
    assertThat(Scope.of("abc", "d").covers(Scope.of("abc"))).isFalse();
    assertThat(Scope.of("abc", "d").covers(Scope.of("abc", "e", "c"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*:/", "*:/dbs/*/colls/*", "abc:/dbs/*", "abc:/dbs/*/colls/c"})
  void patternsAreReadAsTheyArePrinted(String text) {
    assertThat(ScopePattern.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a*:/", "**:/", "abc:/dbs/d*", "abc:/dbs/*/colls/*c", "*:/dbs", "*"})
  void patternsHaveWildcardsForWholeNamesOnly(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ScopePattern.parse(text));
  }

  @Property
  void readsOrRefusesWhateverTheText(@ForAll String text) {
    try {
      assertThat(Scope.parse(text)).hasToString(text);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("expected");
    }
  }

  @Property
  void readsBackEveryNameThatItAccepts(@ForAll @StringLength(min = 1, max = 300) String name) {
    try {
      Scope scope = Scope.of("abc", name, name);
      assertThat(Scope.parse(scope.toString())).isEqualTo(scope);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("can't be a database");
    }
  }
}
