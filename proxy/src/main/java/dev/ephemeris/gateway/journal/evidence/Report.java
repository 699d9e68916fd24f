package dev.ephemeris.gateway.journal.evidence;

import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the journal has to show for a framework, of a period: for each control the evidence, its
 * figures, and the entries that prove it. Says nothing that the journal doesn't, and what it leaves
 * out.
 *
 * @param from the first moment of the period
 * @param to the first after it
 * @param progress of which log it is, and how much of it
 * @param checkpoint the log's signed checkpoint at that moment, as C2SP writes it; empty if it has
 *     none
 * @param since when the first entry is of that is still kept
 * @param evidence of each topic, whatever the controls
 * @param records how many of the period there are of each type
 * @param requests what became of requests
 * @param review who has what when the report was made, which is not the period
 */
public record Report(
    Framework framework,
    Instant from,
    Instant to,
    Instant madeAt,
    Progress progress,
    Optional<String> checkpoint,
    Optional<Instant> since,
    List<Evidence> evidence,
    Map<String, Long> records,
    Requests requests,
    AccessReview review) {

  public Report {
    evidence = List.copyOf(evidence);
    records = new TreeMap<>(records);
  }

  /**
   * Entries of a topic.
   *
   * @param count how many there are
   * @param byType how many of each type
   * @param people how many different people's; empty if there are too many entries to say
   * @param entries the first {@link ReportSearch#MOST} of them
   * @param sequences theirs
   */
  public record Evidence(
      Topic topic,
      long count,
      Map<String, Long> byType,
      Optional<Long> people,
      List<JournalEntry> entries,
      List<Long> sequences) {

    public Evidence {
      byType = new TreeMap<>(byType);
      entries = List.copyOf(entries);
      sequences = List.copyOf(sequences);
    }

    /** Whether there are more than are listed. */
    public boolean more() {
      return count > sequences.size();
    }
  }

  /**
   * Requests for data of the period.
   *
   * @param allowed how many were let through
   * @param statuses how many were answered so
   * @param unknown how many are on record as of unknown outcome
   * @param hours of the period that have begun
   * @param silentHours those of them that have no record of any type: nothing was done, or no
   *     gateway ran
   */
  public record Requests(
      long allowed, Map<Integer, Long> statuses, long unknown, long hours, long silentHours) {

    public Requests {
      statuses = new TreeMap<>(statuses);
    }

    /** Those with neither outcome, which may have come after the period. */
    public long unanswered() {
      long answered = statuses.values().stream().mapToLong(Long::longValue).sum();
      return Math.max(0, allowed - answered - unknown);
    }
  }

  /** What is asked for. */
  public record Wanted(Framework framework, Instant from, Instant to) {
    public Wanted {
      if (!from.isBefore(to)) {
        throw new IllegalArgumentException("a period ends after it begins");
      }
    }
  }

  /**
   * Puts it together. Blocks.
   *
   * @param checkpoint in force now
   * @throws JournalException if the log can't be read
   */
  public static Report of(
      Wanted wanted, EvidenceIndex index, Standing standing, Optional<String> checkpoint)
      throws JournalException {
    return new ReportSearch(index, wanted).report(standing, checkpoint);
  }

  /** One of a control's, by its topic. */
  Evidence evidence(Topic topic) {
    return evidence.stream().filter(each -> each.topic() == topic).findFirst().orElseThrow();
  }
}
