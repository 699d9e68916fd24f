package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.gateway.journal.log.LogKey;
import dev.ephemeris.gateway.journal.log.LogName;
import dev.ephemeris.gateway.journal.log.TiledLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an auditor does, who has a copy of the journal, its key, and what they kept. */
class AuditVerifyTest {

  private static final LogKey KEY =
      LogKey.of(new LogName("gateway.example.com/journal"), new byte[LogKey.SEED_LENGTH]);
  private static final String VKEY = KEY.verifierKey().toString();

  private final Terminal terminal;
  private final Path home;
  private final Path journal;

  AuditVerifyTest(@TempDir Path home) {
    this.home = home;
    this.journal = home.resolve("journal");
    this.terminal = new Terminal(() -> Instant.EPOCH, home);
  }

  @BeforeEach
  void aJournal() throws Exception {
    seal(300);
  }

  private void seal(int count) throws Exception {
    try (TiledLog log = TiledLog.open(journal, KEY)) {
      log.seal(
          LongStream.range(log.size(), log.size() + count)
              .mapToObj(AuditVerifyTest::entry)
              .toList());
    }
  }

  private static byte[] entry(long index) {
    String type = index % 2 == 0 ? "requestIntent" : "requestOutcome";
    return "{\"type\":\"%s\",\"requestId\":\"r%d\"}"
        .formatted(type, index / 2)
        .getBytes(StandardCharsets.UTF_8);
  }

  private Screen verify(String... more) {
    String[] arguments = {"audit", "verify", "--journal", journal.toString(), "--key", VKEY};
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return terminal.run(all);
  }

  @Test
  void isVerifiedAgainstWhatWasKept() throws Exception {
    String kept = home.resolve("kept").toString();

    Screen first = verify("--keep", kept);
    seal(101);
    Screen second = verify("--since", kept, "--keep", kept);
    Screen third = verify("--since", kept, "--output", "json");

    assertThat(first.exitCode()).isEqualTo(3);
    assertThat(first.out())
        .startsWith("Verified: gateway.example.com/journal, 300 entries, root ")
        .contains("Internally consistent; completeness not proven since the first entry");
    assertThat(second.exitCode()).isZero();
    assertThat(second.out())
        .startsWith("Verified: gateway.example.com/journal, 401 entries, root ")
        .contains("1 request without an outcome so far.")
        .contains("Nothing was changed or taken away since the checkpoint of 300 entries.");
    assertThat(third.exitCode()).isZero();
    assertThat(third.json().path("result").asText()).isEqualTo("verified");
    assertThat(third.json().at("/since/entries").asLong()).isEqualTo(401);
    assertThat(third.json().path("openRequests").asInt()).isEqualTo(1);
  }

  /** Whoever can delete files could say that their time was over. */
  @Test
  void takesEntriesForRemovedOnlyIfItIsTold() throws Exception {
    String kept = home.resolve("kept").toString();
    Screen unused = verify("--keep", kept);
    Files.delete(journal.resolve("tile/entries/000"));

    Screen untold = verify("--since", kept);
    Screen told = verify("--since", kept, "--removed-before", "256");
    Screen toldOfFewer = verify("--since", kept, "--removed-before", "255");

    assertThat(untold.exitCode()).isEqualTo(3);
    assertThat(untold.out())
        .contains("Entries before 256 were removed")
        .contains("That their time was over isn't");
    assertThat(told.exitCode()).isZero();
    assertThat(told.out()).doesNotContain("That their time was over isn't");
    assertThat(toldOfFewer.exitCode()).isEqualTo(3);
  }

  @Test
  void namesTheEntryThatWasChanged() throws Exception {
    String kept = home.resolve("kept").toString();
    change(journal.resolve("tile/entries/000"), "\"r85\"", "\"r58\"");

    Screen screen = verify("--keep", kept);
    Screen json = verify("--output", "json");

    assertThat(screen.exitCode()).isEqualTo(1);
    assertThat(screen.out()).startsWith("BAD: entry 170 of gateway.example.com/journal: ");
    assertThat(Path.of(kept)).doesNotExist();
    assertThat(json.exitCode()).isEqualTo(1);
    assertThat(json.json().path("result").asText()).isEqualTo("bad-entry");
    assertThat(json.json().path("entry").asLong()).isEqualTo(170);
  }

  @Test
  void saysThatTheLogWasCutShort() throws Exception {
    Path older = home.resolve("older");
    copy(journal, older);
    Path kept = home.resolve("kept");
    seal(1);
    Files.copy(journal.resolve("checkpoint"), kept);

    Screen screen =
        terminal.run(
            "audit",
            "verify",
            "--journal",
            older.toString(),
            "--key",
            VKEY,
            "--since",
            kept.toString());

    assertThat(screen.exitCode()).isEqualTo(1);
    assertThat(screen.out())
        .startsWith("BAD: not what follows from the checkpoint that was kept: ")
        .contains("it has 301 entries, and the log has 300");
  }

