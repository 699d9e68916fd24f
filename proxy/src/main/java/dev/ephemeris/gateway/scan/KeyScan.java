package dev.ephemeris.gateway.scan;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
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
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Looks at files and at all that is in folders, several at a time. Links in folders aren't
 * followed, and {@code .git} isn't gone into; nothing else is left out unasked, whatever git
 * ignores: keys lie where nobody commits them, too.
 */
public final class KeyScan {

  /** So much of a file says whether it is text. */
  private static final int HEAD = 8192;

  private final List<PathMatcher> excluded;
  private final boolean all;
  private final SortedSet<Path> files = new TreeSet<>();
  private final List<Report.Unread> unread = new ArrayList<>();
  private long others;

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
        unread.add(unread(folder, e.getCause()));
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
    return new Report(
        List.copyOf(found), read, binary, others, allowed, List.copyOf(unread));
  }

  private Result read(Path file) {
    try (PushbackInputStream in = new PushbackInputStream(Files.newInputStream(file), HEAD)) {
      byte[] head = in.readNBytes(HEAD);
      in.unread(head);
      Optional<InputStream> text = text(head, in);
      return text.isPresent()
          ? new Result.Text(file, TextScan.of(text.get(), Files.size(file), all))
          : new Result.Binary();
    } catch (IOException e) {
      return new Result.Failed(unread(file, e));
    }
  }

  /** The text as it is in UTF-8, as far as is looked for; empty if it is none. */
  private static Optional<InputStream> text(byte[] head, InputStream in) throws IOException {
    if (begins(head, 0xFE, 0xFF)) {
      in.skipNBytes(2);
      return Optional.of(new Utf16(in, ByteOrder.BIG_ENDIAN));
    }
    // Windows PowerShell writes this.
    if (begins(head, 0xFF, 0xFE)) {
      in.skipNBytes(2);
      return Optional.of(new Utf16(in, ByteOrder.LITTLE_ENDIAN));
    }
    for (byte each : head) {
      if (each == 0) {
        return Optional.empty();
      }
    }
    if (begins(head, 0xEF, 0xBB, 0xBF)) {
      in.skipNBytes(3);
    }
    return Optional.of(in);
  }

  private static boolean begins(byte[] head, int... mark) {
    return head.length >= mark.length
        && IntStream.range(0, mark.length).allMatch(i -> (head[i] & 0xFF) == mark[i]);
  }

  private static Report.Unread unread(Path path, IOException e) {
    return new Report.Unread(
        path,
        switch (e) {
          case NoSuchFileException missing -> "there is no such file";
          case AccessDeniedException denied -> "permission denied";
          default -> String.valueOf(e.getMessage());
        });
  }
}
