package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.PartitionKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@code …/users/…/permissions}: what one user may do. Each answer that shows a permission shows a
 * new token for it. Guarded by the {@link Account}'s lock.
 */
final class Permissions {

  private static final Duration DEFAULT_LIFETIME = Duration.ofHours(1);
  private static final int SHORTEST = 10;
  private static final int LONGEST = 24 * 60 * 60;

  private final String userRid;

  /** The user's link by RID, with a slash at the end. */
  private final String userSelf;

  private final Stamps stamps;
  private final Map<String, Permission> permissions = new LinkedHashMap<>();
  private long numbered;

  Permissions(String userRid, String userSelf, Stamps stamps) {
    this.userRid = userRid;
    this.userSelf = userSelf;
    this.stamps = stamps;
  }

  Collection<Permission> list() {
    return permissions.values();
  }

  Optional<Permission> read(String id) {
    return Optional.ofNullable(permissions.get(id));
  }

  void delete(Permission permission) {
    permissions.remove(permission.id());
  }

  private sealed interface Definition {
    record Valid(
        String id, PermissionMode mode, String resource, Optional<PartitionKey> key, JsonNode json)
        implements Definition {}

    record Refused(Answer answer) implements Definition {}
  }

  /**
   * Answers a call.
   *
   * @param path what follows the user, from {@code permissions} on
   * @param names gives the link by name of what a link means; empty if it isn't there
   */
  Answer answer(
      Call call,
      List<String> path,
      Function<String, Optional<String>> names,
      ResourceTokens.Mint tokens) {
    Optional<Duration> lifetime = lifetime(call);
    if (lifetime.isEmpty()) {
      return Answer.badRequest(
          "The value of x-ms-documentdb-expiry-seconds must be between "
              + SHORTEST
              + " and "
              + LONGEST
              + ".");
    }
    Function<Permission, ObjectNode> shown = one -> shown(one, names, tokens, lifetime.get());
    if (path.size() == 1) {
      return feed(call, names, shown);
    }
    Optional<Permission> permission =
        call.path().isByRid()
            ? list().stream().filter(one -> one.rid().equals(path.get(1))).findFirst()
            : read(path.get(1));
    return path.size() > 2 || permission.isEmpty()
        ? Answer.notFound()
        : one(call, permission.get(), names, shown);
  }

  private Answer feed(
      Call call, Function<String, Optional<String>> names, Function<Permission, ObjectNode> shown) {
    List<ObjectNode> all = list().stream().map(shown).toList();
    return switch (call.method()) {
      case "GET" -> Feed.of(userRid, "Permissions", all);
      case "POST" ->
          Routes.isQuery(call)
              ? MetadataQuery.run(call, userRid, "Permissions", all)
              : create(call, names, shown);
      default -> Answer.methodNotAllowed();
    };
  }

  private Answer create(
      Call call, Function<String, Optional<String>> names, Function<Permission, ObjectNode> shown) {
    return switch (definition(call, names)) {
      case Definition.Refused(Answer answer) -> answer;
      case Definition.Valid valid -> {
        Optional<Permission> existing = read(valid.id());
        yield existing.isPresent() && !call.flag(CosmosHeaders.IS_UPSERT)
            ? Answer.conflict()
            : write(valid, existing, shown);
      }
    };
  }

  private Answer one(
      Call call,
      Permission permission,
      Function<String, Optional<String>> names,
      Function<Permission, ObjectNode> shown) {
    return switch (call.method()) {
      case "GET" -> described(200, permission, shown);
      case "DELETE" ->
          unmet(call, permission)
              .orElseGet(
                  () -> {
                    delete(permission);
                    return Answer.empty(204);
                  });
      case "PUT" ->
          unmet(call, permission)
              .orElseGet(
                  () ->
                      switch (definition(call, names)) {
                        case Definition.Refused(Answer answer) -> answer;
                        case Definition.Valid valid -> write(valid, Optional.of(permission), shown);
                      });
      default -> Answer.methodNotAllowed();
    };
  }

