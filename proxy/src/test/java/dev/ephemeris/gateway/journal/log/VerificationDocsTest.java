package dev.ephemeris.gateway.journal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands of docs/audit-verification.md, by a shell. */
class VerificationDocsTest {

  private static final Path DOCS = Path.of("..", "docs", "audit-verification.md");
  private static final Pattern BLOCK = Pattern.compile("```bash\n(.*?)```", Pattern.DOTALL);

  private final Path home;
  private List<String> blocks = List.of();

  VerificationDocsTest(@TempDir Path home) {
    this.home = home;
  }

  @BeforeEach
  void read() throws IOException {
    List<String> found = new ArrayList<>();
    Matcher block = BLOCK.matcher(Files.readString(DOCS));
    while (block.find()) {
      found.add(block.group(1));
    }
    assertThat(found).hasSize(3);
    blocks = found;
  }

  private Path seal(int size) throws Exception {
    Path journal = home.resolve("journal");
    try (TiledLog log = TiledLog.open(journal, Logs.KEY)) {
      log.seal(Logs.entries(0, size));
    }
    Files.writeString(home.resolve("log.vkey"), Logs.KEY.verifierKey() + "\n");
    return journal;
  }

  @Test
  void opensslVerifiesTheSignature() throws Exception {
    Path checkpoint = seal(300).resolve("checkpoint");

    String good = run(blocks.getFirst());
    Files.writeString(checkpoint, Files.readString(checkpoint).replace("\n300\n", "\n299\n"));
    String bad = run(blocks.getFirst());

    assertThat(good).contains("Signature Verified Successfully");
    assertThat(bad).contains("Signature Verification Failure");
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "0, 2", "1, 2", "6, 7", "255, 300", "299, 300", "170, 513"})
  void aShellChecksAProof(int index, int size) throws Exception {
    InclusionProof proof = InclusionProof.of(seal(size), Set.of(Logs.KEY.verifierKey()), index);

    Files.writeString(home.resolve("proof"), proof.toString());
    String good = run(blocks.get(1));
    String other =
        new InclusionProof(
                index, java.util.Optional.of(new byte[] {1}), proof.path(), proof.checkpoint())
            .toString();
    Files.writeString(home.resolve("proof"), other);
    String bad = run(blocks.get(1));

    assertThat(good).isEqualTo("the entry is in the log\n");
    assertThat(bad).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"8", "20", "256", "300"})
  void aShellComparesAnEntryWithItsTile(int size) throws Exception {
    Path journal = seal(size);
    String name = size < 256 ? "000.p/" + size : "000";

    String good = run(blocks.get(2));
    Path tile = journal.resolve("tile/0/" + name);
    byte[] content = Files.readAllBytes(tile);
    content[7 * 32] ^= 1;
    Files.write(tile, content);
    String bad = run(blocks.get(2));

    assertThat(good).isEqualTo("entry 7 has the hash of the tile\n");
    assertThat(bad).doesNotContain("entry 7 has");
  }

  private String run(String commands) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("bash", "-c", commands)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      return output;
    } finally {
      process.destroyForcibly();
    }
  }
}
