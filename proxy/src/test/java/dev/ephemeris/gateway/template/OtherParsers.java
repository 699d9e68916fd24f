package dev.ephemeris.gateway.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What parsers make of templates that aren't ours: tree-sitter's grammar of Bicep, HashiCorp's
 * parser of HCL, and Nunjucks set up as Backstage does.
 */
final class OtherParsers {
  private static final Path FOLDER = Path.of("src/test/templates");
  private static final ObjectMapper JSON = new ObjectMapper();

  private OtherParsers() {}

  /** A text to be read, or to be filled in with values. */
  record Asked(String kind, String text, Map<String, String> values) {}

  /** The answers, in the order of what was asked. */
  static JsonNode read(Path temporary, List<Asked> asked) throws IOException, InterruptedException {
    Path in = temporary.resolve("asked.json");
    Path out = temporary.resolve("answers.json");
    Path err = temporary.resolve("errors.txt");
    JSON.writeValue(in.toFile(), asked);
    int status =
        new ProcessBuilder("node", "read.mjs")
            .directory(FOLDER.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();
    if (status != 0) {
      throw new IllegalStateException(Files.readString(err));
    }
    return JSON.readTree(out.toFile());
  }
}
