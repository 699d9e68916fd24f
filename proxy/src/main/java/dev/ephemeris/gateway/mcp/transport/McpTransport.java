package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.HttpHeaders;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpSchema.InitializeResult;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The transport of an MCP server, as a handler of one path.
 *
 * <pre>{@code
 * McpTransport transport = new McpTransport(vertx, settings, callerOf, clock);
 * McpServer.async(transport).serverInfo("ephemeris", version).tools(…).build();
 * router.route("/mcp").handler(authentication).handler(transport);
 * }</pre>
 *
 * <p>It stands behind whatever authenticates. It reads bodies itself, up to its own limit: what
 * stands before it and takes its time pauses the request. Thread-safe.
 */
public final class McpTransport
    implements Handler<RoutingContext>, McpStreamableServerTransportProvider {

  private static final Logger LOG = LoggerFactory.getLogger(McpTransport.class);

  private static final Set<HttpMethod> METHODS =
      Set.of(HttpMethod.POST, HttpMethod.GET, HttpMethod.DELETE);

  private static final Duration LOOKED_AFTER = Duration.ofSeconds(30);

  private static final TypeRef<InitializeRequest> INITIALIZE = new TypeRef<>() {};

  /**
   * From where it may be used.
   *
   * @param hosts the names by which clients reach it, without ports; an IPv6 address in brackets
   * @param origins of the pages that may use it, as browsers spell them: {@code https://host:port}
   */
  public record Settings(Set<String> hosts, Set<String> origins, Limits limits, Timing timing) {

    public Settings {
      hosts = Set.copyOf(hosts);
      origins = Set.copyOf(origins);
    }
  }

  private final Vertx vertx;
  private final Function<RoutingContext, Caller> callerOf;
  private final InstantSource clock;
  private final Limits limits;
  private final Admission admission;
  private final MessageReader reader;
  private final McpSession.Shared shared;
  private final OpenSessions sessions;
  private final long lookingAfter;

  /** The SDK's server sets it, once, before it is used. */
  private volatile McpStreamableServerSession.@Nullable Factory factory;

  private volatile boolean closed;

  /**
   * @param callerOf whom an authenticated request is from; asked in its context, with each
   */
  public McpTransport(
      Vertx vertx,
      Settings settings,
      Function<RoutingContext, Caller> callerOf,
      InstantSource clock) {
    this.vertx = vertx;
    this.callerOf = callerOf;
    this.clock = clock;
    this.limits = settings.limits();
    this.admission = new Admission(settings.hosts(), settings.origins(), limits.bodyBytes());
    this.reader = new MessageReader(limits.bodyBytes());
    this.shared =
        new McpSession.Shared(
            vertx, limits, settings.timing(), reader, new MessageWriter(limits.keptBytes()));
    this.sessions = new OpenSessions(limits);
    Duration halfIdle = limits.idle().dividedBy(2);
    this.lookingAfter =
        vertx.setPeriodic(
            Math.max(
                1, (halfIdle.compareTo(LOOKED_AFTER) < 0 ? halfIdle : LOOKED_AFTER).toMillis()),
            tick -> endOver());
  }

  @Override
  public void handle(RoutingContext routing) {
    HttpServerRequest request = routing.request();
    HttpServerResponse response = routing.response();
    Optional<Refusal> refusal =
        closed
            ? Optional.of(Refusal.unavailable("The gateway is stopping: connect again."))
            : admission.source(request);
    if (refusal.isEmpty() && !METHODS.contains(request.method())) {
      refusal = Optional.of(Refusal.notAllowed());
    }
    if (refusal.isEmpty()) {
      refusal = admission.content(request);
    }
    if (refusal.isPresent()) {
      refusal.get().send(response);
      return;
    }
    Caller caller = callerOf.apply(routing);
    if (request.method().equals(HttpMethod.POST)) {
      Body.read(
          routing,
          limits.bodyBytes(),
          body -> {
            try {
              post(routing.request(), caller, body);
            } catch (RuntimeException failure) {
              // The router has let go of it by now.
              Failures.log(failure);
              Refusal.failed().send(response);
            }
          },
          () -> Refusal.tooLong(limits.bodyBytes()).send(response));
    } else {
      inSession(
          request,
          caller,
          session ->
              request.method().equals(HttpMethod.GET)
                  ? open(session, request)
                  : delete(caller, request));
    }
  }

  private void post(HttpServerRequest request, Caller caller, Buffer body) {
    switch (reader.read(body)) {
      case MessageReader.Outcome.Refused(Refusal refusal) -> refusal.send(request.response());
      case MessageReader.Outcome.Message(JSONRPCRequest asked)
          when asked.method().equals(McpSchema.METHOD_INITIALIZE) ->
          initialize(request, caller, asked);
      case MessageReader.Outcome.Message(JSONRPCMessage message) ->
          inSession(request, caller, session -> pass(session, request, caller, message));
    }
  }

  /** Has something done in the session that the request names, and sends why it isn't. */
  private void inSession(
      HttpServerRequest request, Caller caller, Function<McpSession, Optional<Refusal>> what) {
    String id = request.getHeader(HttpHeaders.MCP_SESSION_ID);
    Optional<Refusal> refusal;
    if (id == null) {
      refusal =
          Optional.of(
              Refusal.malformed("Mcp-Session-Id is missing: initialize a session, and name it."));
    } else {
      refusal =
          sessions
              .find(caller, id)
              .filter(session -> isAlive(session, caller, id))
              .map(what)
              .orElseGet(() -> Optional.of(Refusal.unknownSession()));
    }
    refusal.ifPresent(why -> why.send(request.response()));
  }

  private boolean isAlive(McpSession session, Caller caller, String id) {
    if (session.isOver(clock.instant())) {
      sessions.remove(caller, id).ifPresent(McpSession::end);
      return false;
    }
    session.use(clock.instant());
    return true;
  }

  private Optional<Refusal> pass(
      McpSession session, HttpServerRequest request, Caller caller, JSONRPCMessage message) {
    Context context = vertx.getOrCreateContext();
    HttpServerResponse response = request.response();
    switch (message) {
      case JSONRPCRequest asked -> {
        return session.ask(context, response, asked, caller);
      }
      case JSONRPCNotification told -> {
        session.tell(told, caller);
        response.setStatusCode(202).end();
      }
      case JSONRPCResponse answered ->
          session
              .answer(context, answered, caller)
              .onSuccess(
                  wasAsked ->
                      context.runOnContext(
                          now -> {
                            if (wasAsked) {
                              response.setStatusCode(202).end();
                            } else {
                              Refusal.malformed("Nothing was asked with this id, or not any more.")
                                  .send(response);
                            }
                          }));
      default -> throw new IllegalStateException("a message of no kind");
    }
    return Optional.empty();
  }

  private Optional<Refusal> open(McpSession session, HttpServerRequest request) {
    Context context = vertx.getOrCreateContext();
    String lastEventId = request.getHeader(HttpHeaders.LAST_EVENT_ID);
    return lastEventId == null
        ? session.listen(context, request.response())
        : session.resume(context, request.response(), lastEventId);
  }

  private Optional<Refusal> delete(Caller caller, HttpServerRequest request) {
    sessions
        .remove(caller, request.getHeader(HttpHeaders.MCP_SESSION_ID))
        .ifPresent(McpSession::end);
    request.response().setStatusCode(204).end();
    return Optional.empty();
  }

  private void initialize(HttpServerRequest request, Caller caller, JSONRPCRequest asked) {
    HttpServerResponse response = request.response();
    if (request.getHeader(HttpHeaders.MCP_SESSION_ID) != null) {
      Refusal.malformed("A session is initialized once: leave Mcp-Session-Id out for another.")
          .send(response);
      return;
    }
    Optional<InitializeRequest> wish = wish(asked);
    if (wish.isEmpty()) {
      Refusal.malformed("The parameters of initialize aren't as the protocol has them.")
          .send(response);
      return;
    }
    switch (sessions.reserve(caller)) {
      case OpenSessions.Place.None(Refusal refusal) -> refusal.send(response);
      case OpenSessions.Place.Free(Optional<McpSession> displaced) -> {
        displaced.ifPresent(McpSession::end);
        start(response, caller, asked.id(), wish.get());
      }
    }
  }

  /** A revision that isn't spoken here is none: the SDK writes what it doesn't know to its log. */
  private Optional<InitializeRequest> wish(JSONRPCRequest asked) {
    try {
      InitializeRequest wish = reader.as(asked.params(), INITIALIZE);
      return Optional.ofNullable(wish)
          .map(
              known ->
                  new InitializeRequest(
                      Revision.isKnown(known.protocolVersion())
                          ? known.protocolVersion()
                          : Revision.KNOWN.getLast(),
                      known.capabilities(),
                      known.clientInfo(),
                      known.meta()));
    } catch (IllegalArgumentException otherwise) {
      return Optional.empty();
    }
  }

  private void start(
      HttpServerResponse response, Caller caller, Object id, InitializeRequest wish) {
    Context context = vertx.getOrCreateContext();
    Consumer<Throwable> failed =
        failure -> {
          sessions.giveUp(caller);
          Failures.log(failure);
          context.runOnContext(now -> Refusal.failed().send(response));
        };
    try {
      McpStreamableServerSession.Factory starts = factory;
      if (starts == null) {
        throw new IllegalStateException("no MCP server is built on this transport");
      }
      McpStreamableServerSession.McpStreamableServerSessionInit started = starts.startSession(wish);
      started
          .initResult()
          .contextWrite(
              reactor ->
                  reactor.put(
                      McpTransportContext.KEY, McpTransportContext.create(caller.context())))
          .subscribe(
              result ->
                  context.runOnContext(
                      now -> keep(response, caller, id, started.session(), result)),
              failed);
    } catch (RuntimeException failure) {
      failed.accept(failure);
    }
  }

  private void keep(
      HttpServerResponse response,
      Caller caller,
      Object id,
      McpStreamableServerSession sdk,
      InitializeResult result) {
    Optional<Buffer> json = shared.writer().write(JSONRPCResponse.result(id, result));
    if (json.isEmpty()) {
      sessions.giveUp(caller);
      LOG.error("an MCP session can't be initialized: the server describes itself at length");
      Refusal.failed().send(response);
      return;
    }
    McpSession session =
        new McpSession(shared, sdk, result.protocolVersion(), caller.until(), clock.instant());
    Optional<String> sessionId = sessions.take(caller, session);
    if (sessionId.isEmpty()) {
      session.end();
      Refusal.unknownSession().send(response);
      return;
    }
    if (response.closed() || response.ended()) {
      sessions.remove(caller, sessionId.get()).ifPresent(McpSession::end);
      return;
    }
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader(HttpHeaders.MCP_SESSION_ID, sessionId.get())
        .end(json.get());
  }

  /** Ends all sessions of a caller, at once: whoever may not call any more isn't told any more. */
  public void endSessionsOf(String callerId) {
    sessions.removeAllOf(callerId).forEach(McpSession::end);
  }

  private void endOver() {
    sessions.removeOver(clock.instant()).forEach(McpSession::end);
  }

  private void endAll() {
    sessions.removeAll().forEach(McpSession::end);
  }

  @Override
  public List<String> protocolVersions() {
    return Revision.KNOWN;
  }

  @Override
  public void setSessionFactory(McpStreamableServerSession.Factory sessionFactory) {
    factory = sessionFactory;
  }

  @Override
  public Mono<Void> notifyClients(String method, @Nullable Object params) {
    return Flux.defer(() -> Flux.fromIterable(sessions.all()))
        .flatMap(session -> notify(session, method, params))
        .then();
  }

  /**
   * @param sessionId the SDK's own, by which clients don't know their sessions
   */
  @Override
  public Mono<Void> notifyClient(String sessionId, String method, @Nullable Object params) {
    return Flux.defer(() -> Flux.fromIterable(sessions.all()))
        .filter(session -> session.sdk().getId().equals(sessionId))
        .flatMap(session -> notify(session, method, params))
        .then();
  }

  /** Who has no stream open is told nothing: the protocol promises no notification. */
  private static Mono<Void> notify(McpSession session, String method, @Nullable Object params) {
    return session.sdk().sendNotification(method, params).onErrorComplete();
  }

  /** Ends all sessions, and begins none any more. */
  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(
        () -> {
          closed = true;
          vertx.cancelTimer(lookingAfter);
          endAll();
        });
  }
}
