package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code /dbs/…/clientencryptionkeys}: what clients encrypt items with, wrapped by a key that they
 * alone have. Here they are texts that nothing is decrypted with. Guarded by the {@link Account}'s
 * lock.
 */
final class ClientEncryptionKeys {

  private static final String PROPERTY = "ClientEncryptionKeys";

  private final Database database;
  private final Stamps stamps;
  private final Map<String, ObjectNode> keys = new LinkedHashMap<>();
  private int made;

  ClientEncryptionKeys(Database database, Stamps stamps) {
    this.database = database;
    this.stamps = stamps;
  }

  /**
   * Answers a call.
   *
   * @param path what follows the database, from {@code clientencryptionkeys} on
   */
  Answer answer(Call call, List<String> path) {
    return switch (path.size()) {
      case 1 -> feed(call);
      case 2 -> find(call, path.get(1)).map(key -> one(call, key)).orElseGet(Answer::notFound);
      default -> Answer.notFound();
    };
  }

  private Optional<ObjectNode> find(Call call, String name) {
    return call.path().isByRid()
        ? keys.values().stream().filter(key -> key.path("_rid").asText().equals(name)).findFirst()
        : Optional.ofNullable(keys.get(name));
  }

  private Answer feed(Call call) {
    List<ObjectNode> all = List.copyOf(keys.values());
    return switch (call.method()) {
      case "GET" -> Feed.of(database.rid(), PROPERTY, all);
      case "POST" ->
          Routes.isQuery(call)
              ? MetadataQuery.run(call, database.rid(), PROPERTY, all)
              : create(Json.parse(call.body()).orElse(Values.UNDEFINED));
      default -> Answer.methodNotAllowed();
    };
  }

  Answer create(JsonNode asked) {
    Optional<Answer> refusal = Ids.refusal(asked.path("id"));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (keys.containsKey(asked.path("id").textValue())) {
      return Answer.conflict();
    }
    return put(201, (ObjectNode) asked, Rid.clientEncryptionKey(database.rid(), made++));
  }

  private Answer one(Call call, ObjectNode key) {
    return switch (call.method()) {
      case "GET" -> described(200, key);
      case "PUT" -> replace(call, key);
      default -> Answer.methodNotAllowed(); // no SDK deletes one
    };
  }

  /** As when a key is wrapped anew: JavaScript does it with If-Match. */
  private Answer replace(Call call, ObjectNode key) {
    JsonNode asked = Json.parse(call.body()).orElse(Values.UNDEFINED);
    Optional<Answer> refusal = Ids.refusal(asked.path("id"));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (!asked.path("id").equals(key.path("id"))) {
      return Answer.badRequest("The id of a client encryption key can't be changed.");
    }
    boolean met =
        call.header(CosmosHeaders.IF_MATCH)
            .filter(etag -> !etag.equals(key.path("_etag").asText()) && !etag.equals("*"))
            .isEmpty();
    return met
        ? put(200, (ObjectNode) asked, key.path("_rid").asText())
        : Answer.preconditionFailed();
  }

  private Answer put(int status, ObjectNode asked, String rid) {
    ObjectNode key = asked.deepCopy().put("_rid", rid);
    key.put("_self", "dbs/" + database.rid() + "/clientencryptionkeys/" + rid + "/");
    stamps.on(key);
    keys.put(key.path("id").textValue(), key);
    return described(status, key);
  }

  private Answer described(int status, ObjectNode key) {
    return Answer.of(status, key)
        .with("etag", key.path("_etag").asText())
        .with(CosmosHeaders.ALT_CONTENT_PATH, "dbs/" + database.id())
        .with(CosmosHeaders.CONTENT_PATH, database.rid());
  }
}
