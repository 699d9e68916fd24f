package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code /dbs/…/users}: names in a database that permissions hang from. Guarded by the {@link
 * Account}'s lock.
 */
final class Users {

  private final String databaseRid;
  private final Stamps stamps;
  private final Map<String, User> users = new LinkedHashMap<>();
  private int made;

  private record User(String id, String rid, ObjectNode json, Permissions permissions) {}

  Users(String databaseRid, Stamps stamps) {
    this.databaseRid = databaseRid;
    this.stamps = stamps;
  }

  /** One user's permissions; empty if there is no such user. */
  Optional<Permissions> permissions(String userId) {
    return Optional.ofNullable(users.get(userId)).map(User::permissions);
  }

  /**
   * Answers a call.
   *
   * @param path what follows the database, from {@code users} on
   */
  Answer answer(Call call, Database database, List<String> path, ResourceTokens.Mint tokens) {
    if (path.size() == 1) {
      return feed(call);
    }
    String name = path.get(1);
    Optional<User> user =
        call.path().isByRid()
            ? users.values().stream().filter(one -> one.rid().equals(name)).findFirst()
            : Optional.ofNullable(users.get(name));
    if (user.isEmpty()) {
      return path.size() == 2 ? Answer.notFound() : Answer.ownerNotFound();
    }
    if (path.size() == 2) {
      return one(call, user.get());
    }
    return path.get(2).equals("permissions")
        ? user.get()
            .permissions()
            .answer(
                call,
                path.subList(2, path.size()),
                link -> database.nameOf(ResourcePath.parse(link)),
                tokens)
        : Answer.notFound();
  }

  private Answer feed(Call call) {
    List<ObjectNode> all = users.values().stream().map(User::json).toList();
    return switch (call.method()) {
      case "GET" -> Feed.of(databaseRid, "Users", all);
      case "POST" ->
          Routes.isQuery(call) ? MetadataQuery.run(call, databaseRid, "Users", all) : create(call);
      default -> Answer.methodNotAllowed();
    };
  }

  private Answer create(Call call) {
    JsonNode id = Json.parse(call.body()).orElse(Values.UNDEFINED).path("id");
    Optional<Answer> refusal = Ids.refusal(id);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    User existing = users.get(id.textValue());
    if (existing != null) {
      return call.flag(CosmosHeaders.IS_UPSERT) ? described(200, existing) : Answer.conflict();
    }
    String rid = Rid.user(databaseRid, made++);
    String self = "dbs/" + databaseRid + "/users/" + rid + "/";
    return described(201, put(id.textValue(), rid, new Permissions(rid, self, stamps)));
  }

  private User put(String id, String rid, Permissions permissions) {
    ObjectNode json = Json.object().put("id", id).put("_rid", rid);
    json.put("_self", "dbs/" + databaseRid + "/users/" + rid + "/");
    json.put("_permissions", "permissions/");
    stamps.on(json);
    User user = new User(id, rid, json, permissions);
    users.put(id, user);
    return user;
  }

  private Answer one(Call call, User user) {
    return switch (call.method()) {
      case "GET" -> described(200, user);
      case "DELETE" -> {
        users.remove(user.id());
        yield Answer.empty(204);
      }
      case "PUT" -> rename(call, user);
      default -> Answer.methodNotAllowed();
    };
  }

  private Answer rename(Call call, User user) {
    JsonNode id = Json.parse(call.body()).orElse(Values.UNDEFINED).path("id");
    Optional<Answer> refusal = Ids.refusal(id);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (!id.textValue().equals(user.id()) && users.containsKey(id.textValue())) {
      return Answer.conflict();
    }
    users.remove(user.id());
    return described(200, put(id.textValue(), user.rid(), user.permissions()));
  }

  private static Answer described(int status, User user) {
    return Answer.of(status, user.json()).with("etag", user.json().path("_etag").asText());
  }
}
