package dev.ephemeris.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/audit-records.md says what there is. */
class RecordsDocumentationTest {

  private static String page() throws IOException {
    return Files.readString(Path.of("../docs/audit-records.md"));
  }

  @ParameterizedTest
  @EnumSource
  void hasEachTypeWithItsFields(RecordType type) throws Exception {
    List<String> rows =
        page().lines().filter(line -> line.startsWith("| `" + type.code() + "` |")).toList();

    assertThat(rows).isNotEmpty();
    assertThat(rows.getFirst()).endsWith("| " + fields(type) + " |");
  }

  @ParameterizedTest
  @EnumSource
  void saysWhatEachTypeIsInOcsf(RecordType type) throws Exception {
    String page = page();

    assertThat(page.substring(page.indexOf("## As events of OCSF")))
        .contains("`" + type.code() + "`");
  }

  private static String fields(RecordType type) {
    return Arrays.stream(type.form().getRecordComponents())
        .filter(component -> !component.getName().equals("at"))
        .map(RecordsDocumentationTest::field)
        .collect(Collectors.joining(" "));
  }

  private static String field(RecordComponent component) {
    String name = "`" + component.getName() + "`";
    return component.getType() == Optional.class ? "*" + name + "*" : name;
  }
}
