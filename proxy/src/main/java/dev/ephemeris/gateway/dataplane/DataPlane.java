package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.config.Account.Identifiers;
import dev.ephemeris.config.Region;
import dev.ephemeris.config.TrustedProxies;
import dev.ephemeris.config.TrustedProxies.ForwardedBy;
import dev.ephemeris.gateway.custody.AccountConnection;
import dev.ephemeris.gateway.custody.UpstreamCredential;
import dev.ephemeris.gateway.identity.BearerTokens;
import dev.ephemeris.gateway.identity.ClientAddress;
import dev.ephemeris.gateway.identity.FailedAttempts;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.RandomText;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.Pseudonyms;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.lease.Refusals;
import dev.ephemeris.gateway.metrics.RequestMetrics;
import dev.ephemeris.policy.Network;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener of the data plane: TLS, HTTP/1.1 and HTTP/2, and for each request the steps of this
 * package. It runs once on each event loop, with upstream connections of its own.
 */
public final class DataPlane {

  private static final Logger LOG = LoggerFactory.getLogger(DataPlane.class);

  /** The longest id, percent-encoded, and the rest of a path. */
  private static final int MAX_REQUEST_LINE = 8 * 1024;

  /** A token of 16 KiB and a continuation of as much. */
  private static final int MAX_HEADERS = 48 * 1024;

  /** What one HTTP/2 connection may ask for at a time. Floods of resets Vert.x itself ends. */
  private static final int STREAMS = 100;

  /** Twice what Cosmos DB answers at most. */
  private static final int ANSWER_LIMIT = 8 * 1024 * 1024;

  private static final int UPSTREAM_CONNECTIONS = 256;

  /** The gateway itself says for whom it asks. */
  private static final TrustedProxies FROM_WITHIN =
      new TrustedProxies(List.of(Network.parse(InnerClient.LOOPBACK)), ForwardedBy.X_FORWARDED_FOR);

  /** To Vert.x a negative port is any port, and the same one for all listeners that name it. */
  private static final AtomicInteger ANY_PORT = new AtomicInteger(-1);

  /**
   * One account behind the gateway.
   *
   * @param credential what the gateway is let in with
   * @param regions those that clients may choose between
   * @param identifiers what the journal has of keys and ids of its items
   * @param comes whether it isn't there for good: what the gateway's own name stands for doesn't
   *     change with it
   */
  public record Account(
      String name,
      URI endpoint,
      UpstreamCredential credential,
      Optional<Path> caCertificate,
      List<Region> regions,
      Identifiers identifiers,
      boolean comes) {}

  /**
   * How the data plane listens, and for what.
   *
   * @param hostNames what the gateway is called, without port
   * @param bodyLimit the longest request body that is let through, in bytes
   * @param accounts those at first
   * @param proxyProtocol whether connections begin with a word of the PROXY protocol
   * @param trustedProxies whose word counts on where a request comes from
   */
  public record Settings(
      String host,
      int port,
      Path certificate,
      Path privateKey,
      List<String> hostNames,
      int bodyLimit,
      List<Account> accounts,
      boolean proxyProtocol,
      Optional<TrustedProxies> trustedProxies) {}

  private final Vertx vertx;
  private final Settings settings;
  private final Grants grants;
  private final BearerTokens tokens;
  private final Leases leases;
  private final Journal journal;
  private final Pseudonyms pseudonyms;
  private final RequestMetrics metrics;
  private final InstantSource clock;
  private final UnaryOperator<List<Step>> chain;
  private final Budgets budgets = new Budgets();
  private final FailedAttempts failures;
  private final ClientAddress from;
  private final AtomicInteger port = new AtomicInteger();
  private final AtomicInteger innerPort = new AtomicInteger();
  private final int listenOn;
  private final int innerListensOn = ANY_PORT.getAndDecrement();
  private final String innerSecret = RandomText.make();
  private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();

  /** Those of now, for listeners that are about to start. */
  private volatile List<Account> accounts;

  /**
   * @param pseudonyms for the journal, of accounts whose identifiers it has hashed
   */
  public DataPlane(
      Vertx vertx,
      Settings settings,
      Grants grants,
      BearerTokens tokens,
      Leases leases,
      Journal journal,
      Pseudonyms pseudonyms,
      RequestMetrics metrics,
      InstantSource clock) {
    this(
        vertx,
        settings,
        grants,
        tokens,
        leases,
        journal,
        pseudonyms,
        metrics,
        clock,
        UnaryOperator.identity());
  }

  /** For tests, which show that something gets through when its step is left out. */
  DataPlane(
      Vertx vertx,
      Settings settings,
      Grants grants,
      BearerTokens tokens,
      Leases leases,
      Journal journal,
      Pseudonyms pseudonyms,
      RequestMetrics metrics,
      InstantSource clock,
      UnaryOperator<List<Step>> chain) {
    this.vertx = vertx;
    this.settings = settings;
    this.grants = grants;
    this.tokens = tokens;
    this.leases = leases;
    this.journal = journal;
    this.pseudonyms = pseudonyms;
    this.metrics = metrics;
    this.clock = clock;
    this.chain = chain;
    this.failures = new FailedAttempts(clock);
    this.from = new ClientAddress(settings.trustedProxies());
    this.listenOn = settings.port() == 0 ? ANY_PORT.getAndDecrement() : settings.port();
    this.accounts = settings.accounts();
  }

