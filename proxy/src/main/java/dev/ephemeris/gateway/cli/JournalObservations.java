package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Candidate;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Observation;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.Reason;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What journals have of who did what. Give all of their entries to {@link #introduce} first, and
 * then all to {@link #observe}: a request's record names its session and lease, and theirs say what
 * kind of principal that is and what they show.
 */
final class JournalObservations {

  /** What it takes no rule for but a lease; what isn't the caller's is taken out of a list. */
  private static final Set<Operation> NEED_NO_RULE =
      EnumSet.of(
          Operation.READ_ACCOUNT,
          Operation.LIST_DATABASES,
          Operation.QUERY_DATABASES,
          Operation.LIST_CONTAINERS,
          Operation.QUERY_CONTAINERS,
          Operation.LIST_OFFERS,
          Operation.QUERY_OFFERS);

  private final Map<PrincipalId, Principal> people = new HashMap<>();
  private final boolean all;
  private final Map<String, PrincipalKind> kinds = new HashMap<>();
  private final Map<String, CredentialForm> forms = new HashMap<>();
  private final Map<What, Observation> observations = new LinkedHashMap<>();
  private final Map<String, Integer> unread = new LinkedHashMap<>();

  /** Of observations that are the same but for their times. */
  private record What(
      PrincipalId by,
      PrincipalKind kind,
      CredentialForm form,
      Scope scope,
      Set<Action> actions,
      boolean asked,
      Optional<RuleName> deniedBy) {}

  /**
   * @param people those of the catalog
   * @param all everything that was done and asked for; else what the policy would refuse
   */
  JournalObservations(Collection<Candidate> people, boolean all) {
    people.stream()
        .map(Candidate::principal)
        .filter(principal -> principal.user().isPresent())
        .forEach(principal -> this.people.put(principal.id(), principal));
    this.all = all;
  }

  /** Takes note of sessions and leases. */
  void introduce(JournalEntry entry) {
    try {
      switch (entry.type()) {
        case "sessionStarted" ->
            kinds.put(text(entry, "sessionId"), PrincipalKind.valueOf(constant(entry, "kind")));
        case "leaseIssued" -> {
          // In the other lanes nothing is asked with it that could be observed.
          if (text(entry, "lane").equals("proxy")) {
            forms.put(
                text(entry, "leaseId"), CredentialForm.valueOf(constant(entry, "credential")));
          }
        }
        default -> {}
      }
    } catch (IllegalArgumentException e) {
      unread("of another version of Ephemeris");
    }
  }

  /** Takes note of what was done, or asked for. */
  void observe(JournalEntry entry) {
    if (!isObserved(entry) || entry.fields().path("actions").isEmpty()) {
      return;
    }
    if (entry.fields().has("actsFor")) {
      // What it lacks may be a rule of its own or of whom it acts for.
      unread("of agents that act for somebody; their rules are written by hand");
      return;
    }
    PrincipalKind kind = kinds.get(text(entry, "sessionId"));
    CredentialForm form = forms.get(text(entry, "leaseId"));
    if (kind == null || form == null) {
      unread("of a session or lease that began before these journals");
      return;
    }
    try {
      observe(observation(entry, kind, form));
    } catch (IllegalArgumentException | DateTimeException e) {
      unread("of another version of Ephemeris");
    }
  }

  private boolean isObserved(JournalEntry entry) {
    return switch (entry.type()) {
      case "decision" -> !all && text(entry, "decision").equals(JournalRecord.Decision.REPORT);
      case "requestIntent" ->
          all
              && NEED_NO_RULE.stream()
                  .noneMatch(operation -> operation.name().equals(text(entry, "operation")));
      case "leaseIssued" -> all && !text(entry, "credential").equals("own-token");
      default -> false;
    };
  }

  private Observation observation(JournalEntry entry, PrincipalKind kind, CredentialForm form) {
    EnumSet<Action> actions = EnumSet.noneOf(Action.class);
    for (JsonNode action : entry.fields().path("actions")) {
      actions.addAll(Action.matching(action.asText()));
    }
    Instant at = Instant.parse(text(entry, "at"));
    return new Observation(
        principal(text(entry, "principal"), kind),
        form,
        Scope.parse(text(entry, "scope")),
        actions,
        !entry.fields().has("activityId"),
        deniedBy(entry),
        1,
        at,
        at);
  }

  /** Of a lease that was given, the reason is what its holder said. */
  private static Optional<RuleName> deniedBy(JournalEntry entry) {
    return entry.type().equals("decision")
            && text(entry, "reason").equals(Reason.DENIED_BY_RULE.code())
        ? Optional.of(new RuleName(text(entry, "rule")))
        : Optional.empty();
  }

  private Principal principal(String name, PrincipalKind kind) {
    int colon = name.indexOf(':');
    PrincipalId id =
        new PrincipalId(name.substring(0, Math.max(colon, 0)), name.substring(colon + 1));
    Principal known = people.get(id);
    return new Principal(
        id,
        kind,
        name,
        known == null ? Optional.empty() : known.user(),
        known == null ? Set.of() : known.groups(),
        Set.of(),
        Map.of(),
        Optional.empty());
  }

  private void observe(Observation seen) {
    observations.merge(
        new What(
            seen.by().id(),
            seen.by().kind(),
            seen.form(),
            seen.scope(),
            seen.actions(),
            seen.asked(),
            seen.deniedBy()),
        seen,
        Observation::and);
  }

  Collection<Observation> observations() {
    return observations.values();
  }

  /** What there is that can't be told, in words. */
  List<String> unread() {
    return unread.entrySet().stream()
        .map(each -> Text.count(each.getValue(), "record") + " " + each.getKey())
        .toList();
  }

  private void unread(String why) {
    unread.merge(why, 1, Integer::sum);
  }

  private static String text(JournalEntry entry, String field) {
    return entry.fields().path(field).asText();
  }

  private static String constant(JournalEntry entry, String field) {
    return text(entry, field).toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
