package dev.ephemeris.gateway.journal.sink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.config.JournalSink.Cargo;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.RecordType;
import dev.ephemeris.gateway.journal.SealedEntries;
import dev.ephemeris.policy.yaml.Suggestion;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Ships a journal's entries and checkpoints elsewhere, at least once each. One sink doesn't wait
 * for another. Thread-safe.
 */
public final class Sinks implements AutoCloseable {

  /** How long the end of the gateway may take for what isn't shipped yet. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  private final List<Shipper> shippers;
  private final Duration lastWords;

  private Sinks(List<Shipper> shippers, Duration lastWords) {
    this.shippers = List.copyOf(shippers);
    this.lastWords = lastWords;
  }

  /**
   * What sinks need of the gateway.
   *
   * @param access what they get in by
   * @param ocsf what OCSF makes of an entry; of one whose fields are redacted, too
   * @param stdout the process's standard output
   */
  public record Surroundings(
      SinkAccess access,
      Function<JournalEntry, ObjectNode> ocsf,
      PrintStream stdout,
      InstantSource clock) {}

  /**
   * Finds out where each has come to. Ships nothing yet.
   *
   * @param log the log's name, the origin of its checkpoints
   * @param folder for positions, one file for each sink; made if it isn't there
   * @throws JournalException if a position can't be read, or isn't one of this log; or a sink names
   *     a type of record that there isn't
   */
  public static Sinks open(
      String log,
      List<JournalSink> settings,
      SealedEntries entries,
      Path folder,
      Surroundings surroundings)
      throws JournalException {
    return open(log, settings, entries, folder, surroundings, Pace.USUAL, LAST_WORDS);
  }

  static Sinks open(
      String log,
      List<JournalSink> settings,
      SealedEntries entries,
      Path folder,
      Surroundings surroundings,
      Pace pace,
      Duration lastWords)
      throws JournalException {
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new JournalException(
          "The folder " + folder + " for positions of sinks can't be made: " + SinkException.why(e),
          e);
    }
    List<Shipper> shippers = new ArrayList<>();
    for (JournalSink each : settings) {
      requireTypes(each);
      Path file = folder.resolve(each.name() + ".json");
      shippers.add(
          new Shipper(
              each,
              entries,
              new Rendering(log, each, surroundings.ocsf()),
              file,
              position(log, each, entries, file),
              memory -> OpenSink.of(log, each, memory, surroundings),
              surroundings.clock(),
              pace));
    }
    return new Sinks(shippers, lastWords);
  }

  /** A type that is misspelt would be sent where it mustn't be, or not where it must. */
  private static void requireTypes(JournalSink settings) throws JournalException {
    for (String type :
        Stream.concat(settings.only().stream(), settings.except().stream()).toList()) {
      if (RecordType.of(type).isEmpty()) {
        throw new JournalException(
            "Sink “"
                + settings.name()
                + "” names a type of record that there isn't: "
                + Suggestion.expected(
                    type, Arrays.stream(RecordType.values()).map(RecordType::code).toList())
                + ".");
      }
    }
  }

  private static Position position(
      String log, JournalSink settings, SealedEntries entries, Path file) throws JournalException {
    Optional<Position> kept;
    try {
      kept = Position.read(file);
    } catch (IOException e) {
      throw new JournalException(
          "The position of sink “"
              + settings.name()
              + "” in "
              + file
              + " can't be read: "
              + SinkException.why(e)
              + ". Without the file it begins anew, with all that the journal still has.",
          e);
    }
    if (kept.isEmpty()) {
      return Position.before(log, entries.first());
    }
    Position position = kept.get();
    if (!position.log().equals(log)) {
      throw new JournalException(
          "Sink “"
              + settings.name()
              + "” has come to entry "
              + position.next()
              + " of another log, "
              + position.log()
              + ". Is it this journal's folder? Give the sink another name, or delete "
              + file
              + " to begin anew.");
    }
    if (position.next() > entries.size() || position.checkpoint() > entries.size()) {
      throw new JournalException(
          "Sink “"
              + settings.name()
              + "” has been sent entries up to "
              + Math.max(position.next(), position.checkpoint())
              + ", and the journal has "
              + entries.size()
              + ": it lost its end, or is an older copy. Compare it with what the sink has; then"
              + " delete "
              + file
              + " to begin anew.");
    }
    if (settings.takes(Cargo.ENTRIES) && position.next() < entries.first()) {
      throw new JournalException(
          "Sink “"
              + settings.name()
              + "” hasn't had entries "
              + position.next()
              + " to "
              + (entries.first() - 1)
              + ", and the journal keeps them no more. Delete "
              + file
              + " to go on with what it still has.");
    }
    return position;
  }

  /** Begins to ship. Once. */
  public void start() {
    shippers.forEach(Shipper::start);
  }

  /** There are more sealed entries, or another checkpoint. Never blocks. */
  public void sealed() {
    shippers.forEach(Shipper::nudge);
  }

  /** The least index that any sink still has to read; {@link Long#MAX_VALUE} if none has. */
  public long neededFrom() {
    return shippers.stream().mapToLong(Shipper::needs).min().orElse(Long.MAX_VALUE);
  }

  /** How it goes with each, in the order of the configuration. */
  public List<SinkState> state() {
    return shippers.stream().map(Shipper::state).toList();
  }

  /** Whether all that are required have kept up. Short enough for an event loop. */
  public boolean mayAppend() {
    for (Shipper shipper : shippers) {
      if (shipper.refuses()) {
        return false;
      }
    }
    return true;
  }

  /** Why access is refused while {@link #mayAppend} says no; empty while it says yes. */
  public Optional<String> refusal() {
    List<SinkState> overdue =
        state().stream().filter(state -> state.required() && state.overdue()).toList();
    return overdue.isEmpty()
        ? Optional.empty()
        : Optional.of(
            overdue.stream()
                .flatMap(state -> state.notice().stream())
                .collect(Collectors.joining(" ", "The journal isn't shipped as it must be. ", "")));
  }

  /**
   * Ships what is left, within some seconds, and then no more. What isn't shipped by then is
   * shipped after the next start.
   */
  @Override
  public void close() {
    shippers.forEach(Shipper::finish);
    long end = System.nanoTime() + lastWords.toNanos();
    try {
      for (Shipper shipper : shippers) {
        boolean unused = shipper.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
