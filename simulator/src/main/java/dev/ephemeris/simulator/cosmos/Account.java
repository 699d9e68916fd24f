package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that an account holds. Its monitor guards it and all that hangs from it: whoever calls
 * it holds {@code synchronized (account)}.
 */
final class Account {

  /** What a container has whose maker said nothing. */
  private static final Throughput LEAST = new Throughput.Manual(400);

  private final InstantSource clock;
  private Stamps stamps;
  private Offers offers;
  private final Map<String, Database> databases = new LinkedHashMap<>();

  /**
   * How far containers that are gone had come, by RID: after an emptying RIDs are given again, and
   * clients that outlive it hold session tokens from before, which aren't refused for that.
   */
  private final Map<String, Long> reached = new HashMap<>();

  private int databasesMade;
  private int containersMade;

  Account(InstantSource clock) {
    this.clock = clock;
    this.stamps = new Stamps(clock);
    this.offers = new Offers(stamps);
  }

  /** Forgets everything but {@link #reached}, and counts from the start. */
  void clear() {
    databases.values().forEach(this::keepReached);
    databases.clear();
    databasesMade = 0;
    containersMade = 0;
    stamps = new Stamps(clock);
    offers = new Offers(stamps);
  }

  Offers offers() {
    return offers;
  }

  Collection<Database> databases() {
    return databases.values();
  }

  Optional<Database> database(String id) {
    return Optional.ofNullable(databases.get(id));
  }

  Optional<Database> databaseByRid(String rid) {
    return databases.values().stream().filter(d -> d.rid().equals(rid)).findFirst();
  }

  /** Adds a database whose id is free. */
  Database createDatabase(String id) {
    String rid = Rid.database(databasesMade++);
    ObjectNode definition = Json.object().put("id", id);
    definition.put("_rid", rid).put("_self", "dbs/" + rid + "/");
    definition.put("_etag", stamps.nextEtag());
    definition.put("_colls", "colls/").put("_users", "users/").put("_ts", stamps.now());
    Database database = new Database(id, rid, definition, stamps);
    databases.put(id, database);
    return database;
  }

  /** Adds a database with throughput that its containers share. */
  Database createDatabase(String id, Throughput throughput) {
    Database database = createDatabase(id);
    offers.add("dbs/" + database.rid() + "/", database.rid(), throughput);
    return database;
  }

  private void keepReached(Database database) {
    database.containers().forEach(this::keepReached);
  }

  private void keepReached(Container container) {
    reached.put(container.rid(), container.reached());
  }

  void delete(Database database) {
    keepReached(database);
    databases.remove(database.id());
    offers.removeFor(database.rid());
    database.containers().forEach(container -> offers.removeFor(container.rid()));
  }

  void delete(Container container) {
    keepReached(container);
    container.database().remove(container);
    offers.removeFor(container.rid());
  }

  /**
   * Holds a container to the request units that its offer buys, or its database's. Its partitions
   * have equal shares, whatever is left in the others.
   */
  void limit(Container container) {
    container.limit(
        () ->
            new RequestUnits(
                () -> (double) throughput(container).perSecond() / container.partitions().size(),
                clock));
  }

  private Throughput throughput(Container container) {
    return offers
        .throughput(container.rid())
        .or(() -> offers.throughput(container.database().rid()))
        .orElse(LEAST);
  }

  /**
   * Adds a container whose id is free in the database.
   *
   * @param throughput empty for a share of the database's, or the least there is
   */
  Container createContainer(
      Database database,
      String id,
      KeyDefinition keyDefinition,
      UniqueKeys uniqueKeys,
      Optional<Throughput> throughput,
      ObjectNode asked) {
    String rid = Rid.container(database.rid(), containersMade++);
    ObjectNode definition = asked.deepCopy();
    definition.put("id", id);
    definition.set("partitionKey", keyDefinition.json());
    complete(definition);
    if (!definition.hasNonNull("conflictResolutionPolicy")) {
      ObjectNode conflicts = definition.putObject("conflictResolutionPolicy");
      conflicts.put("mode", "LastWriterWins").put("conflictResolutionPath", "/_ts");
      conflicts.put("conflictResolutionProcedure", "");
    }
    definition.put("_rid", rid);
    definition.put("_ts", stamps.now());
    definition.put("_self", "dbs/" + database.rid() + "/colls/" + rid + "/");
    definition.put("_etag", stamps.nextEtag());
    definition.put("_docs", "docs/").put("_sprocs", "sprocs/").put("_triggers", "triggers/");
    definition.put("_udfs", "udfs/").put("_conflicts", "conflicts/");
    Container container =
        new Container(
            database,
            id,
            rid,
            definition,
            keyDefinition,
            uniqueKeys,
            stamps,
            reached.getOrDefault(rid, 0L));
    database.add(container);
    if (throughput.isPresent() || offers.throughput(database.rid()).isEmpty()) {
      offers.add(container.self(), rid, throughput.orElse(LEAST));
    }
    return container;
  }

  /** Adds the policies that a definition leaves to the service. */
  static void complete(ObjectNode definition) {
    if (!definition.hasNonNull("indexingPolicy")) {
      definition.set("indexingPolicy", indexEverything());
    }
    if (!definition.hasNonNull("geospatialConfig")) {
      definition.putObject("geospatialConfig").put("type", "Geography");
    }
    if (!definition.hasNonNull("defaultTtl")) {
      definition.remove("defaultTtl");
    }
  }

  private static ObjectNode indexEverything() {
    ObjectNode policy = Json.object().put("indexingMode", "consistent").put("automatic", true);
    policy.putArray("includedPaths").addObject().put("path", "/*");
    ArrayNode excluded = policy.putArray("excludedPaths");
    excluded.addObject().put("path", "/\"_etag\"/?");
    return policy;
  }
}
