package dev.ephemeris.gateway.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.evidence.AccessReview;
import dev.ephemeris.gateway.journal.evidence.Control;
import dev.ephemeris.gateway.journal.evidence.Found;
import dev.ephemeris.gateway.journal.evidence.Progress;
import dev.ephemeris.gateway.journal.evidence.Report;
import dev.ephemeris.gateway.journal.evidence.ReportFile;
import dev.ephemeris.gateway.journal.evidence.SessionTimeline;
import dev.ephemeris.gateway.journal.evidence.Standing;
import dev.ephemeris.gateway.journal.evidence.Topic;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/** What the journal has to show, as the contract has it. */
final class AuditJson {

  private AuditJson() {}

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /**
   * @param whose who was looked for, if somebody was
   */
  static String of(Found found, Optional<Set<String>> whose) {
    ObjectNode json = object();
    ArrayNode entries = json.putArray("entries");
    found.entries().forEach(entry -> entries.add(of(entry)));
    if (found.next().isPresent()) {
      json.put("next", String.valueOf(found.next().getAsLong()));
    }
    whose.ifPresent(names -> put(json, "principals", names.stream().sorted().toList()));
    json.set("journal", of(found.progress()));
    return json.toString();
  }

  /** A record, with where it stands. */
  private static ObjectNode of(JournalEntry entry) {
    ObjectNode json = object().put("sequence", entry.sequence()).put("type", entry.type());
    entry
        .fields()
        .properties()
        .forEach(
            field -> {
              if (!json.has(field.getKey())) {
                json.set(field.getKey(), field.getValue());
              }
            });
    return json;
  }

  private static ObjectNode of(Progress progress) {
    return object()
        .put("log", progress.log())
        .put("first", progress.first())
        .put("size", progress.size())
        .put("indexed", progress.indexed());
  }

  static String of(SessionTimeline timeline) {
    ObjectNode json = object().put("sessionId", timeline.sessionId());
    ArrayNode events = json.putArray("events");
    for (SessionTimeline.Event event : timeline.events()) {
      ObjectNode shown = events.addObject();
      switch (event) {
        case SessionTimeline.Recorded(JournalEntry entry) -> shown.set("entry", of(entry));
        case SessionTimeline.Request(JournalEntry intent, Optional<JournalEntry> outcome) -> {
          shown.set("entry", of(intent));
          outcome.ifPresent(entry -> shown.set("outcome", of(entry)));
        }
        case SessionTimeline.Requests requests -> shown.set("requests", of(requests));
      }
    }
    json.put("more", timeline.more());
    json.set("journal", of(timeline.progress()));
    return json.toString();
  }

  private static ObjectNode of(SessionTimeline.Requests requests) {
    ObjectNode json = object();
    requests.leaseId().ifPresent(id -> json.put("leaseId", id));
    requests.scope().ifPresent(scope -> json.put("scope", scope));
    put(json, "actions", requests.actions());
    json.put("firstAt", requests.firstAt().toString())
        .put("lastAt", requests.lastAt().toString())
        .put("firstSequence", requests.sequence())
        .put("lastSequence", requests.lastSequence())
        .put("count", requests.count());
    ObjectNode statuses = json.putObject("statusCodes");
    requests.statuses().forEach((status, count) -> statuses.put(String.valueOf(status), count));
    return json.put("unknown", requests.unknown());
  }

  static String of(AccessReview review) {
    return object(review).toString();
  }

  private static ObjectNode object(AccessReview review) {
    ObjectNode json = object().put("at", review.at().toString());
    review.since().ifPresent(since -> json.put("since", since.toString()));
    ArrayNode grants = json.putArray("grants");
    review.given().forEach(given -> grants.add(of(given)));
    ArrayNode own = json.putArray("ownActions");
    for (AccessReview.Own row : review.own()) {
      ObjectNode shown = own.addObject().put("who", row.who());
      put(shown, "actions", row.actions());
      shown.put("rule", row.rule());
      row.last().ifPresent(last -> shown.set("last", of(last)));
    }
    ArrayNode leases = json.putArray("leases");
    review.leases().forEach(lease -> leases.add(of(lease)));
    ArrayNode sessions = json.putArray("sessions");
    review.sessions().forEach(session -> sessions.add(of(session)));
    json.put("more", review.more());
    json.set("journal", of(review.progress()));
    return json;
  }

