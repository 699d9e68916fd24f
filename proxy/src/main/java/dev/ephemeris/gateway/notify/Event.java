package dev.ephemeris.gateway.notify;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.gateway.lease.AccessAnswer;
import dev.ephemeris.gateway.lease.AccessRequest;
import dev.ephemeris.gateway.lease.Approved;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.LeaseRequest;
import dev.ephemeris.gateway.lease.Notice;
import dev.ephemeris.policy.Approval;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Scope;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Notices as events of JSON, as {@code event.v1.schema.json} says. Nothing in them is a secret. */
final class Event {

  static final String ACCESS_REQUESTED = "accessRequested";
  static final String ACCESS_ANSWERED = "accessAnswered";
  static final String GLASS_BROKEN = "glassBroken";
  static final String LEASE_ISSUED = "leaseIssued";

  private final Function<Identity, String> names;

  /**
   * @param names what people know somebody by
   */
  Event(Function<Identity, String> names) {
    this.names = names;
  }

  JsonObject of(Notice notice, Instant at) {
    return switch (notice) {
      case Notice.AccessRequested(AccessRequest request) ->
          event(ACCESS_REQUESTED, at, of(request).put("closesAt", request.closesAt().toString()));
      case Notice.AccessAnswered(AccessRequest request, AccessAnswer answer) ->
          event(ACCESS_ANSWERED, at, answered(request, answer, at));
      case Notice.GlassBroken(AccessRequest request, Lease lease) ->
          event(
              GLASS_BROKEN,
              at,
              of(request)
                  .put("leaseId", lease.id().value())
                  .put("expiresAt", lease.expiresAt().toString()));
      case Notice.LeaseIssued(Lease lease) -> event(LEASE_ISSUED, at, of(lease));
    };
  }

  private static JsonObject event(String type, Instant at, JsonObject data) {
    return new JsonObject()
        .put("type", type)
        .put("version", 1)
        .put("timestamp", at.toString())
        .put("data", data);
  }

  private JsonObject of(AccessRequest request) {
    LeaseRequest wanted = request.wanted();
    JsonObject data = new JsonObject().put("accessRequestId", request.id());
    who(data, request.requester(), request.actsFor());
    what(data, wanted.scope(), wanted.partitionKey(), wanted.role().value(), wanted.lane());
    why(data, request.rule().value(), wanted.reason(), wanted.ticket());
    return data.put("ttlSeconds", wanted.ttl().orElseThrow().toSeconds())
        .put(
            "approvals",
            new JsonArray(request.approvals().stream().map(Approval::toString).sorted().toList()));
  }

  private JsonObject answered(AccessRequest request, AccessAnswer answer, Instant at) {
    LeaseRequest agreed = request.agreed();
    JsonObject less =
        new JsonObject()
            .put("scope", agreed.scope().toString())
            .put("ttlSeconds", agreed.ttl().orElseThrow().toSeconds());
    agreed.partitionKey().ifPresent(key -> less.put("partitionKey", key.header()));
    JsonObject data =
        of(request)
            .put("verdict", answer.verdict().code())
            .put("by", answer.by().toString())
            .put("byWho", answer.user().map(Object::toString).orElseGet(answer.by()::toString))
            .put(
                "groups",
                new JsonArray(answer.groups().stream().map(GroupRef::toString).sorted().toList()))
            .put("agreed", less)
            .put("state", request.state(at).code());
    answer.comment().ifPresent(comment -> data.put("comment", comment));
    request.pickedUp().ifPresent(lease -> data.put("leaseId", lease.lease().value()));
    return switch (request.state(at)) {
      case WAITING, APPROVED -> data.put("closesAt", request.closesAt().toString());
      case DENIED, WITHDRAWN, EXPIRED, PICKED_UP, UNREVIEWED, REVIEWED -> data;
    };
  }

  private JsonObject of(Lease lease) {
    JsonObject data = new JsonObject().put("leaseId", lease.id().value());
    lease.approved().map(Approved::requestId).ifPresent(id -> data.put("accessRequestId", id));
    who(data, lease.holder(), lease.actedFor());
    what(data, lease.scope(), lease.partitionKey(), lease.role().value(), lease.lane());
    why(data, lease.rule().value(), lease.standing().reason(), lease.standing().ticket());
    return data.put("expiresAt", lease.expiresAt().toString());
  }

  private void who(JsonObject data, Identity who, Optional<ActedFor> actsFor) {
    data.put("principal", who.id().toString()).put("who", names.apply(who));
    actsFor.ifPresent(
        whom ->
            data.put("actsFor", whom.id().toString())
                .put(
                    "actsForWho",
                    names.apply(new Identity(whom.id(), whom.kind(), whom.claims()))));
  }

  private static void what(
      JsonObject data, Scope scope, Optional<PartitionKey> key, String role, Lane lane) {
    data.put("scope", scope.toString());
    key.ifPresent(levels -> data.put("partitionKey", levels.header()));
    data.put("role", role).put("lane", lane.name().toLowerCase(Locale.ROOT));
  }

  private static void why(
      JsonObject data, String rule, Optional<String> reason, Optional<String> ticket) {
    data.put("rule", rule);
    reason.ifPresent(text -> data.put("reason", text));
    ticket.ifPresent(text -> data.put("ticket", text));
  }
}
