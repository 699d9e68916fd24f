package dev.ephemeris.gateway.journal.folder;

import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.RecordJson;
import dev.ephemeris.gateway.journal.SealedEntries;
import dev.ephemeris.gateway.journal.log.Retention;
import dev.ephemeris.gateway.journal.log.TilePath;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away entries whose time is over, a whole bundle at a time and from the front. Tiles and
 * checkpoints stay: that those which are left stand where they always stood can be verified, and an
 * entry that somebody kept can be proven.
 */
public final class RetentionByAge {

  private static final Logger LOG = LoggerFactory.getLogger(RetentionByAge.class);

  private final Path folder;
  private final SealedLog log;
  private final Duration age;
  private final LongSupplier neededFrom;
  private final InstantSource clock;

  /**
   * @param age how old an entry gets before it may go
   * @param neededFrom the first entry that somebody still has to read; none from there on goes
   */
  public RetentionByAge(
      FolderJournal journal, Duration age, LongSupplier neededFrom, InstantSource clock) {
    this.folder = journal.folder();
    this.log = journal.sealed();
    this.age = age;
    this.neededFrom = neededFrom;
    this.clock = clock;
  }

  /** Takes away what may go now. For one thread at a time. */
  public void look() {
    long before = log.first();
    try {
      Instant oldest = clock.instant().minus(age);
      long next = before + TilePath.FULL;
      while (next <= Math.min(log.size(), neededFrom.getAsLong()) && isBefore(next - 1, oldest)) {
        // First nobody is told that they are there, and then they aren't.
        log.keepFrom(next);
        Retention.removeBefore(folder, next);
        next += TilePath.FULL;
      }
    } catch (JournalException e) {
      LOG.atWarn()
          .addKeyValue("folder", folder)
          .setCause(e)
          .log("entries of the journal whose time is over can't be taken away");
    }
    if (log.first() > before) {
      LOG.atInfo()
          .addKeyValue("folder", folder)
          .addKeyValue("from", before)
          .addKeyValue("to", log.first() - 1)
          .log("entries of the journal were taken away: their time was over");
    }
  }

  /** Entries of a bundle were appended in their order, or nearly: its last one speaks for it. */
  private boolean isBefore(long index, Instant oldest) throws JournalException {
    SealedEntries.Entry entry = log.read(index, 1).getFirst();
    try {
      return Instant.parse(RecordJson.entry(index, entry.json()).fields().path("at").asText())
          .isBefore(oldest);
    } catch (DateTimeParseException e) {
      throw new JournalException("Entry " + index + " of the journal doesn't say when it was.", e);
    }
  }
}
