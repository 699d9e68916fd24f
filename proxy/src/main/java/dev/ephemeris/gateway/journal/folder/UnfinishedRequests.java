package dev.ephemeris.gateway.journal.folder;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.journal.log.LogReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests in a log that have an intent and no outcome. Those that are left when a gateway
 * starts were under way when one was killed, and whether the account saw them is not known.
 *
 * <p>A file beside the log says from where on there may be any, so that nobody reads all of it:
 * what it says is never later than that, and may be lost.
 */
final class UnfinishedRequests {

  private static final Logger LOG = LoggerFactory.getLogger(UnfinishedRequests.class);

  private static final JsonFactory JSON = new JsonFactory();

  private record Intent(long index, String activityId) {}

  private final Path file;

  /** By request id, in the order of the intents. */
  private final Map<String, Intent> intents = new LinkedHashMap<>();

  private long kept = -1;

  private UnfinishedRequests(Path file) {
    this.file = file;
  }

  /** Those of a log that nobody writes to. */
  static UnfinishedRequests in(Path folder) throws JournalException {
    UnfinishedRequests unfinished = new UnfinishedRequests(folder.resolve("unfinished-from"));
    LogReader reader = new LogReader(folder);
    long from = Math.max(unfinished.from(reader.size()), reader.first());
    reader.forEach(from, reader.size(), unfinished::sealed);
    return unfinished;
  }

  /** From where on; all of it if the file doesn't say. */
  private long from(long size) {
    try {
      long from = Long.parseLong(Files.readString(file).strip());
      return from < 0 || from > size ? 0 : from;
    } catch (IOException | NumberFormatException missing) {
      return 0;
    }
  }

  /** These come next in the log. */
  void sealed(long first, List<byte[]> records) {
    long index = first;
    for (byte[] each : records) {
      sealed(index++, each);
    }
  }

  private void sealed(long index, byte[] record) {
    try (JsonParser json = JSON.createParser(record)) {
      String type = null;
      String requestId = null;
      String activityId = null;
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "type" -> type = json.getValueAsString();
          case "requestId" -> requestId = json.getValueAsString();
          case "activityId" -> activityId = json.getValueAsString();
          default -> json.skipChildren();
        }
        if (type != null && (isOther(type) || (requestId != null && activityId != null))) {
          break;
        }
      }
      take(index, type, requestId, activityId);
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("entry", index).setCause(e).log("an entry isn't a record");
    }
  }

  private static boolean isOther(String type) {
    return switch (type) {
      case "requestIntent", "requestOutcome", "outcomeUnknown" -> false;
      default -> true;
    };
  }

  private void take(
      long index, @Nullable String type, @Nullable String requestId, @Nullable String activityId) {
    if (type == null || requestId == null || activityId == null) {
      return;
    }
    if (type.equals("requestIntent")) {
      intents.put(requestId, new Intent(index, activityId));
    } else {
      intents.remove(requestId);
    }
  }

  /** Writes down from where on there may be any, of a log of this size. */
  void keep(long size) {
    long from = intents.isEmpty() ? size : intents.values().iterator().next().index();
    if (from == kept) {
      return;
    }
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(unfinished);
      Files.createFile(
          unfinished,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(unfinished, from + "\n");
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      kept = from;
    } catch (IOException e) {
      // What it said before is as good, only earlier.
      LOG.atDebug().setCause(e).log("where unfinished requests begin can't be written down");
    }
  }

  /** What puts on record that their outcome is unknown, so that each intent has an end. */
  List<JournalRecord> ends(Instant now) {
    return intents.entrySet().stream()
        .<JournalRecord>map(
            each ->
                new JournalRecord.OutcomeUnknown(now, each.getKey(), each.getValue().activityId()))
        .toList();
  }
}
