package dev.ephemeris.gateway.journal.sink;

import dev.ephemeris.config.JournalSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * JSON lines in files, each named after when it was begun, so that their names are in order. What
 * is delivered is on the disk. A line that a killed process left unfinished is cut off.
 */
final class LineFiles implements Sink {

  private static final int MOST_BYTES = 4 * 1024 * 1024;

  private static final DateTimeFormatter NAMED =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final String name;
  private final JournalSink.File settings;
  private final InstantSource clock;
  private final Pattern ours;

  private @Nullable FileChannel current;
  private Instant begun = Instant.MIN;

  /**
   * @param name the sink's, which the names of its files begin with
   */
  LineFiles(String name, JournalSink.File settings, InstantSource clock) throws SinkException {
    this.name = name;
    this.settings = settings;
    this.clock = clock;
    this.ours = Pattern.compile(Pattern.quote(name) + "-(\\d{8}T\\d{9}Z)\\.jsonl");
    try {
      Files.createDirectories(
          settings.folder(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      List<Path> files = files();
      if (!files.isEmpty()) {
        goOnWith(files.getLast());
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Override
  public int mostBytes() {
    return MOST_BYTES;
  }

  @Override
  public void deliver(List<Delivery> deliveries) throws SinkException {
    write(deliveries.stream().map(Delivery::json).toList());
  }

  @Override
  public void publish(PublishedCheckpoint checkpoint) throws SinkException {
    write(List.of(checkpoint.json()));
  }

  private void write(List<byte[]> lines) throws SinkException {
    try {
      FileChannel channel = channel();
      for (byte[] line : lines) {
        ByteBuffer left = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
        while (left.hasRemaining()) {
          channel.write(left);
        }
      }
      channel.force(false);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private FileChannel channel() throws IOException {
    FileChannel open = current;
    Instant now = clock.instant();
    if (open != null
        && open.size() < settings.maxBytes()
        && now.isBefore(begun.plus(settings.maxAge()))) {
      return open;
    }
    close();
    FileChannel next = begin(now);
    current = next;
    deleteOldest();
    return next;
  }

  private FileChannel begin(Instant now) throws IOException {
    for (Instant at = now; ; at = at.plusMillis(1)) {
      try {
        FileChannel channel =
            FileChannel.open(
                settings.folder().resolve(name + "-" + NAMED.format(at) + ".jsonl"),
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        begun = now;
        return channel;
      } catch (FileAlreadyExistsException e) {
        // Begun within this millisecond, too.
      }
    }
  }

  private void goOnWith(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    current = channel;
    Matcher matcher = ours.matcher(file.getFileName().toString());
    begun = matcher.matches() ? NAMED.parse(matcher.group(1), Instant::from) : Instant.MIN;
    channel.truncate(endOfLastLine(channel));
    channel.position(channel.size());
  }

  private static long endOfLastLine(FileChannel channel) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    for (long at = channel.size(); at > 0; at--) {
      channel.read(one.clear(), at - 1);
      if (one.get(0) == '\n') {
        return at;
      }
    }
    return 0;
  }

  private void deleteOldest() throws IOException {
    if (settings.keep().isPresent()) {
      List<Path> files = files();
      // The last one is being written.
      for (Path file : files.subList(0, Math.max(0, files.size() - 1 - settings.keep().get()))) {
        Files.delete(file);
      }
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(settings.folder())) {
      return new ArrayList<>(
          files
              .filter(file -> ours.matcher(file.getFileName().toString()).matches())
              .sorted()
              .toList());
    }
  }

  private SinkException unwritable(IOException e) {
    return SinkException.unavailable(
        "files in " + settings.folder() + " can't be written: " + SinkException.why(e));
  }

  @Override
  public void close() {
    FileChannel open = current;
    current = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // What was delivered is on the disk.
      }
    }
  }
}
