package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * A running simulator: one Cosmos DB account in memory behind HTTPS, HTTP/1.1.
 *
 * <p>All methods are safe to call from any thread.
 */
public final class CosmosSimulator {

  /** The region that an account starts in. */
  public static final String FIRST_REGION = Regions.FIRST;

  /** Room for the longest authorization header and some more. */
  private static final int MAX_HEADERS = 64 * 1024;

  private final HttpServer server;
  private final String name;

  /** Its monitor guards its content. */
  private final Account account;

  private final AccountAccess access;
  private final Regions regions = new Regions();
  private final Received received = new Received();
  private final Faults faults = new Faults();
  private final EffectLog effects;
  private final RequestLog requests;

  /**
   * How to run.
   *
   * @param host the address to bind, such as {@code 127.0.0.1}
   * @param port 0 for any
   * @param certificate a PEM file, good for {@code localhost}
   * @param privateKey a PEM file
   * @param accountName what the account document calls itself
   * @param key the account's primary key in Base64; the others are made
   * @param clock what dates are compared with and {@code _ts} is taken from
   */
  public record Settings(
      String host,
      int port,
      Path certificate,
      Path privateKey,
      String accountName,
      String key,
      InstantSource clock) {

    /** Without the key. */
    @Override
    public String toString() {
      return "Settings[" + accountName + " on " + host + ":" + port + "]";
    }
  }

  private CosmosSimulator(HttpServer server, Settings settings) {
    this.server = server;
    this.name = settings.accountName();
    this.account = new Account(settings.clock());
    this.access = new AccountAccess(name, settings.key(), account, regions, settings.clock());
    this.effects = new EffectLog(settings.clock());
    this.requests = new RequestLog(settings.clock());
  }

  /** Starts one; the future fails if the port is taken or the certificate can't be read. */
  public static Future<CosmosSimulator> start(Vertx vertx, Settings settings) {
    HttpServer server = vertx.createHttpServer(options(settings));
    CosmosSimulator simulator = new CosmosSimulator(server, settings);
    Service service =
        new Service(
            simulator.account,
            simulator.access.authenticate(),
            simulator.regions,
            new Routes(
                simulator.account,
                new AccountDocument(settings.accountName(), simulator::endpoint, simulator.regions),
                simulator.access.resourceTokens()),
            simulator.effects,
            simulator.requests);
    Frontend frontend =
        new Frontend(
            vertx, simulator.received, simulator.faults, simulator.regions, service::answer);
    return server.requestHandler(frontend).listen().map(simulator);
  }