  @Test
  void believesNoOtherKey() throws Exception {
    LogKey other =
        LogKey.of(new LogName("other.example.com/journal"), new byte[LogKey.SEED_LENGTH]);
    Path keys = home.resolve("keys");
    Files.write(keys, List.of(other.verifierKey().toString(), ""));

    Screen others =
        terminal.run("audit", "verify", "--journal", journal.toString(), "--key", keys.toString());
    Files.write(keys, List.of(other.verifierKey().toString(), VKEY));
    Screen both =
        terminal.run("audit", "verify", "--journal", journal.toString(), "--key", keys.toString());

    assertThat(others.exitCode()).isEqualTo(1);
    assertThat(others.out()).startsWith("BAD: nothing in ").contains("none of the given keys");
    assertThat(both.exitCode()).isEqualTo(3);
  }

  @Test
  void saysWhatIsWrongWithWhatItWasGiven() throws Exception {
    Path nothing = Files.createFile(home.resolve("nothing"));
    String folder = journal.toString();

    assertFails(2, "isn't that of its name and key", "--key", VKEY.replace("journal+", "other+"));
    assertFails(2, "expected a verifier key", "--key", "a+b");
    assertFails(2, "neither a key (name+id+key) nor a file of keys", "--key", folder + "/none");
    assertFails(2, "There is no key in", "--key", nothing.toString());
    Screen since = verify("--since", nothing.toString());
    assertThat(since.exitCode()).isEqualTo(5);
    assertThat(since.err()).contains("is of no use");
  }

  private void assertFails(int exitCode, String message, String... key) {
    Screen screen =
        terminal.run("audit", "verify", "--journal", journal.toString(), key[0], key[1]);
    assertThat(screen.exitCode()).isEqualTo(exitCode);
    assertThat(screen.err()).startsWith("ephemeris: ").contains(message).hasLineCount(1);
    assertThat(screen.out()).isEmpty();
  }

  @Test
  void provesAnEntryToWhoeverHasOnlyTheProof() throws Exception {
    Path proof = home.resolve("170.tlog-proof");
    Screen proven =
        terminal.run("audit", "prove", "170", "--journal", journal.toString(), "--key", VKEY);
    Files.writeString(proof, proven.out());

    Screen checked = terminal.run("audit", "verify-proof", proof.toString(), "--key", VKEY);
    Screen json =
        terminal.run("audit", "verify-proof", proof.toString(), "--key", VKEY, "-o", "json");

    assertThat(proven.exitCode()).isZero();
    assertThat(proven.out()).startsWith("c2sp.org/tlog-proof@v1\nextra ").contains("\nindex 170\n");
    assertThat(checked.exitCode()).isZero();
    assertThat(checked.out())
        .isEqualTo(
            """
            Proven: entry 170 of gateway.example.com/journal, as it was signed for at 300 entries:
            {"type":"requestIntent","requestId":"r85"}
            """);
    assertThat(json.json().path("entry").asText()).contains("r85");
  }

  @Test
  void aProofIsOfItsEntryAlone() throws Exception {
    Path proof = home.resolve("170.tlog-proof");
    Path entry = home.resolve("entry.json");
    Screen proven =
        terminal.run("audit", "prove", "170", "--journal", journal.toString(), "--key", VKEY);
    Files.writeString(proof, proven.out().replaceAll("extra .*\n", ""));

    Screen without = terminal.run("audit", "verify-proof", proof.toString(), "--key", VKEY);
    Files.write(entry, entry(170));
    Screen with = proofOf(proof, entry);
    Files.write(entry, entry(171));
    Screen another = proofOf(proof, entry);
    Files.writeString(proof, proven.out().replace("index 170", "index 171"));
    Screen elsewhere = proofOf(proof, entry);
    Files.writeString(proof, proven.out().replace("\n300\n", "\n301\n"));
    Screen resigned = proofOf(proof, entry);

    assertThat(without.exitCode()).isEqualTo(2);
    assertThat(with.exitCode()).isZero();
    for (Screen refused : List.of(another, elsewhere, resigned)) {
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.out()).isEmpty();
    }
    assertThat(another.err()).contains("doesn't prove that this entry is in the journal");
    assertThat(resigned.err()).contains("the signature of gateway.example.com/journal is false");
  }

  private Screen proofOf(Path proof, Path entry) {
    return terminal.run(
        "audit", "verify-proof", proof.toString(), "--key", VKEY, "--entry", entry.toString());
  }

  @Test
  void provesNothingOfAnEntryThatIsNotThereOrWasChanged() throws Exception {
    change(journal.resolve("tile/entries/000"), "\"r85\"", "\"r58\"");

    for (String index : List.of("170", "300", "-1")) {
      Screen screen =
          terminal.run(
              "audit", "prove", "--journal", journal.toString(), "--key", VKEY, "--", index);
      assertThat(screen.exitCode()).isEqualTo(1);
      assertThat(screen.out()).isEmpty();
    }
  }

  private static void change(Path file, String old, String other) throws IOException {
    String content = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertThat(content).contains(old);
    Files.writeString(file, content.replace(old, other), StandardCharsets.ISO_8859_1);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Files.copy(path, to.resolve(from.relativize(path)));
      }
    }
  }
}
