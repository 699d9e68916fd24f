package dev.ephemeris.gateway.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which files are looked at, and what is said of those that aren't. */
class KeyScanTest {

  private static final String LINE =
      "COSMOS_KEY=rJkzU0jFQGpWZ3Ym7s3S9pYk0aC1qv5nQbTtX8dLhE2uVwOyR6xNfK4gIiHlMPoBDzAecZ9+q/1T7aWUj5mCvQ==\n";

  @TempDir private Path folder = Path.of("");

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private static Report scan(Path... given) {
    return KeyScan.of(List.of(given), List.of(), false);
  }

  private Stream<String> found(Report report) {
    return report.found().stream().map(found -> folder.relativize(found.file()).toString());
  }

  @Test
  void looksAtAllThatIsInAFolderButGitsOwn() throws IOException {
    write("src/a.txt", LINE);
    write("node_modules/x/.env", LINE);
    write(".gitignore", "node_modules\n");
    write(".git/config", LINE);
    write("sub/.git/config", LINE);

    Report report = scan(folder);

    assertThat(found(report)).containsExactly("node_modules/x/.env", "src/a.txt");
    assertThat(report.read()).isEqualTo(3);
  }

  @Test
  void leavesOutNamesThatAreExcluded() throws IOException {
    write("src/a.txt", LINE);
    write("src/a.min.js", LINE);
    write("node_modules/x/.env", LINE);

    Report report =
        KeyScan.of(
            List.of(folder, folder.resolve("src/a.min.js")),
            Stream.of("node_modules", "*.min.js")
                .map(name -> FileSystems.getDefault().getPathMatcher("glob:" + name))
                .toList(),
            false);

    assertThat(found(report)).containsExactly("src/a.txt");
    assertThat(report.read()).isEqualTo(1);
  }

  @Test
  void aFileThatIsGivenTwiceIsLookedAtOnce() throws IOException {
    Path file = write("a.txt", LINE);

    assertThat(scan(file, folder, file).read()).isEqualTo(1);
  }

  @Test
  void linksAreFollowedWhereTheyAreGivenAndNotInFolders() throws IOException {
    write("real/a.txt", LINE);
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real"));
    Path file = Files.createSymbolicLink(folder.resolve("b.txt"), folder.resolve("real/a.txt"));
    Files.createSymbolicLink(folder.resolve("real/loop"), folder);

    assertThat(found(scan(link))).containsExactly("link/a.txt");
    assertThat(found(scan(file))).containsExactly("b.txt");
    Report whole = scan(folder);
    assertThat(found(whole)).containsExactly("real/a.txt");
    assertThat(whole.others()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"UTF-8, EFBBBF", "UTF-16LE, FFFE", "UTF-16BE, FEFF"})
  void readsWhatBeginsWithAByteOrderMark(Charset charset, String mark) throws IOException {
    byte[] text = ("\uFEFF# é 😀\r\n# 😀 " + LINE).getBytes(charset);
    Path file = Files.write(folder.resolve("a.ps1"), text);

    assertThat(text).startsWith(java.util.HexFormat.of().parseHex(mark));
    assertThat(scan(file).found().getFirst().findings())
        .extracting(Finding::line, Finding::column)
        .containsExactly(tuple(2L, 16L));
  }

  @Test
  void theFirstLineOfUtf8WithAMarkHasItsColumns() throws IOException {
    Path file = write("a.env", "\uFEFF" + LINE);

    assertThat(scan(file).found().getFirst().findings())
        .extracting(Finding::column)
        .containsExactly(12L);
  }

  @Test
  void whatIsNoTextIsPassedOverAndCounted() throws IOException {
    write("a.bin", "\0" + LINE);
    write("late.txt", " ".repeat(8192) + "\0" + LINE);

    Report report = scan(folder);

    assertThat(found(report)).containsExactly("late.txt");
    assertThat(report.binary()).isEqualTo(1);
    assertThat(report.read()).isEqualTo(1);
  }

  @Test
  void whatCannotBeReadIsTold() throws IOException {
    Path file = write("a.txt", LINE);

    Report report = scan(folder.resolve("missing"), file);

    assertThat(report.unread())
        .containsExactly(new Report.Unread(folder.resolve("missing"), "there is no such file"));
    assertThat(found(report)).containsExactly("a.txt");
  }

  /** Of this the file system says why. */
  @Test
  void aNameThatIsTooLongIsToldWithoutItsPath() {
    Path file = folder.resolve("x".repeat(300));

    assertThat(scan(file).unread()).containsExactly(new Report.Unread(file, "File name too long"));
  }

  @Test
  void foldersMayBeDeep() throws IOException {
    Path deep = folder;
    for (int i = 0; i < 100; i++) {
      deep = Files.createDirectory(deep.resolve("d"));
    }
    Files.writeString(deep.resolve("a.txt"), LINE);

    assertThat(scan(folder).found()).hasSize(1);
  }

  /** With a hole in the middle, which takes no space on the disk. */
  @Test
  void aLargeFileIsReadInPieces() throws IOException {
    Path file = write("large.txt", "\n".repeat(8192));
    long size = 100L << 20;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(("\n" + LINE).getBytes(StandardCharsets.UTF_8)), size);
    }

    assertThat(scan(file).found().getFirst().findings())
        .extracting(Finding::line, Finding::column)
        .containsExactly(tuple(8194L, 12L));
  }

  @Test
  void filesComeInTheOrderOfTheirNames() throws IOException {
    for (String name : List.of("c", "a/z", "b", "a/b", "d")) {
      write(name, LINE);
    }

    assertThat(found(scan(folder))).containsExactly("a/b", "a/z", "b", "c", "d");
  }
}
