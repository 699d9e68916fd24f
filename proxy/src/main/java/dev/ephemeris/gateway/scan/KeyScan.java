package dev.ephemeris.gateway.scan;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Looks at files and at all that is in folders, several at a time. Links in folders aren't
 * followed, and {@code .git} isn't gone into; nothing else is left out unasked, whatever git
 * ignores: keys lie where nobody commits them, too.
 */
public final class KeyScan {

  /** How much of a file is in memory at a time. */
  private static final int PIECE = 1 << 18;

  private final List<PathMatcher> excluded;
  private final boolean all;
  private final SortedSet<Path> files = new TreeSet<>();
  private final List<Report.Unread> unread = new ArrayList<>();
  private long others;

  /** Each thread that reads has its own. */
  private final ThreadLocal<byte[]> buffer = ThreadLocal.withInitial(() -> new byte[PIECE]);

  private KeyScan(List<PathMatcher> excluded, boolean all) {
    this.excluded = excluded;
    this.all = all;
  }

  /**
   * What is in these files and folders.
   *
   * @param excluded names of files and folders to leave out
   * @param all whether to find also what may be another's key
   */
  public static Report of(List<Path> given, List<PathMatcher> excluded, boolean all) {
    KeyScan scan = new KeyScan(excluded, all);
    given.stream().filter(scan::isWanted).forEach(scan::add);
    return scan.report();
  }

  private sealed interface Result {
    record Text(Path file, TextScan.Seen seen) implements Result {}

    record Binary() implements Result {}

    record Failed(Report.Unread unread) implements Result {}
  }

  private boolean isWanted(Path path) {
    return Optional.ofNullable(path.getFileName())
        .map(name -> excluded.stream().noneMatch(each -> each.matches(name)))
        .orElse(true);
  }

  private void add(Path given) {
    if (!Files.isDirectory(given)) {
      files.add(given);
      return;
    }
    // However deep they are.
    Deque<Path> folders = new ArrayDeque<>(List.of(given));
    while (!folders.isEmpty()) {
      Path folder = folders.pop();
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, this::isWanted)) {
        entries.forEach(entry -> sort(entry, folders));
      } catch (DirectoryIteratorException e) {
        unread.add(unread(folder, Objects.requireNonNull(e.getCause())));
      } catch (IOException e) {
        unread.add(unread(folder, e));
      }
    }
  }

  private void sort(Path entry, Deque<Path> folders) {
    BasicFileAttributes attributes;
    try {
      attributes =
          Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      unread.add(unread(entry, e));
      return;
    }
    if (attributes.isRegularFile()) {
      files.add(entry);
    } else if (!attributes.isDirectory()) {
      others++;
    } else if (!entry.endsWith(".git")) {
      folders.push(entry);
    }
  }

  private Report report() {
    List<Report.Found> found = new ArrayList<>();
    long read = 0;
    long binary = 0;
    long allowed = 0;
    for (Result result : files.parallelStream().map(this::read).toList()) {
      switch (result) {
        case Result.Binary() -> binary++;
        case Result.Failed(Report.Unread failed) -> unread.add(failed);
        case Result.Text(Path file, TextScan.Seen seen) -> {
          read++;
          allowed += seen.allowed();
          if (!seen.findings().isEmpty()) {
            found.add(new Report.Found(file, seen.findings(), seen.isCut()));
          }
        }
      }
    }
    return new Report(List.copyOf(found), read, binary, others, allowed, List.copyOf(unread));
  }

  private Result read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return TextScan.of(in, buffer.get(), all)
          .<Result>map(seen -> new Result.Text(file, seen))
          .orElseGet(Result.Binary::new);
    } catch (IOException e) {
      return new Result.Failed(unread(file, e));
    }
  }

  private static Report.Unread unread(Path path, IOException e) {
    return new Report.Unread(
        path,
        switch (e) {
          case NoSuchFileException missing -> "there is no such file";
          case AccessDeniedException denied -> "permission denied";
          // Without the path, which its message begins with.
          case FileSystemException other when other.getReason() != null -> other.getReason();
          default -> String.valueOf(e.getMessage());
        });
  }
}
