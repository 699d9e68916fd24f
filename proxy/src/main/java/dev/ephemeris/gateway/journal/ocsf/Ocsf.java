package dev.ephemeris.gateway.journal.ocsf;

import static dev.ephemeris.gateway.journal.ocsf.Event.Severity.HIGH;
import static dev.ephemeris.gateway.journal.ocsf.Event.Severity.INFORMATIONAL;
import static dev.ephemeris.gateway.journal.ocsf.Event.Severity.LOW;
import static dev.ephemeris.gateway.journal.ocsf.Event.Severity.MEDIUM;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.journal.RecordType;

/**
 * Maps entries of a journal to events of the Open Cybersecurity Schema Framework, version {@value
 * #VERSION}. Each entry is one event; what OCSF has no place for is in {@code unmapped}.
 *
 * <p>Immutable and thread-safe.
 */
public final class Ocsf {

  /** Of OCSF. */
  public static final String VERSION = "1.8.0";

  private static final String ACCESS_REQUEST = "Access request";
  private static final String PRODUCT = "Ephemeris";

  private static final int NOSQL = 6;

  /** The type of an entity that OCSF has no number for. */
  private static final int OTHER_ENTITY = 99;

  private static final int FIRST_ERROR = 400;

  private final String journal;

  /**
   * @param journal its name, which with an entry's sequence makes the event's id
   */
  public Ocsf(String journal) {
    this.journal = journal;
  }

  /** The event of an entry; of one of a newer gateway, whose type isn't known, a Base Event. */
  public ObjectNode event(JournalEntry entry) {
    Event event =
        RecordType.of(entry.type())
            .map(type -> event(type, entry))
            .orElseGet(() -> Event.other(entry, EventClass.BASE_EVENT, entry.type()));
    ObjectNode metadata = event.object("metadata");
    metadata.put("version", VERSION);
    metadata.putObject("product").put("name", PRODUCT).put("vendor_name", PRODUCT);
    metadata.put("log_name", journal);
    metadata.put("uid", journal + "/" + entry.sequence());
    event.take("version").ifPresent(version -> metadata.put("log_version", version));
    event.root().put("time", 0); // required, also of an entry whose time can't be read
    return event
        .move("sequence", metadata, "sequence")
        .move("type", metadata, "event_code")
        .move("truncated", metadata, "is_truncated")
        .moveTime("at", event.root(), "time")
        .done();
  }

