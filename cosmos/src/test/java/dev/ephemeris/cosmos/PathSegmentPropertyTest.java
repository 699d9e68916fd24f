package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PathSegmentPropertyTest {

  @Property
  void decodesWhatItEncodes(@ForAll("names") String name) {
    String encoded = encode(name);

    assertThat(encoded).matches("([A-Za-z0-9._~-]|%[0-9A-F]{2})+");
    assertThat(PathSegment.decode(encoded)).contains(name);
  }

  @Property
  void decodesOnlyToWhatIsEncodedToTheSame(@ForAll("escaped") String raw) {
    Optional<String> name = PathSegment.decode(raw);

    assertThat(name.flatMap(decoded -> PathSegment.decode(encode(decoded)))).isEqualTo(name);
    assertThat(name).matches(decoded -> decoded.map(PathSegment::isValid).orElse(true));
  }

  private static String encode(String name) {
    StringBuilder out = new StringBuilder();
    PathSegment.encode(out, name);
    return out.toString();
  }

  @Provide
  Arbitrary<String> names() {
    return Requests.names();
  }

  @Provide
  Arbitrary<String> escaped() {
    return Arbitraries.strings().withChars("%%%%0123456789abcdefCEF.\\/;é\ud800").ofMaxLength(12);
  }
}
