package dev.ephemeris.gateway.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is made looks as the files in {@code resources}; {@code -Dtemplates.write=true} writes them.
 */
class TemplatesTest {
  private static final Path GOLDEN = Path.of("src/test/resources/dev/ephemeris/gateway/template");

  record Example(String folder, TemplateKind kind, Map<String, Object> request) {
    @Override
    public String toString() {
      return folder;
    }
  }

  static Stream<Example> examples() {
    Map<String, Object> whole = TemplateSamples.whole();
    Map<String, Object> least = TemplateSamples.least();
    Map<String, Object> operator = TemplateSamples.with(least, "access", "order-operator");
    return Stream.of(
        new Example("bicep", TemplateKind.BICEP, whole),
        new Example("bicep-least", TemplateKind.BICEP, least),
        new Example("terraform", TemplateKind.TERRAFORM, whole),
        new Example(
            "terraform-least",
            TemplateKind.TERRAFORM,
            TemplateSamples.with(least, "throughput", Map.of("manual", 400))),
        new Example("policy", TemplateKind.POLICY, whole),
        new Example("policy-least", TemplateKind.POLICY, least),
        new Example(
            "policy-own-role",
            TemplateKind.POLICY,
            TemplateSamples.with(operator, "approval", false)),
        new Example("backstage", TemplateKind.BACKSTAGE, whole),
        new Example(
            "backstage-terraform",
            TemplateKind.BACKSTAGE,
            TemplateSamples.with(least, "infrastructure", "terraform")));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void looksAsTheExample(Example example) throws IOException {
    // When
    Template made = TemplateSamples.make(example.kind(), example.request());

    // Then
    Path folder = GOLDEN.resolve(example.folder());
    List<String> names = new ArrayList<>();
    for (Template.File file : made.files()) {
      Path golden = folder.resolve(file.name());
      if (Boolean.getBoolean("templates.write")) {
        Files.createDirectories(golden.getParent());
        Files.writeString(golden, file.text());
      }
      assertThat(file.text()).isEqualTo(Files.readString(golden));
      names.add(file.name());
    }
    assertThat(filesIn(folder)).containsExactlyInAnyOrderElementsOf(names);
  }

  private static List<String> filesIn(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
