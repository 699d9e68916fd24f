package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.journal.JournalEntry;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/**
 * Which entries of a journal somebody looks for; what is empty isn't asked.
 *
 * @param scope entries on this scope or within it
 * @param since the first moment that counts
 * @param until the first moment that no longer counts
 */
record JournalQuery(
    Optional<String> principal,
    Optional<String> lease,
    Optional<String> type,
    Optional<ResourceScope> scope,
    Optional<String> action,
    Optional<String> decision,
    Optional<Instant> since,
    Optional<Instant> until) {

  /**
   * Whether an entry is looked for. Give it every entry, in the journal's order: an outcome says
   * only to which request it belongs, so it is looked for if its intent is.
   */
  Predicate<JournalEntry> inOrder() {
    Set<String> open = new HashSet<>();
    return entry -> {
      String request = entry.fields().path("requestId").asText();
      boolean subject =
          switch (entry.type()) {
            case "requestIntent" -> isAbout(entry) && open.add(request);
            case "requestOutcome", "outcomeUnknown" -> open.remove(request);
            default -> isAbout(entry);
          };
      return subject && isOfTypeAndTime(entry);
    };
  }

  private boolean isOfTypeAndTime(JournalEntry entry) {
    return type.filter(t -> !t.equals(entry.type())).isEmpty()
        && since.filter(from -> at(entry).isBefore(from)).isEmpty()
        && until.filter(to -> !at(entry).isBefore(to)).isEmpty();
  }

  private boolean isAbout(JournalEntry entry) {
    return (holds(principal, entry, "principal") || holds(principal, entry, "actsFor"))
        && (holds(lease, entry, "leaseId") || isAmong(lease, entry, "leaseIds"))
        && scope.filter(wanted -> !contains(wanted, entry)).isEmpty()
        && action.filter(wanted -> !hasAction(entry, wanted)).isEmpty()
        && decision.filter(wanted -> !wanted.equals(decision(entry))).isEmpty();
  }

  private static boolean holds(Optional<String> wanted, JournalEntry entry, String field) {
    return wanted.filter(value -> !value.equals(entry.fields().path(field).asText())).isEmpty();
  }

  private static boolean contains(ResourceScope wanted, JournalEntry entry) {
    return ResourceScope.parse(entry.fields().path("scope").asText())
        .filter(wanted::contains)
        .isPresent();
  }

  private static boolean hasAction(JournalEntry entry, String wanted) {
    return isAmong(Optional.of(wanted), entry, "actions");
  }

  private static boolean isAmong(Optional<String> wanted, JournalEntry entry, String field) {
    return wanted
        .filter(
            value ->
                StreamSupport.stream(entry.fields().path(field).spliterator(), false)
                    .map(JsonNode::asText)
                    .anyMatch(value::equals))
        .isPresent();
  }

  /**
   * What is given or forwarded was allowed; what was refused, or would be, has a record of its own.
   */
  private static String decision(JournalEntry entry) {
    return switch (entry.type()) {
      case "leaseIssued", "leaseRenewed", "requestIntent" -> "allow";
      default -> entry.fields().path("decision").asText();
    };
  }

  private static Instant at(JournalEntry entry) {
    try {
      return Instant.parse(entry.fields().path("at").asText());
    } catch (DateTimeException none) {
      return Instant.MIN;
    }
  }
}
