package dev.ephemeris.gateway.journal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.journal.JournalEntry;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * What an entry is looked for by, whatever its type: those that are not known yet have the same
 * fields by the same names, as far as they have any.
 *
 * @param at {@link Instant#MIN} if it doesn't say
 * @param person whose it is; of what was done to somebody, to whom
 * @param by who did it, where that is said apart
 * @param account the field, or the account of the scope
 * @param scope the field; of an entry that names no more than its account, that
 * @param decision what is given or forwarded was allowed
 * @param leases one, or of a role those that hold it
 * @param status of an outcome
 */
record Facets(
    String type,
    Instant at,
    Optional<String> person,
    Optional<String> actsFor,
    Optional<String> by,
    Optional<String> account,
    Optional<String> scope,
    List<String> actions,
    Optional<String> decision,
    Optional<String> rule,
    Optional<String> session,
    List<String> leases,
    Optional<String> request,
    Optional<String> activity,
    Optional<Integer> status) {

  static final String INTENT = "requestIntent";
  static final String OUTCOME = "requestOutcome";
  static final String UNKNOWN = "outcomeUnknown";
  static final String ISSUED = "leaseIssued";
  static final String OPERATION = "operationDecided";
  static final String ALLOW = "allow";

  Facets {
    actions = List.copyOf(actions);
    leases = List.copyOf(leases);
  }

  static Facets of(JournalEntry entry) {
    ObjectNode fields = entry.fields();
    Optional<String> account =
        text(fields, "account").or(() -> text(fields, "scope").flatMap(Facets::account));
    return new Facets(
        entry.type(),
        at(fields),
        text(fields, "principal").or(() -> target(entry)),
        text(fields, "actsFor"),
        text(fields, "by"),
        account,
        text(fields, "scope").or(() -> account.map(name -> place(fields, name))),
        texts(fields, "actions"),
        decision(entry),
        text(fields, "rule"),
        text(fields, "sessionId"),
        text(fields, "leaseId").map(List::of).orElseGet(() -> texts(fields, "leaseIds")),
        text(fields, "requestId"),
        text(fields, "activityId"),
        fields.path("statusCode").isInt()
            ? Optional.of(fields.path("statusCode").intValue())
            : Optional.empty());
  }

  /** An outcome says only to which request it belongs; what it is of, its intent says. */
  Facets ofIntent(Facets intent) {
    return new Facets(
        type,
        at,
        intent.person,
        intent.actsFor,
        intent.by,
        intent.account,
        intent.scope,
        intent.actions,
        intent.decision,
        intent.rule,
        intent.session,
        intent.leases,
        request,
        activity,
        status);
  }

  boolean isIntent() {
    return type.equals(INTENT);
  }

  boolean isOutcome() {
    return type.equals(OUTCOME) || type.equals(UNKNOWN);
  }

  private static Instant at(ObjectNode fields) {
    try {
      return Instant.parse(fields.path("at").asText());
    } catch (DateTimeException none) {
      return Instant.MIN;
    }
  }

  /** Whose access was ended or is free again; elsewhere it is something else. */
  private static Optional<String> target(JournalEntry entry) {
    return switch (entry.type()) {
      case "accessEnded", "blockLifted" -> text(entry.fields(), "target");
      default -> Optional.empty();
    };
  }

  private static Optional<String> decision(JournalEntry entry) {
    return switch (entry.type()) {
      case ISSUED, "leaseRenewed", INTENT -> Optional.of(ALLOW);
      default -> text(entry.fields(), "decision");
    };
  }

  private static Optional<String> account(String scope) {
    int colon = scope.indexOf(':');
    return colon <= 0 ? Optional.empty() : Optional.of(scope.substring(0, colon));
  }

  /** A resource token says what it is for as the account does. */
  private static String place(ObjectNode fields, String account) {
    return account + ":/" + text(fields, "resource").orElse("");
  }

  private static Optional<String> text(ObjectNode fields, String name) {
    JsonNode value = fields.path(name);
    return value.isTextual() ? Optional.of(value.textValue()) : Optional.empty();
  }

  private static List<String> texts(ObjectNode fields, String name) {
    return StreamSupport.stream(fields.path(name).spliterator(), false)
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .toList();
  }
}