  private static Optional<Answer> unmet(Call call, Permission permission) {
    return call.header(CosmosHeaders.IF_MATCH)
        .filter(etag -> !etag.equals(permission.json().path("_etag").asText()) && !etag.equals("*"))
        .map(_ -> Answer.preconditionFailed());
  }

  private Answer write(
      Definition.Valid valid,
      Optional<Permission> replaced,
      Function<Permission, ObjectNode> shown) {
    String rid = replaced.map(Permission::rid).orElseGet(() -> Rid.permission(userRid, ++numbered));
    ObjectNode json = Json.object().put("id", valid.id());
    json.put("permissionMode", valid.mode() == PermissionMode.ALL ? "All" : "Read");
    json.put("resource", valid.resource());
    valid.key().ifPresent(_ -> json.set("resourcePartitionKey", valid.json()));
    json.put("_rid", rid).put("_self", userSelf + "permissions/" + rid + "/");
    stamps.on(json);
    Permission permission =
        new Permission(valid.id(), rid, valid.mode(), valid.resource(), valid.key(), json);
    boolean taken =
        list().stream()
            .filter(other -> replaced.filter(other::equals).isEmpty())
            .anyMatch(other -> other.id().equals(permission.id()) || other.isForSameAs(permission));
    if (taken) {
      return Answer.conflict();
    }
    replaced.ifPresent(this::delete);
    permissions.put(permission.id(), permission);
    return described(replaced.isPresent() ? 200 : 201, permission, shown);
  }

  private static Answer described(
      int status, Permission permission, Function<Permission, ObjectNode> shown) {
    return Answer.of(status, shown.apply(permission))
        .with("etag", permission.json().path("_etag").asText());
  }

  private ObjectNode shown(
      Permission permission,
      Function<String, Optional<String>> names,
      ResourceTokens.Mint tokens,
      Duration lifetime) {
    ObjectNode json = permission.json().deepCopy();
    names
        .apply(permission.resource())
        .flatMap(
            name ->
                tokens.mint(
                    permission.mode(),
                    name,
                    permission.key(),
                    lifetime,
                    Optional.of(new Credential.ResourceToken.Source(userRid, permission.id()))))
        .ifPresent(token -> json.put("_token", token));
    return json;
  }

  private static Definition definition(Call call, Function<String, Optional<String>> names) {
    JsonNode body = Json.parse(call.body()).orElse(Values.UNDEFINED);
    Optional<Answer> badId = Ids.refusal(body.path("id"));
    if (badId.isPresent()) {
      return new Definition.Refused(badId.get());
    }
    Optional<PermissionMode> mode =
        switch (body.path("permissionMode").asText().toLowerCase(Locale.ROOT)) {
          case "read" -> Optional.of(PermissionMode.READ);
          case "all" -> Optional.of(PermissionMode.ALL);
          default -> Optional.empty();
        };
    if (mode.isEmpty()) {
      return new Definition.Refused(Answer.badRequest("The permission mode is invalid."));
    }
    JsonNode keyJson = body.path("resourcePartitionKey");
    Optional<PartitionKey> key =
        keyJson.isMissingNode() || keyJson.isNull()
            ? Optional.empty()
            : PartitionKey.parse(new String(Json.bytes(keyJson), StandardCharsets.UTF_8));
    if (key.isEmpty() && !keyJson.isMissingNode() && !keyJson.isNull()) {
      return new Definition.Refused(Answer.badRequest("Partition key supplied is not valid."));
    }
    String resource = body.path("resource").asText();
    return names.apply(resource).isEmpty()
        ? new Definition.Refused(Answer.notFound())
        : new Definition.Valid(body.path("id").textValue(), mode.get(), resource, key, keyJson);
  }

  /** How long tokens live; empty if the header asks for too little or too much. */
  private static Optional<Duration> lifetime(Call call) {
    Optional<String> asked = call.header("x-ms-documentdb-expiry-seconds");
    if (asked.isEmpty()) {
      return Optional.of(DEFAULT_LIFETIME);
    }
    try {
      int seconds = Integer.parseInt(asked.get());
      return Optional.of(Duration.ofSeconds(seconds))
          .filter(_ -> seconds >= SHORTEST && seconds <= LONGEST);
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }
}
