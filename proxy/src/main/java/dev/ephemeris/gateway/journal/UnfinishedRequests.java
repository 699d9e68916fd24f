package dev.ephemeris.gateway.journal;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The requests in a journal that have an intent and no outcome: a gateway was killed between the
 * two, and whether the account saw them is not known.
 */
public final class UnfinishedRequests {

  /** Activity ids by request id, in the order of the intents. */
  private final Map<String, String> activities;

  private UnfinishedRequests(Map<String, String> activities) {
    this.activities = activities;
  }

  /**
   * Those of a journal that nobody writes on.
   *
   * @throws JournalException if it can't be read, or has a line that isn't the entry that belongs
   *     there
   */
  public static UnfinishedRequests in(Path file) throws JournalException {
    Map<String, String> activities = new LinkedHashMap<>();
    new JournalReader(file)
        .forEach(
            entry -> {
              String request = entry.fields().path("requestId").asText();
              switch (entry.type()) {
                case "requestIntent" ->
                    activities.put(request, entry.fields().path("activityId").asText());
                case "requestOutcome", "outcomeUnknown" -> activities.remove(request);
                default -> {}
              }
            });
    return new UnfinishedRequests(activities);
  }

  /** Puts on record that their outcome is unknown, so that each intent has an end. */
  public void closeIn(Journal journal, Instant now) throws JournalException {
    for (Map.Entry<String, String> request : activities.entrySet()) {
      journal.append(new JournalRecord.OutcomeUnknown(now, request.getKey(), request.getValue()));
    }
  }
}