  private static ObjectNode of(AccessReview.Given given) {
    ObjectNode json =
        object()
            .put("who", given.who())
            .put("account", given.account())
            .put("environment", given.environment())
            .put("scope", given.scope());
    put(json, "except", given.except());
    given.role().ifPresent(role -> json.put("role", role));
    put(json, "actions", given.actions());
    put(json, "ways", given.ways());
    json.put("rule", given.rule()).put("maxSeconds", given.most().toSeconds());
    put(json, "conditions", given.conditions());
    given.lastRequest().ifPresent(last -> json.set("lastRequest", of(last)));
    given.lastLease().ifPresent(last -> json.set("lastLease", of(last)));
    return json;
  }

  private static ObjectNode of(AccessReview.Last last) {
    return object()
        .put("at", last.at().toString())
        .put("sequence", last.sequence())
        .put("times", last.times());
  }

  private static ObjectNode of(Standing.Lease lease) {
    ObjectNode json =
        object()
            .put("id", lease.id())
            .put("principal", lease.principal())
            .put("scope", lease.scope())
            .put("role", lease.role())
            .put("lane", lease.lane())
            .put("rule", lease.rule())
            .put("sessionId", lease.sessionId())
            .put("issuedAt", lease.issuedAt().toString())
            .put("expiresAt", lease.expiresAt().toString());
    lease.actsFor().ifPresent(whom -> json.put("actsFor", whom));
    return json;
  }

  private static ObjectNode of(Standing.Session session) {
    ObjectNode json =
        object()
            .put("id", session.id())
            .put("principal", session.principal())
            .put("kind", session.kind())
            .put("client", session.client())
            .put("startedAt", session.startedAt().toString())
            .put("endsAt", session.endsAt().toString());
    session.actsFor().ifPresent(whom -> json.put("actsFor", whom));
    return json;
  }

  static String of(Report report) {
    ObjectNode json =
        object()
            .put("framework", report.framework().id())
            .put("from", report.from().toString())
            .put("to", report.to().toString())
            .put("madeAt", report.madeAt().toString());
    report.since().ifPresent(since -> json.put("since", since.toString()));
    report.checkpoint().ifPresent(note -> json.put("checkpoint", note));
    ArrayNode controls = json.putArray("controls");
    for (Control control : report.framework().controls()) {
      ObjectNode shown =
          controls.addObject().put("control", control.number()).put("about", control.about());
      put(shown, "evidence", control.topics().stream().map(Topic::id).toList());
    }
    ArrayNode evidence = json.putArray("evidence");
    for (Report.Evidence each : report.evidence()) {
      ObjectNode shown = evidence.addObject();
      shown
          .put("id", each.topic().id())
          .put("title", each.topic().title())
          .put("count", each.count());
      each.people().ifPresent(people -> shown.put("people", people));
      ArrayNode sequences = shown.putArray("sequences");
      each.sequences().forEach(sequences::add);
    }
    ObjectNode records = json.putObject("records");
    report.records().forEach(records::put);
    Report.Requests requests = report.requests();
    ObjectNode counted = json.putObject("requests").put("allowed", requests.allowed());
    ObjectNode statuses = counted.putObject("statusCodes");
    requests.statuses().forEach((status, count) -> statuses.put(String.valueOf(status), count));
    counted.put("unknown", requests.unknown()).put("unanswered", requests.unanswered());
    ArrayNode files = json.putArray("files");
    for (ReportFile file : ReportFile.of(report)) {
      files
          .addObject()
          .put("name", file.name())
          .put("mediaType", file.mediaType())
          .put("text", file.text());
    }
    json.set("journal", of(report.progress()));
    return json.toString();
  }

  private static void put(ObjectNode json, String name, Collection<String> values) {
    ArrayNode array = json.putArray(name);
    values.forEach(array::add);
  }
}
