package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryShapeTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "SELECT", "SELECT * FROM c WHERE c.name = 'Alice", "DROP TABLE c"})
  void whatCannotBeReadHasNone(String query) {
    assertThat(QueryShape.of(query)).isEmpty();
  }

  /** The examples of docs/audit-records.md. */
  @Test
  void theDocumentationHasTheShapesThatThereAre() throws Exception {
    List<String> rows =
        Files.readAllLines(Path.of("../docs/audit-records.md")).stream()
            .filter(line -> line.matches("\\| `(?i:select) .*` \\| `.*` \\|"))
            .toList();

    assertThat(rows).hasSizeGreaterThan(2);
    for (String row : rows) {
      String[] code = row.split("`", -1);
      assertThat(QueryShape.of(code[1]).map(QueryShape::text)).contains(code[3]);
    }
  }

  @Test
  void aLongOneIsCutAndItsFingerprintIsOfTheWhole() {
    QueryShape one = QueryShape.of(query(1_000)).orElseThrow();
    QueryShape more = QueryShape.of(query(1_001)).orElseThrow();

    assertThat(one.text()).hasSize(2_000).endsWith("…");
    assertThat(more.text()).isEqualTo(one.text());
    assertThat(more.fingerprint()).isNotEqualTo(one.fingerprint());
  }

  private static String query(int criteria) {
    return IntStream.range(0, criteria)
        .mapToObj(i -> "c.p" + i + " = " + i)
        .collect(Collectors.joining(" OR ", "SELECT * FROM c WHERE ", ""));
  }
}
