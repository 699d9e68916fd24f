package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** Keys that lie about, found from a terminal. */
class ScanTest {

  private static final String KEY = key();
  private static final String CONNECTION_STRING =
      "AccountEndpoint=https://orders-prod.documents.azure.com/;AccountKey=" + KEY + ";";
  private static final String EMULATOR =
      "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

  private final Terminal terminal = new Terminal(() -> Instant.EPOCH, Path.of("never-written"));
  @TempDir private Path folder = Path.of("");

  private static String key() {
    byte[] key = new byte[64];
    new Random(42).nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  @BeforeEach
  void write() throws IOException {
    write("src/app.env", "# settings\nDB=" + CONNECTION_STRING + "\n");
    write("deploy.sh", "KEY=$(az cosmosdb keys list --name orders-prod)\n");
    write("clean.txt", "AccountKey=<your-key>\n");
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Screen scan(Object... arguments) {
    List<String> words = new ArrayList<>(List.of("scan"));
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    Screen screen = terminal.run(words.toArray(String[]::new));
    assertThat(terminal.everything()).doesNotContain(KEY.substring(0, 12));
    return screen;
  }

  @Test
  void saysWhatIsWhereAndWhatReplacesIt() {
    Screen screen = scan(folder);

    assertThat(screen.exitCode()).isEqualTo(1);
    assertThat(screen.err()).isEmpty();
    assertThat(screen.out().lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith(
                        folder.resolve("deploy.sh")
                            + ":1:10: call that fetches account keys, orders-prod -> lane proxy"),
            line ->
                assertThat(line)
                    .startsWith(
                        folder.resolve("src/app.env")
                            + ":2:72: connection string with an account key, orders-prod, sha256:")
                    .contains(" -> rotate the key; then lane proxy"),
            line -> assertThat(line).isEqualTo("2 findings; 3 read."));
  }

  @Test
  void nothingFoundIsZero() {
    Screen screen = scan(folder.resolve("clean.txt"));

    assertThat(screen.exitCode()).isZero();
    assertThat(screen.out()).isEqualTo("Nothing found; 1 read.\n");
  }

  @Test
  void theEmulatorsKeyIsToldAndFailsNothing() throws IOException {
    Path file = write("test.env", "COSMOS_KEY=" + EMULATOR);

    Screen screen = scan(file);

    assertThat(screen.exitCode()).isZero();
    assertThat(screen.out()).contains("key of Microsoft's emulator, which is public");
  }

  @Test
  void whatIsLeftOutIsCounted() throws IOException {
    Path sub = folder.resolve("sub");
    write("sub/a.bin", "\0");
    Files.createSymbolicLink(sub.resolve("link"), folder);
    write("sub/test.env", CONNECTION_STRING + " # ephemeris:allow\n");

    Screen screen = scan(sub);

    assertThat(screen.exitCode()).isZero();
    assertThat(screen.out())
        .isEqualTo(
            "Nothing found; 1 read; 1 binary, passed over; 1 links and the like, passed over;"
                + " 1 allowed by ephemeris:allow.\n");
  }

  @Test
  void whatCannotBeReadIsTheExitCodeWhateverIsFound() {
    Path missing = folder.resolve("missing");

    Screen screen = scan(folder, missing);

    assertThat(screen.exitCode()).isEqualTo(5);
    assertThat(screen.out()).contains("2 findings");
    assertThat(screen.err())
        .isEqualTo("ephemeris: " + missing + " can't be read: there is no such file\n");
    assertThat(scan(missing).exitCode()).isEqualTo(5);
  }

  @Test
  void aNameDoesNotWriteOnTheTerminalWhatItLikes() throws IOException {
    write("\u001b[2J\n.env", CONNECTION_STRING);

    Screen screen = scan(folder);

    assertThat(screen.out()).doesNotContain("\u001b").hasLineCount(4);
  }

  @Test
  void withAllFindsWhatMayBeAnothersKey() throws IOException {
    Path file = write("secret.env", "SECRET=" + KEY);

    assertThat(scan(file).exitCode()).isZero();
    Screen all = scan(file, "--all");
    assertThat(all.exitCode()).isEqualTo(1);
    assertThat(all.out()).contains("perhaps an account key");
  }

  @Test
  void leavesOutWhatIsExcluded() {
    assertThat(scan(folder, "--exclude", "src", "--exclude", "*.sh").out())
        .isEqualTo("Nothing found; 1 read.\n");
  }

  @Test
  void programsGetJson() throws Exception {
    JsonNode document = scan(folder, folder.resolve("missing"), "-o", "json").json();

    JsonNode finding = document.path("findings").path(1);
    assertThat(finding.path("code").asText()).isEqualTo("connection-string");
    assertThat(finding.path("severity").asText()).isEqualTo("error");
    assertThat(finding.path("file").asText()).endsWith("app.env");
    assertThat(finding.path("line").asInt()).isEqualTo(2);
    assertThat(finding.path("column").asInt()).isEqualTo(72);
    assertThat(finding.path("of").asText()).isEqualTo("orders-prod");
    assertThat(finding.path("fingerprint").asText()).matches("sha256:[0-9a-f]{12}");
    assertThat(finding.path("instead").asText()).contains("lane proxy");
    assertThat(document.path("read").asInt()).isEqualTo(3);
    assertThat(document.path("unread").path(0).path("why").asText())
        .isEqualTo("there is no such file");
  }

  @Test
  void codeScanningGetsSarif() throws Exception {
    write("with space.env", CONNECTION_STRING);
    Path sarif = folder.resolve("out.sarif");

    Screen screen = scan(folder, "--sarif", sarif);

    assertThat(screen.out()).contains("3 findings");
    String text = Files.readString(sarif);
    assertThat(text).doesNotContain(KEY.substring(0, 12));
    JsonNode run = new ObjectMapper().readTree(text).path("runs").path(0);
    JsonNode result = run.path("results").path(2);
    assertThat(result.path("ruleId").asText()).isEqualTo("connection-string");
    assertThat(run.at("/tool/driver/rules").findValuesAsText("id"))
        .contains(result.path("ruleId").asText());
    JsonNode place = result.at("/locations/0/physicalLocation");
    assertThat(place.at("/artifactLocation/uri").asText()).endsWith("/with%20space.env");
    assertThat(place.at("/region/startLine").asInt()).isEqualTo(1);
  }

  /** {@code pre-commit} runs what stands there: it must be a command that there is. */
  @Test
  void theHookRunsThisCommand() throws IOException {
    Object hooks = new Yaml().load(Files.readString(Path.of("..", ".pre-commit-hooks.yaml")));

    assertThat((List<?>) hooks)
        .singleElement()
        .extracting(hook -> ((Map<?, ?>) hook).get("entry"))
        .isEqualTo("ephemeris scan");
  }
}
