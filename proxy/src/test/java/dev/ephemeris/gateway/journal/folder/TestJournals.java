package dev.ephemeris.gateway.journal.folder;

import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.folder.FolderJournal.Durability;
import dev.ephemeris.gateway.journal.folder.FolderJournal.Settings;
import dev.ephemeris.gateway.journal.log.Checkpoint;
import dev.ephemeris.gateway.journal.log.LogName;
import dev.ephemeris.gateway.journal.log.TiledLog;
import dev.ephemeris.gateway.journal.log.VerifierKey;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Journals for tests: of small segments. */
public final class TestJournals {

  /** The signing key of {@code GatewayFixture}, whose gateway is called {@code localhost}. */
  public static final String KEY = "Y2FuYXJ5IHNpZ25pbmcga2V5OiAzMiBieXRlcyBsb24=";

  public static final Settings SETTINGS = settings(Durability.PROCESS);

  private TestJournals() {}

  public static Settings settings(Durability durability) {
    return new Settings(durability, Segment.SMALLEST, 1, 8, Duration.ofMillis(200));
  }

  public static FolderJournal open(Path folder) throws JournalException {
    return FolderJournal.open(folder, key(), SETTINGS, InstantSource.system());
  }

  public static JournalKey key() {
    return JournalKey.parse(new LogName("localhost/journal"), KEY);
  }

  public static VerifierKey verifierKey() {
    return key().log().verifierKey();
  }

  /** Seals an entry behind the gateway's back. */
  public static void seal(Path folder, byte[] entry) throws JournalException {
    try (TiledLog log = TiledLog.open(folder, key().log())) {
      Checkpoint unused = log.seal(List.of(entry));
    }
  }

  /** All of it as JSON, a record a line. */
  public static String text(Path folder) throws JournalException {
    StringBuilder text = new StringBuilder();
    new JournalReader(folder).forEach(entry -> text.append(entry.fields()).append('\n'));
    return text.toString();
  }

  /** What is in it, sealed or not. */
  public static List<JournalEntry> entries(Path folder) throws JournalException {
    List<JournalEntry> entries = new ArrayList<>();
    new JournalReader(folder).forEach(entries::add);
    return entries;
  }
}