  /** Listens; the port is known when the future completes. It stops when Vert.x is closed. */
  public Future<DataPlane> start() {
    return vertx
        .deployVerticle(
            Listener::new,
            new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors()))
        .map(this);
  }

  public int port() {
    return port.get();
  }

  /** What asks from within the gateway. */
  public InnerClient inner() {
    return new InnerClient(vertx, settings, this::innerPort, innerSecret, clock);
  }

  int innerPort() {
    return innerPort.get();
  }

  /**
   * Has these accounts behind the gateway, and no others: those of whose requests the future is
   * completed before. What is under way to one that goes is answered still. For one caller at a
   * time.
   */
  public Future<Void> become(List<Account> next) {
    accounts = List.copyOf(next);
    return Future.all(listeners.stream().map(Listener::become).toList()).mapEmpty();
  }

  /** The steps in their order. */
  private List<Step> steps(Upstreams upstreams) {
    Refusals refusals = new Refusals(leases.secrets().refusals(), clock);
    Access access = new Access(grants, refusals, journal, clock);
    Continue continuations =
        new Continue(leases.secrets().continuations(), leases.secrets().hiddenContinuations());
    return List.of(
        new Parse(),
        new Authenticate(tokens, leases, grants, upstreams, failures, journal, clock),
        new Resolve(),
        new Decide(access),
        new Reach(),
        new Confine(access),
        new Guard(settings.bodyLimit()),
        continuations,
        new DecideBatch(access),
        new WithinBudget(budgets, access),
        new RecordIntent(access, journal, pseudonyms, clock),
        new Forward(),
        new Withhold(ANSWER_LIMIT),
        new Rewrite(new Listing(access), continuations));
  }

  /** One event loop's listener. */
  private final class Listener extends VerticleBase {

    /** Connections on which nothing more is read: what follows a body that wasn't is no request. */
    private final Set<HttpConnection> closing = new HashSet<>();

    private final Upstreams upstreams =
        new Upstreams(
            settings.hostNames(), account -> new Upstream(account, client(account), clock));

    @Override
    public Future<?> start() {
      listeners.add(this);
      upstreams.become(accounts);
      Chain steps =
          new Chain(chain.apply(steps(upstreams)), new RecordOutcome(journal, metrics, clock));
      return vertx
          .createHttpServer(options())
          .requestHandler(request -> handle(steps, request, from))
          .exceptionHandler(
              e -> LOG.atDebug().addKeyValue("reason", e.getMessage()).log("connection failed"))
          .listen(listenOn, settings.host())
          .onSuccess((HttpServer server) -> port.set(server.actualPort()))
          .compose(listening -> startInner(steps));
    }

    /** For {@link InnerClient} alone. */
    private Future<?> startInner(Chain steps) {
      ClientAddress onBehalf = new ClientAddress(Optional.of(FROM_WITHIN));
      return vertx
          .createHttpServer(options().setUseProxyProtocol(false).setUseAlpn(false))
          .requestHandler(
              request -> {
                if (isFromWithin(request)) {
                  handle(steps, request, onBehalf);
                } else {
                  request.connection().close();
                }
              })
          .listen(innerListensOn, InnerClient.LOOPBACK)
          .onSuccess((HttpServer server) -> innerPort.set(server.actualPort()));
    }

    private boolean isFromWithin(HttpServerRequest request) {
      String shown = request.getHeader(InnerClient.SECRET);
      return shown != null
          && MessageDigest.isEqual(
              shown.getBytes(StandardCharsets.UTF_8), innerSecret.getBytes(StandardCharsets.UTF_8));
    }

    /** Has the accounts of now behind it. From any thread. */
    Future<Void> become() {
      Promise<Void> done = Promise.promise();
      context.runOnContext(
          here -> {
            try {
              upstreams.become(accounts);
              done.complete();
            } catch (RuntimeException e) {
              done.fail(e);
            }
          });
      return done.future();
    }

    private void handle(Chain steps, HttpServerRequest request, ClientAddress where) {
      if (!closing.isEmpty() && closing.contains(request.connection())) {
        return;
      }
      if (RequestBody.isAnnounced(request)) {
        request.pause();
      }
      steps.run(new Exchange(request, where, this::close));
    }

    private void close(HttpConnection connection) {
      if (closing.add(connection)) {
        connection.closeHandler(closed -> closing.remove(connection));
      }
    }

    private HttpClient client(Account account) {
      return vertx.createHttpClient(
          AccountConnection.options(account.caCertificate()),
          new PoolOptions().setHttp1MaxSize(UPSTREAM_CONNECTIONS));
    }
  }

  private HttpServerOptions options() {
    return new HttpServerOptions()
        .setSsl(true)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(settings.certificate().toString())
                .setKeyPath(settings.privateKey().toString()))
        .setUseProxyProtocol(settings.proxyProtocol())
        .setUseAlpn(true)
        .setInitialSettings(
            new Http2Settings().setMaxConcurrentStreams(STREAMS).setMaxHeaderListSize(MAX_HEADERS))
        .setIdleTimeout(180)
        .setMaxInitialLineLength(MAX_REQUEST_LINE)
        .setMaxHeaderSize(MAX_HEADERS)
        .setDecompressionSupported(false)
        .setCompressionSupported(false);
  }
}
