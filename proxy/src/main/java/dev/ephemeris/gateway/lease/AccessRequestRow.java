package dev.ephemeris.gateway.lease;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Channel;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Delivery;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.UserRef;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** An access request as one column of JSON, in one order, and as the bytes that its MAC covers. */
final class AccessRequestRow {

  private AccessRequestRow() {}

  static byte[] canonical(String id, int revision, String body) {
    return RowSeal.row("accessRequest", List.of(id, Integer.toString(revision), body));
  }

  static String body(AccessRequest request) {
    JsonObject json =
        new JsonObject()
            .put("requester", json(request.requester()))
            .put(
                "humans",
                new JsonArray(request.humans().stream().map(UserRef::toString).sorted().toList()))
            .put("wanted", json(request.wanted()))
            .put("actions", new JsonArray(LeasePolicy.shortNames(request.actions())))
            .put("owners", new JsonArray(request.owners().stream().sorted().toList()))
            .put("rule", request.rule().value())
            .put("approvals", Approved.json(request.approvals()))
            .put(
                "channels",
                new JsonArray(request.channels().stream().map(Channel::name).sorted().toList()))
            .put("glassBroken", request.glassBroken())
            .put("askedAt", Database.micros(request.askedAt()))
            .put(
                "answers",
                new JsonArray(request.answers().stream().map(AccessRequestRow::json).toList()));
    request
        .actsFor()
        .ifPresent(
            whom -> json.put("actsFor", json(new Identity(whom.id(), whom.kind(), whom.claims()))));
    request.withdrawnAt().ifPresent(at -> json.put("withdrawnAt", Database.micros(at)));
    request
        .pickedUp()
        .ifPresent(
            lease ->
                json.put("lease", lease.lease().value())
                    .put("pickedUpAt", Database.micros(lease.at())));
    return json.encode();
  }

  /**
   * @throws IllegalArgumentException if it isn't what {@link #body} makes
   */
  static AccessRequest read(String id, int revision, String body) {
    try {
      JsonObject json = new JsonObject(body);
      return new AccessRequest(
          id,
          identity(json.getJsonObject("requester")),
          Optional.ofNullable(json.getJsonObject("actsFor"))
              .map(AccessRequestRow::identity)
              .map(whom -> new ActedFor(whom.id(), whom.kind(), whom.claims())),
          json.getJsonArray("humans").stream()
              .map(user -> UserRef.parse((String) user))
              .collect(Collectors.toUnmodifiableSet()),
          wanted(json.getJsonObject("wanted")),
          json.getJsonArray("actions").stream()
              .flatMap(name -> Action.matching((String) name).stream())
              .collect(Collectors.toUnmodifiableSet()),
          json.getJsonArray("owners").stream()
              .map(String.class::cast)
              .collect(Collectors.toUnmodifiableSet()),
          new RuleName(json.getString("rule")),
          Approved.approvals(json.getJsonArray("approvals")),
          json.getJsonArray("channels").stream()
              .map(name -> new Channel((String) name))
              .collect(Collectors.toUnmodifiableSet()),
          json.getBoolean("glassBroken"),
          instant(json, "askedAt").orElseThrow(),
          json.getJsonArray("answers").stream()
              .map(JsonObject.class::cast)
              .map(AccessRequestRow::answer)
              .toList(),
          instant(json, "withdrawnAt"),
          instant(json, "pickedUpAt")
              .map(at -> new AccessRequest.PickedUp(new LeaseId(json.getString("lease")), at)),
          revision);
    } catch (DecodeException | ClassCastException | NullPointerException e) {
      throw new IllegalArgumentException("not an access request", e);
    }
  }

  private static Optional<Instant> instant(JsonObject json, String name) {
    return Optional.ofNullable(json.getLong(name)).map(Database::instant);
  }

  private static JsonObject json(Identity who) {
    JsonObject claims = new JsonObject();
    new TreeMap<>(who.claims()).forEach(claims::put);
    return json(who.id()).put("kind", who.kind().name()).put("claims", claims);
  }