  private static Event event(RecordType type, JournalEntry entry) {
    return switch (type) {
      case SESSION_STARTED -> sessionStarted(entry);
      case SESSION_ENDED ->
          by(session(user(authentication(entry, Activity.LOGOFF), "principal"))).status(true);
      case AUTHENTICATION_FAILED -> authenticationFailed(entry);
      case ACCESS_ENDED -> accessEnded(entry);
      case BLOCK_LIFTED ->
          by(user(Event.of(entry, EventClass.ACCOUNT_CHANGE, Activity.UNLOCK_ACCOUNT), "target"));
      case ACCESS_REQUESTED ->
          acting(entity(entry, Activity.CREATE, ACCESS_REQUEST, "accessRequestId"))
              .severity(entry.fields().path("glassBroken").asBoolean() ? MEDIUM : INFORMATIONAL);
      case ACCESS_ANSWERED -> by(entity(entry, Activity.UPDATE, ACCESS_REQUEST, "accessRequestId"));
      case ACCESS_WITHDRAWN ->
          by(entity(entry, Activity.DEACTIVATE, ACCESS_REQUEST, "accessRequestId"));
      case ACCESS_PICKED_UP ->
          acting(entity(entry, Activity.ACTIVATE, ACCESS_REQUEST, "accessRequestId"));
      case NOTIFICATION_SENT ->
          Event.other(entry, EventClass.BASE_EVENT, "Notification sent").status(true);
      case NOTIFICATION_FAILED ->
          Event.other(entry, EventClass.BASE_EVENT, "Notification failed")
              .status(false)
              .severity(MEDIUM);
      case LEASE_ISSUED -> session(privileges(entry, "actions", "expiresAt"));
      case TOKEN_MINTED -> privileges(entry, "permissionMode", "worksUntil");
      case LEASE_RENEWED, LEASE_HANDED_OVER ->
          acting(entity(entry, Activity.UPDATE, "Lease", "leaseId"));
      case LEASE_EXPIRED -> entity(entry, Activity.DEACTIVATE, "Lease", "leaseId");
      case LEASE_REVOKED -> by(entity(entry, Activity.DEACTIVATE, "Lease", "leaseId"));
      case DECISION -> decision(entry);
      case OPERATION_DECIDED -> operationDecided(entry);
      case REQUEST_INTENT -> requestIntent(entry);
      case REQUEST_OUTCOME -> requestOutcome(entry);
      case OUTCOME_UNKNOWN ->
          ofRequest(Event.other(entry, EventClass.BASE_EVENT, "Outcome unknown")).severity(MEDIUM);
      case ROLE_ASSIGNED -> role(entry, Activity.ASSIGN_PRIVILEGES, "actions");
      case ROLE_UNASSIGNED -> role(entry, Activity.REVOKE_PRIVILEGES, "roleDefinitionId");
      case ROLE_DEFINED -> entity(entry, Activity.CREATE, "Role definition", "roleDefinitionId");
      case ROLE_UNDEFINED -> entity(entry, Activity.DELETE, "Role definition", "roleDefinitionId");
      case ACCOUNT_CHANGED -> accountChanged(entry);
      case ROTATION_PROGRESS -> rotationProgress(entry);
      case ACCOUNT_PANICKED ->
          by(entity(entry, Activity.UPDATE, "Account keys", "account")).severity(HIGH);
      case CANARY_ASKED ->
          by(entity(entry, Activity.READ, "Resource tokens", "account")).severity(MEDIUM);
      case ROOT_KEY_ADDED -> by(entity(entry, Activity.CREATE, "Root key", "kid"));
      case ROOT_KEY_REVOKED -> by(entity(entry, Activity.DISABLE, "Root key", "kid"));
      case CLIENT_REGISTERED -> clientRegistered(entry);
      case POLICY_CHANGED -> inForce(entry, "Policy", "policy");
      case CONFIGURATION_CHANGED -> inForce(entry, "Configuration", "configuration");
      case CATALOG_FLAWED ->
          entity(entry, Activity.ACTIVATE, "Catalog", "catalog").severity(MEDIUM);
    };
  }

  // --- who comes in ------------------------------------------------------------------------------

  private static Event authentication(JournalEntry entry, int activity) {
    Event event = Event.of(entry, EventClass.AUTHENTICATION, activity);
    event.object("service").put("name", PRODUCT);
    return event;
  }

  private static Event sessionStarted(JournalEntry entry) {
    Event event = session(user(authentication(entry, Activity.LOGON), "principal"));
    event.moveTime("endsAt", event.object("session"), "expiration_time");
    return event.move("address", event.object("src_endpoint"), "ip").status(true);
  }

  private static Event authenticationFailed(JournalEntry entry) {
    Event event = authentication(entry, Activity.LOGON);
    event.object("user").put("name", "unknown");
    return event
        .move("leaseId", event.object("session"), "credential_uid")
        .move("address", event.object("src_endpoint"), "ip")
        .move("reason", event.root(), "status_detail")
        .status(false)
        .severity(LOW);
  }

  private static Event accessEnded(JournalEntry entry) {
    boolean suspends = entry.fields().path("suspends").asBoolean();
    Event event =
        Event.of(
            entry,
            EventClass.ACCOUNT_CHANGE,
            suspends ? Activity.DISABLE_ACCOUNT : Activity.LOCK_ACCOUNT);
    return by(user(event, "target")).move("reason", event.root(), "message").severity(MEDIUM);
  }