  private static HttpServerOptions options(Settings settings) {
    return new HttpServerOptions()
        .setHost(settings.host())
        .setPort(settings.port())
        .setSsl(true)
        .setMaxHeaderSize(MAX_HEADERS)
        .setMaxInitialLineLength(MAX_HEADERS)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(settings.certificate().toString())
                .setKeyPath(settings.privateKey().toString()));
  }

  /** {@code https://localhost:PORT/}, which the account document repeats. */
  public URI endpoint() {
    return URI.create("https://localhost:" + server.actualPort() + "/");
  }

  /** What the account document calls itself. */
  public String name() {
    return name;
  }

  /** The names of its regions, the one that is written to first. */
  public List<String> regions() {
    return regions.all();
  }

  /** Its keys, tokens and roles. */
  public AccountAccess access() {
    return access;
  }

  /** What goes wrong on demand. */
  public Faults faults() {
    return faults;
  }

  /**
   * What requests changed, in the order in which they did, at most the latest 100,000. What this
   * class's methods change isn't among it.
   */
  public List<Effect> effects() {
    return effects.all();
  }

  /**
   * What it was asked over HTTP and who asked, refused requests included, at most the latest
   * 100,000. What a fault answered isn't among it.
   */
  public List<DataPlaneRequest> requests() {
    return requests.all();
  }

  /**
   * Adds a database.
   *
   * @throws IllegalArgumentException if there is one with this id
   */
  public void createDatabase(String id) {
    synchronized (account) {
      if (account.database(id).isPresent()) {
        throw new IllegalArgumentException("there is a database " + id);
      }
      account.createDatabase(id);
    }
  }

  /**
   * Adds a container.
   *
   * @param partitionKeyPath such as {@code /tenant}
   * @throws IllegalArgumentException if the database is missing, the id taken or the path no path
   */
  public void createContainer(String database, String id, String partitionKeyPath) {
    ObjectNode definition = Json.object().put("id", id);
    definition.putObject("partitionKey").putArray("paths").add(partitionKeyPath);
    createContainer(database, definition);
  }

  /**
   * Adds a container, defined as in the service's REST API.
   *
   * @param definition with {@code id}, {@code partitionKey}, and perhaps {@code uniqueKeyPolicy}
   *     and {@code defaultTtl}
   * @throws IllegalArgumentException if the database is missing, the id taken or a path no path
   */
  public void createContainer(String database, ObjectNode definition) {
    String id = definition.path("id").asText();
    KeyDefinition keyDefinition =
        KeyDefinition.parse(definition.path("partitionKey"))
            .orElseThrow(() -> new IllegalArgumentException("no partition key: " + definition));
    UniqueKeys uniqueKeys =
        UniqueKeys.parse(definition.path("uniqueKeyPolicy"))
            .orElseThrow(() -> new IllegalArgumentException("no unique keys: " + definition));
    synchronized (account) {
      Database parent = database(database);
      if (parent.container(id).isPresent()) {
        throw new IllegalArgumentException("there is a container " + id);
      }
      account.createContainer(parent, id, keyDefinition, uniqueKeys, Optional.empty(), definition);
    }
  }

  /**
   * Adds a client encryption key, defined as in the service's REST API.
   *
   * @throws IllegalArgumentException if the database is missing, or the id missing or taken
   */
  public void createClientEncryptionKey(String database, ObjectNode definition) {
    synchronized (account) {
      Answer answer = database(database).clientEncryptionKeys().create(definition);
      if (answer instanceof Answer.Failure failure) {
        throw new IllegalArgumentException(failure.error().message());
      }
    }
  }

  /**
   * Creates or replaces an item.
   *
   * @throws IllegalArgumentException if the container is missing, or the item is no object with an
   *     id
   */
  public void put(String database, String container, JsonNode item) {
    if (!item.isObject() || !item.path("id").isTextual()) {
      throw new IllegalArgumentException("an item is an object with an id");
    }
    synchronized (account) {
      Container target = container(database, container);
      target.put(target.keyDefinition().of(item), item.path("id").textValue(), item);
    }
  }

  /** The item with this id, of whichever partition key; empty if there is none. */
  public Optional<JsonNode> find(String database, String container, String id) {
    synchronized (account) {
      Container target = container(database, container);
      target.expire();
      return target.partitions().stream()
          .flatMap(partition -> partition.items().stream())
          .filter(item -> item.id().equals(id))
          .<JsonNode>map(Item::content)
          .findFirst();
    }
  }

  /**
   * Splits each partition of a container in two. Requests that name the old ones are answered
   * {@code 410} with sub-status 1002.
   */
  public void split(String database, String container) {
    synchronized (account) {
      container(database, container).split();
    }
  }

  /** Registers what runs for a stored procedure, and defines it in the container. */
  public void register(String database, String container, String id, StoredProcedure procedure) {
    synchronized (account) {
      Container target = container(database, container);
      target.scripts().register(target, id, procedure);
    }
  }

  /**
   * Registers what runs for a trigger, before a write that names it, and defines it in the
   * container.
   */
  public void registerPreTrigger(String database, String container, String id, Trigger trigger) {
    register(database, container, Triggers.Type.PRE, id, trigger);
  }

  /** The same of one that runs after the write. */
  public void registerPostTrigger(String database, String container, String id, Trigger trigger) {
    register(database, container, Triggers.Type.POST, id, trigger);
  }

  private void register(
      String database, String container, Triggers.Type type, String id, Trigger trigger) {
    synchronized (account) {
      Container target = container(database, container);
      target.scripts().triggers().register(target, type, id, trigger);
    }
  }

  /**
   * From now on what operations on a container cost in a second is bounded by its throughput: as it
   * was asked for when it was made, 400 by default, and as its offer is replaced. Each physical
   * partition has an equal share of it. What is beyond is answered {@code 429} with sub-status
   * 3200. A container that shares the throughput of its database is held to all of that.
   */
  public void enforceThroughput(String database, String container) {
    synchronized (account) {
      account.limit(container(database, container));
    }
  }

  /**
   * Adds a second region to read from. Its endpoint is this server too, as {@code 127.0.0.1}
   * instead of {@code localhost}; writes that come there are refused. Until {@link #reset}.
   *
   * @throws IllegalArgumentException if it is {@link #FIRST_REGION}
   */
  public void addRegion(String name) {
    regions.add(name);
  }

  /**
   * Makes the region that was read from the one that is written to, and the other way round. SDKs
   * learn it from the account document, once a write was refused.
   *
   * @throws IllegalArgumentException if there is one region only
   */
  public void failOver() {
    regions.failOver();
  }

  /**
   * Answers {@code 503} to all that comes to a region's endpoint, or no longer.
   *
   * @throws IllegalArgumentException if there is no such region
   */
  public void interruptRegion(String name, boolean interrupted) {
    regions.interrupt(name, interrupted);
  }

  /** The endpoint of a region, whether or not there is one of that name. */
  public URI endpoint(String region) {
    return Regions.endpoint(region, endpoint());
  }

  /** The RID of a database. */
  public String rid(String database) {
    synchronized (account) {
      return database(database).rid();
    }
  }

  /** The RID of a container. */
  public String rid(String database, String container) {
    synchronized (account) {
      return container(database, container).rid();
    }
  }

  private Container container(String database, String id) {
    return database(database)
        .container(id)
        .orElseThrow(() -> new IllegalArgumentException("no container " + id));
  }

  private Database database(String id) {
    return account
        .database(id)
        .orElseThrow(() -> new IllegalArgumentException("no database " + id));
  }

  /**
   * Empties the account and the record of requests, and counts RIDs, etags and LSNs from the start:
   * the same calls get the same answers again but for dates and activity ids. Keys and roles are
   * those of the start again; no fault is armed, and no effect on record. Session tokens from
   * before are still taken, for clients that outlive this.
   */
  public void reset() {
    synchronized (account) {
      account.clear();
      access.reset();
    }
    regions.reset();
    received.clear();
    faults.clear();
    effects.clear();
    requests.clear();
  }

  /** The latest requests, oldest first, refused ones included; at most 1000. */
  public List<ReceivedRequest> received() {
    return received.all();
  }

  /** Stops listening and closes the connections. */
  public Future<Void> close() {
    return server.close();
  }
}
