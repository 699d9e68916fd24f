package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code --output yaml} says what {@code --output json} does. */
class YamlTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder = Path.of("");

  @Test
  void theApisDocumentsAreTheSame() throws Exception {
    try (CliWorld world = new CliWorld()) {
      Terminal terminal = world.terminal().signedIn();
      for (String command :
          List.of("whoami", "sessions --any", "explain items/delete orders-prod/shop/orders")) {
        assertSame(terminal, command);
      }
      Screen lease = terminal.run("lease", "orders-prod/shop/orders", "-o", "yaml");
      assertThat(lease.exitCode()).isZero();
      assertThat(yaml(lease.out()).path("token").asText()).startsWith("type=resource&ver=1.0&sig=");
      assertSame(terminal, "leases --any");
    }
  }

  @Test
  void recordsAreDocumentsOfTheirOwn() throws Exception {
    try (CliWorld world = new CliWorld()) {
      Terminal terminal = world.terminal().signedIn();
      String search = "audit search --journal " + world.journal();

      List<JsonNode> lines = new ArrayList<>();
      for (String line : terminal.run((search + " -o json").split(" ")).out().lines().toList()) {
        lines.add(JSON.readTree(line));
      }
      List<JsonNode> documents = new ArrayList<>();
      reader()
          .loadAll(terminal.run((search + " -o yaml").split(" ")).out())
          .forEach(document -> documents.add(JSON.valueToTree(document)));

      assertThat(documents).isNotEmpty().isEqualTo(lines);
    }
  }

  /** What policy commands say of what they found; the exit code stays. */
  @Test
  void policyCommandsSayTheSame() throws Exception {
    Path policy =
        Files.writeString(
            folder.resolve("policy.yaml"),
            """
            apiVersion: ephemeris.dev/v1
            rules:
              - name: everybody reads all
                for: { principal: person }
                role: data-reader
                scopes: ["*:/"]
            """);
    Path broken = Files.writeString(folder.resolve("broken.yaml"), "rules: [{ nam: a }]\n");
    Terminal terminal = new Terminal(Instant::now, folder);

    for (String command : List.of("check " + policy, "check " + broken, "lint " + policy)) {
      assertSame(terminal, "policy " + command);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no",
        "1e3",
        "0x10",
        "1:30",
        "2026-11-30",
        "~",
        "",
        " a ",
        "a: b",
        "- a",
        "#",
        "a\nb\n",
        "\u001b[31m",
        "\u2028",
        "'\"\\",
        "%",
        "@",
        "type=resource&ver=1.0&sig=a+/=="
      })
  void aTextIsReadAsThatText(String text) {
    String yaml = Json.yaml(Json.object().put(text.isEmpty() ? "key" : text, text));

    assertThat(yaml).doesNotContain("\u001b");
    assertThat(yaml(yaml).path(text.isEmpty() ? "key" : text).textValue()).isEqualTo(text);
  }

  private static void assertSame(Terminal terminal, String command) throws Exception {
    Screen json = terminal.run((command + " -o json").split(" "));
    Screen yaml = terminal.run((command + " -o yaml").split(" "));

    assertThat(yaml.exitCode()).isEqualTo(json.exitCode());
    assertThat(yaml.out()).doesNotStartWith("{").endsWith("\n");
    assertThat(yaml(yaml.out())).as(command).isEqualTo(json.json());
  }

  private static JsonNode yaml(String text) {
    return JSON.valueToTree(reader().load(text));
  }

  /** As another program reads it, by YAML 1.1. */
  private static Yaml reader() {
    return new Yaml(new SafeConstructor(new LoaderOptions()));
  }
}