  private static JsonObject json(PrincipalId id) {
    return new JsonObject().put("issuer", id.issuer()).put("subject", id.subject());
  }

  private static PrincipalId principal(JsonObject json) {
    return new PrincipalId(
        Objects.requireNonNull(json.getString("issuer")),
        Objects.requireNonNull(json.getString("subject")));
  }

  private static Identity identity(JsonObject json) {
    Map<String, String> claims = new HashMap<>();
    json.getJsonObject("claims")
        .forEach(claim -> claims.put(claim.getKey(), (String) claim.getValue()));
    return new Identity(principal(json), PrincipalKind.valueOf(json.getString("kind")), claims);
  }

  private static JsonObject json(LeaseRequest wanted) {
    JsonObject json = new JsonObject().put("scope", wanted.scope().toString());
    wanted.partitionKey().ifPresent(key -> json.put("partitionKey", key.header()));
    wanted.item().ifPresent(item -> json.put("item", item));
    json.put("role", wanted.role().value())
        .put("lane", wanted.lane().name())
        .put("form", wanted.form().name());
    wanted.ttl().ifPresent(ttl -> json.put("ttl", ttl.toString()));
    json.put("deliver", wanted.deliver().name());
    wanted.reason().ifPresent(reason -> json.put("reason", reason));
    wanted.ticket().ifPresent(ticket -> json.put("ticket", ticket));
    return json;
  }

  private static LeaseRequest wanted(JsonObject json) {
    return new LeaseRequest(
        Scope.parse(json.getString("scope")),
        partitionKey(json),
        Optional.ofNullable(json.getString("item")),
        new RoleName(json.getString("role")),
        Lane.valueOf(json.getString("lane")),
        CredentialForm.valueOf(json.getString("form")),
        ttl(json),
        Delivery.valueOf(json.getString("deliver")),
        Optional.ofNullable(json.getString("reason")),
        Optional.ofNullable(json.getString("ticket")));
  }

  private static Optional<PartitionKey> partitionKey(JsonObject json) {
    return Optional.ofNullable(json.getString("partitionKey"))
        .map(
            key ->
                PartitionKey.parse(key)
                    .orElseThrow(() -> new IllegalArgumentException("not a partition key")));
  }

  private static Optional<Duration> ttl(JsonObject json) {
    return Optional.ofNullable(json.getString("ttl")).map(Duration::parse);
  }

  private static JsonObject json(AccessAnswer answer) {
    JsonObject json = json(answer.by());
    answer.user().ifPresent(user -> json.put("user", user.toString()));
    json.put("verdict", answer.verdict().name())
        .put("at", Database.micros(answer.at()))
        .put(
            "groups",
            new JsonArray(answer.groups().stream().map(GroupRef::toString).sorted().toList()))
        .put("owner", answer.owner());
    answer.narrowed().scope().ifPresent(scope -> json.put("scope", scope.toString()));
    answer.narrowed().partitionKey().ifPresent(key -> json.put("partitionKey", key.header()));
    answer.narrowed().ttl().ifPresent(ttl -> json.put("ttl", ttl.toString()));
    answer.comment().ifPresent(comment -> json.put("comment", comment));
    return json;
  }

  private static AccessAnswer answer(JsonObject json) {
    return new AccessAnswer(
        principal(json),
        Optional.ofNullable(json.getString("user")).map(UserRef::parse),
        AccessAnswer.Verdict.valueOf(json.getString("verdict")),
        instant(json, "at").orElseThrow(),
        json.getJsonArray("groups").stream()
            .map(group -> GroupRef.parse((String) group))
            .collect(Collectors.toUnmodifiableSet()),
        json.getBoolean("owner"),
        new AccessAnswer.Narrowed(
            Optional.ofNullable(json.getString("scope")).map(Scope::parse),
            partitionKey(json),
            ttl(json)),
        Optional.ofNullable(json.getString("comment")));
  }
}
