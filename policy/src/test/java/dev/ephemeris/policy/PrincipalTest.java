package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrincipalTest {

  @Test
  void isKnownByIssuerAndSubject() {
    assertThat(new PrincipalId("corp", "a:b")).hasToString("corp:a:b");
  }

  @ParameterizedTest
  @CsvSource({"'', alice", "' ', alice", "corp, ''", "corp, ' '", "co:rp, alice"})
  void hasAnIssuerAndASubject(String issuer, String subject) {
    assertThatIllegalArgumentException().isThrownBy(() -> new PrincipalId(issuer, subject));
  }

  @ParameterizedTest
  @CsvSource({
    "group:default/orders-team, group:default/orders-team",
    "group:orders-team, group:default/orders-team",
    "GROUP:Default/Orders-Team, group:default/orders-team",
    "group:acme.eu/a_b.c-1, group:acme.eu/a_b.c-1",
    "group:x/y, group:x/y",
  })
  void readsGroupsAsBackstageDoes(String text, String normalized) {
    assertThat(GroupRef.parse(text)).hasToString(normalized);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "orders-team",
        "default/orders-team",
        "user:default/alice",
        "group:",
        "group:/orders-team",
        "group:default/",
        "group:a/b/c",
        "group:a:b",
        "group:-a",
        "group:a-",
        "group:a b",
        "group:ä",
        " group:a",
        "group:a\n",
        "group:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      })
  void refusesWhatIsNoGroup(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GroupRef.parse(text))
        .withMessage("'%s' is not a group; expected one such as group:default/orders-team", text);
  }

  @Test
  void comparesGroupsWithoutRegardToCase() {
    assertThat(new GroupRef("Default", "Orders")).isEqualTo(GroupRef.parse("group:orders"));
  }

  @ParameterizedTest
  @CsvSource({"'', a", "a, ''", "a/b, c", "a, b/c"})
  void hasGroupsWithProperNamesOnly(String namespace, String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> new GroupRef(namespace, name));
  }

  @Property
  void readsOrRefusesWhateverTheText(@ForAll String text) {
    try {
      GroupRef group = GroupRef.parse("group:" + text);
      assertThat(GroupRef.parse(group.toString())).isEqualTo(group);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("is not a group");
    }
  }

  @Test
  void keepsItsGroupsToItself() {
    assertThat(
            new Principal(new PrincipalId("a", "b"), PrincipalKind.PERSON, "B", Set.of()).groups())
        .isUnmodifiable();
  }
}
