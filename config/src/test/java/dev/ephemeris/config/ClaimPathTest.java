package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimPathTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sub | sub",
        "https://acme.example/tenant | https://acme.example/tenant",
        "kubernetes.io | kubernetes.io",
        "/kubernetes.io/pod/name | kubernetes.io;pod;name",
        "/a~1b/c~0d/~01 | a/b;c~d;~1",
      })
  void reads(String text, String steps) {
    ClaimPath path = ClaimPath.parse(text);

    assertThat(path.steps()).isEqualTo(List.of(steps.split(";", -1)));
    assertThat(path).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "/", "/a/", "//a", "/a~", "/a~2"})
  void refuses(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ClaimPath.parse(text));
  }

  @Property
  void readsWhatItWrote(@ForAll @Size(min = 1, max = 4) List<@NotEmpty String> steps) {
    String pointer = new ClaimPath(steps).toString();

    if (!pointer.isBlank()) {
      assertThat(ClaimPath.parse(pointer).steps()).isEqualTo(steps);
    }
  }
}
