package dev.ephemeris.gateway.journal.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Logs to test with, and what RFC 6962 says of them, word by word. */
final class Logs {

  static final LogName NAME = new LogName("gateway.example.com/journal/one");
  static final LogKey KEY = key(NAME, 1);

  private static final List<Path> FOLDERS = new CopyOnWriteArrayList<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Logs::deleteFolders));
  }

  private Logs() {}

  private static void deleteFolders() {
    for (Path folder : FOLDERS) {
      try {
        delete(folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The key whose seed is that byte, again and again. */
  static LogKey key(LogName name, int seed) {
    byte[] bytes = new byte[LogKey.SEED_LENGTH];
    java.util.Arrays.fill(bytes, (byte) seed);
    return LogKey.of(name, bytes);
  }

  /** Entries of those indexes; no two are the same. */
  static List<byte[]> entries(long from, long to) {
    return LongStream.range(from, to).mapToObj(Logs::entry).toList();
  }

  static byte[] entry(long index) {
    String json = "{\"type\":\"test\",\"number\":" + index + "}";
    return (index == 3 ? "" : json).getBytes(StandardCharsets.UTF_8);
  }

  /** RFC 6962 section 2.1, as it is written there. */
  static Hash root(List<byte[]> entries) {
    int n = entries.size();
    if (n == 0) {
      return Hash.at(Hash.sha256().digest(), 0);
    }
    if (n == 1) {
      return hash(0, entries.getFirst(), new byte[0]);
    }
    int k = 1;
    while (k * 2 < n) {
      k *= 2;
    }
    return hash(1, root(entries.subList(0, k)).bytes(), root(entries.subList(k, n)).bytes());
  }

  private static Hash hash(int prefix, byte[] first, byte[] second) {
    var digest = Hash.sha256();
    digest.update((byte) prefix);
    digest.update(first);
    digest.update(second);
    return Hash.at(digest.digest(), 0);
  }

  /** A folder that isn't there yet; deleted at the end. */
  static Path folder() {
    try {
      Path folder = Files.createTempDirectory("log");
      Files.delete(folder);
      FOLDERS.add(folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A folder with a log of that many entries, sealed in as many steps. */
  static Path sealed(long... sizes) throws Exception {
    Path folder = folder();
    try (TiledLog log = TiledLog.open(folder, KEY)) {
      for (long size : sizes) {
        log.seal(entries(log.size(), size));
      }
    }
    return folder;
  }

  /** All its files, relative to it, in order. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).map(folder::relativize).sorted().toList();
    }
  }

  /** The folder, if there is one. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all = new ArrayList<>();
    try (Stream<Path> found = Files.walk(folder)) {
      found.sorted(Comparator.reverseOrder()).forEach(all::add);
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