  // --- what they are given -----------------------------------------------------------------------

  private static Event privileges(JournalEntry entry, String privileges, String end) {
    Event event = Event.of(entry, EventClass.AUTHORIZE_SESSION, Activity.ASSIGN_PRIVILEGES);
    ObjectNode session = event.object("session");
    listed(user(event, "principal"), privileges)
        .move("leaseId", session, "credential_uid")
        .moveTime(end, session, "expiration_time");
    return event.status(true);
  }

  private static Event role(JournalEntry entry, int activity, String privileges) {
    Event event = listed(Event.of(entry, EventClass.USER_ACCESS, activity), privileges);
    event
        .move("objectId", event.object("user"), "uid_alt")
        .move("principal", event.object("user"), "uid");
    if (!event.object("user").has("uid")) {
      event.object("user").put("name", unknown(event.object("user").path("uid_alt")));
    }
    event.move("scope", event.root().withArray("/resources").addObject(), "name");
    return event.status(true);
  }

  /** A text or a list of the entry, as the privileges. */
  private static Event listed(Event event, String field) {
    if (field.equals("actions")) {
      return event.move(field, event.root(), "privileges");
    }
    event.take(field).ifPresent(event.root().putArray("privileges")::add);
    return event;
  }

  // --- what they do ------------------------------------------------------------------------------

  private static Event decision(JournalEntry entry) {
    boolean passes = entry.fields().path("decision").asText().equals(JournalRecord.Decision.REPORT);
    // A refusal of a request has its activity id; any other is of a lease.
    Event event;
    if (entry.fields().has("activityId")) {
      String action = unknown(entry.fields().path("actions").path(0));
      event = onData(datastore(entry, Activity.ofAction(action), action));
    } else {
      event = Event.of(entry, EventClass.AUTHORIZE_SESSION, Activity.ASSIGN_PRIVILEGES);
      session(user(event, "principal")).move("actions", event.root(), "privileges");
    }
    return event
        .move("reason", event.root(), "status_detail")
        .status(passes)
        .severity(passes ? INFORMATIONAL : LOW);
  }

  private static Event requestIntent(JournalEntry entry) {
    String operation = unknown(entry.fields().path("operation"));
    Event event = onData(datastore(entry, Activity.ofOperation(operation), operation));
    if (entry.fields().has("queryShape")) {
      ObjectNode query = event.object("query_info");
      event.move("queryShape", query, "query_string").move("queryFingerprint", query, "uid");
    }
    return ofRequest(event);
  }

  private static Event datastore(JournalEntry entry, int activity, String name) {
    return activity == Activity.OTHER
        ? Event.other(entry, EventClass.DATASTORE_ACTIVITY, name)
        : Event.of(entry, EventClass.DATASTORE_ACTIVITY, activity);
  }

  /** Whose request, and on what: {@code account:/dbs/{db}/colls/{coll}}. */
  private static Event onData(Event event) {
    String scope = event.see("scope").orElse("unknown");
    String[] parts = scope.split("/", -1);
    boolean ofDatabase = parts.length > 2;
    event
        .object("database")
        .put("name", ofDatabase ? parts[2] : scope)
        .put("uid", scope)
        .put("type_id", NOSQL);
    if (parts.length > 4) {
      event.object("table").put("name", parts[4]).put("uid", scope);
    }
    return fromSession(acting(event));
  }

  private static Event requestOutcome(JournalEntry entry) {
    int statusCode = entry.fields().path("statusCode").asInt();
    Event event = Event.other(entry, EventClass.BASE_EVENT, "Request outcome");
    event.take("statusCode").ifPresent(code -> event.root().put("status_code", code));
    event.root().put("duration", Math.round(entry.fields().path("durationMs").asDouble()));
    return ofRequest(event).status(statusCode > 0 && statusCode < FIRST_ERROR);
  }

