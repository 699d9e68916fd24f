package dev.ephemeris.gateway.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/templates.md} shows what is made of the request that it shows. */
class TemplatesDocsTest {
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^```(json|bicep|terraform|yaml)\\n(.*?)^```$");

  @Test
  void showsWhatIsMade() throws IOException {
    // Given
    String page = Files.readString(Path.of("..", "docs", "templates.md"));
    List<String> shown = new ArrayList<>();
    List<Map<String, Object>> requests = new ArrayList<>();
    Matcher block = BLOCK.matcher(page);
    while (block.find()) {
      if (block.group(1).equals("json")) {
        requests.add(new ObjectMapper().readValue(block.group(2), new TypeReference<>() {}));
      } else {
        shown.add(block.group(2));
      }
    }

    // When
    List<String> made = new ArrayList<>();
    for (TemplateKind kind : TemplateKind.values()) {
      TemplateSamples.make(kind, requests.getFirst())
          .files()
          .forEach(each -> made.add(each.text()));
    }

    // Then
    assertThat(requests).hasSize(1);
    assertThat(shown).hasSize(6).allSatisfy(text -> assertThat(made).contains(text));
  }
}
