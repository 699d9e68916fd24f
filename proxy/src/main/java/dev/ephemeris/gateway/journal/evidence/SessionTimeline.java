package dev.ephemeris.gateway.journal.evidence;

import dev.ephemeris.gateway.journal.JournalEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Everything of a session, in order: its start, its leases and what became of them, what was
 * decided, its requests, its end.
 *
 * @param more whether there is more than this shows; a search by the session finds it
 */
public record SessionTimeline(
    String sessionId, List<Event> events, boolean more, Progress progress) {

  public SessionTimeline {
    events = List.copyOf(events);
  }

  /** Something of a session. */
  public sealed interface Event {

    /** Where in the journal it begins. */
    long sequence();
  }

  /** One entry that is no request's. */
  public record Recorded(JournalEntry entry) implements Event {
    @Override
    public long sequence() {
      return entry.sequence();
    }
  }

  /**
   * A request.
   *
   * @param outcome empty as long as there is none
   */
  public record Request(JournalEntry intent, Optional<JournalEntry> outcome) implements Event {
    @Override
    public long sequence() {
      return intent.sequence();
    }
  }

  /**
   * Requests that are alike, of a session that has many.
   *
   * @param sequence of the first intent
   * @param lastSequence of the last
   * @param statuses how many were answered so; those whose outcome is unknown, or to come, are
   *     missing here
   * @param unknown how many are on record as of unknown outcome
   */
  public record Requests(
      Optional<String> leaseId,
      Optional<String> scope,
      List<String> actions,
      Instant firstAt,
      Instant lastAt,
      long sequence,
      long lastSequence,
      long count,
      Map<Integer, Long> statuses,
      long unknown)
      implements Event {

    public Requests {
      actions = List.copyOf(actions);
      statuses = new TreeMap<>(statuses);
    }
  }
}