  private static Event operationDecided(JournalEntry entry) {
    String action = unknown(entry.fields().path("actions").path(0));
    boolean denied = entry.fields().path("decision").asText().equals("deny");
    Event event =
        action.endsWith("/read")
            ? Event.of(entry, EventClass.API_ACTIVITY, Activity.READ_BY_API)
            : Event.other(entry, EventClass.API_ACTIVITY, action);
    event
        .move("operation", event.object("api"), "operation")
        .move("target", event.root().withArray("/resources").addObject(), "name")
        .move("reason", event.root(), "status_detail");
    return fromSession(acting(event)).status(!denied).severity(denied ? LOW : INFORMATIONAL);
  }

  // --- what there is -----------------------------------------------------------------------------

  private static Event entity(JournalEntry entry, int activity, String type, String id) {
    Event event = Event.of(entry, EventClass.ENTITY_MANAGEMENT, activity);
    ObjectNode entity = event.object("entity").put("type", type).put("type_id", OTHER_ENTITY);
    return event.move(id, entity, "uid").status(true);
  }

  private static Event inForce(JournalEntry entry, String type, String digest) {
    boolean another = entry.fields().has(digest + "Before");
    return entity(entry, another ? Activity.UPDATE : Activity.ACTIVATE, type, digest);
  }

  private static Event accountChanged(JournalEntry entry) {
    int activity =
        switch (entry.fields().path("change").asText()) {
          case JournalRecord.AccountChanged.CAME -> Activity.ENROLL;
          case JournalRecord.AccountChanged.WENT -> Activity.UNENROLL;
          default -> Activity.UPDATE;
        };
    return by(entity(entry, activity, "Cosmos DB account", "account"));
  }

  private static Event rotationProgress(JournalEntry entry) {
    boolean failed =
        entry.fields().path("outcome").asText().equals(JournalRecord.RotationProgress.FAILED);
    Event event = by(entity(entry, Activity.UPDATE, "Account keys", "account"));
    return event
        .move("reason", event.root(), "status_detail")
        .status(!failed)
        .severity(failed ? MEDIUM : INFORMATIONAL);
  }

  private static Event clientRegistered(JournalEntry entry) {
    Event event = entity(entry, Activity.CREATE, "OAuth client", "clientId");
    return event
        .move("name", event.object("entity"), "name")
        .move("address", event.object("src_endpoint"), "ip");
  }

  // --- who ---------------------------------------------------------------------------------------

  /** Whom it is about. */
  private static Event user(Event event, String field) {
    event.move(field, event.object("user"), "uid");
    if (event.object("user").isEmpty()) {
      event.object("user").put("name", "unknown");
    }
    return event;
  }

  private static Event session(Event event) {
    return event.move("sessionId", event.object("session"), "uid");
  }

  /** The principal does it, in their session. */
  private static Event acting(Event event) {
    ObjectNode actor = event.object("actor");
    event
        .move("principal", actor.putObject("user"), "uid")
        .move("sessionId", actor.putObject("session"), "uid");
    if (actor.path("user").isEmpty()) {
      actor.putObject("user").put("name", "unknown");
    }
    return event;
  }

  /** Where the session is: its own event has the address. */
  private static Event fromSession(Event event) {
    JsonNode session = event.root().path("actor").path("session").path("uid");
    event.object("src_endpoint").put(session.isMissingNode() ? "name" : "uid", unknown(session));
    return event;
  }

  /** Readers may have been shown less than the journal has, and OCSF wants a name for everybody. */
  private static String unknown(JsonNode known) {
    return known.asText("unknown");
  }

  /** Who does it: a principal, or a word for what does it by itself. */
  private static Event by(Event event) {
    String by = event.take("by").orElse("unknown");
    if (by.contains(":")) {
      event.object("actor").putObject("user").put("uid", by);
    } else {
      event.object("actor").put("app_name", by);
    }
    return event;
  }

  /** What the events of one request have in common. */
  private static Event ofRequest(Event event) {
    return event.move("requestId", event.object("metadata"), "correlation_uid");
  }
}
