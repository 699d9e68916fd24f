package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AzureScopeTest {
  private static final String SUBSCRIPTION = "7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11";

  @Provide
  Arbitrary<String> groups() {
    Arbitrary<String> last =
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .withCharRange('A', 'Z')
            .withCharRange('0', '9')
            .withChars("_()-")
            .ofLength(1);
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .withCharRange('A', 'Z')
        .withChars("0123456789_().-")
        .ofMaxLength(89)
        .flatMap(beginning -> last.map(beginning::concat));
  }

  @Property(tries = 300)
  void readsWhatAzurePrintsInAnyCase(
      @ForAll long most, @ForAll long least, @ForAll("groups") String group) {
    UUID subscription = new UUID(most, least);
    String text = "/subscriptions/" + subscription + "/resourceGroups/" + group;
    AzureScope scope = AzureScope.parse(text);

    assertThat(scope).isEqualTo(new AzureScope(subscription.toString(), Optional.of(group)));
    assertThat(scope).hasToString(text);
    ResourceId inIt = account(subscription.toString(), group);
    assertThat(AzureScope.parse(text.toUpperCase(Locale.ROOT)).contains(inIt)).isTrue();
    assertThat(AzureScope.parse("/subscriptions/" + subscription).contains(inIt)).isTrue();
    assertThat(scope.contains(account(subscription.toString(), group + "x"))).isFalse();
    assertThat(scope.contains(account(SUBSCRIPTION, group))).isFalse();
  }

  /** Whatever is read is written the same, and is no more than a scope. */
  @Property(tries = 500)
  void readsNothingElse(@ForAll String rest) {
    String text = "/subscriptions/" + SUBSCRIPTION + rest;
    try {
      assertThat(AzureScope.parse(text)).hasToString(text);
      assertThat(rest).isEmpty();
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("expected a subscription in Azure");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/subscriptions/previews",
        "/subscriptions/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11/",
        "/subscriptions/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11/resourceGroups",
        "/subscriptions/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11/resourceGroups/",
        "/subscriptions/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11/resourceGroups/a.",
        "/subscriptions/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11/resourceGroups/a/b",
        "/subscriptions/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11/resourceGroups/a?b",
        "/subscriptions/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11/resourceGroups/*",
        "/subscriptions/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11/resourceGroups/a\n",
      })
  void refusesWhatIsNoScope(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> AzureScope.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"previews/x", "''", "a."})
  void isNoneByItsConstructorEither(String group) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AzureScope(SUBSCRIPTION, Optional.of(group)));
  }

  private static ResourceId account(String subscription, String group) {
    return new ResourceId(subscription, group, "shop-42");
  }
}
