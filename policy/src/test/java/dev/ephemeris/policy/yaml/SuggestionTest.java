package dev.ephemeris.policy.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
  private static final List<String> KNOWN = List.of("role", "rules", "environments", "to");

  @ParameterizedTest
  @CsvSource({
    "rols, role",
    "ruls, rules",
    "ROLE, role",
    "enviroments, environments",
    "environmetns, environments",
    "rloe, role",
    "ot, to",
    "ta, to",
  })
  void namesTheNearest(String word, String known) {
    assertThat(Suggestion.nearest(word, KNOWN)).contains(known);
  }

  @ParameterizedTest
  @CsvSource({"scopes", "rxxe", "xx", "surroundings"})
  void namesNothingThatIsTooFar(String word) {
    assertThat(Suggestion.nearest(word, KNOWN)).isEmpty();
  }

  @Property
  void findsAWordWithOneLetterMissing(
      @ForAll @AlphaChars @StringLength(min = 2, max = 20) String word,
      @ForAll @IntRange(max = 19) int index) {
    StringBuilder slip = new StringBuilder(word).deleteCharAt(index % word.length());

    assertThat(Suggestion.nearest(slip.toString(), List.of(word))).contains(word);
  }
}
