package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * One client's session, from its initialization to its end: what is in flight in it, and what its
 * streams have said. Thread-safe.
 */
final class McpSession {

  private static final Logger LOG = LoggerFactory.getLogger(McpSession.class);

  private static final String CANCELLED = "notifications/cancelled";

  private static final Pattern EVENT_ID = Pattern.compile("([1-9][0-9]{0,8})-([0-9]{1,17})");

  /** What the SDK wants of the transport, but for what belongs to one session. */
  record Shared(
      Vertx vertx, Limits limits, Timing timing, MessageReader reader, MessageWriter writer) {}

  private final Shared shared;
  private final McpStreamableServerSession sdk;
  private final String revision;
  private final Instant until;
  private final EventLog log;

  /** Requests in flight by their ids. Guarded by this, as all below. */
  private final Map<Object, Exchange> exchanges = new HashMap<>();

  private Instant lastUsed;
  private boolean ended;

  /**
   * @param revision of the protocol, as it was agreed on
   * @param until when it ends, whatever is in use
   */
  McpSession(
      Shared shared, McpStreamableServerSession sdk, String revision, Instant until, Instant now) {
    this.shared = shared;
    this.sdk = sdk;
    this.revision = revision;
    this.until = until;
    this.log = new EventLog(shared.limits().keptBytes());
    this.lastUsed = now;
  }

  McpStreamableServerSession sdk() {
    return sdk;
  }

  EventLog log() {
    return log;
  }

  Timing timing() {
    return shared.timing();
  }

  MessageReader reader() {
    return shared.reader();
  }

  MessageWriter writer() {
    return shared.writer();
  }

  boolean hasPolling() {
    return Revision.hasPolling(revision);
  }

  synchronized void use(Instant now) {
    lastUsed = now;
  }

  /**
   * Whether nobody needs it any more, or may. What is in use now is used, however long that takes.
   */
  synchronized boolean isOver(Instant now) {
    if (!now.isBefore(until)) {
      return true;
    }
    if (isInUse()) {
      lastUsed = now;
      return false;
    }
    return !now.isBefore(lastUsed.plus(shared.limits().idle()));
  }

  synchronized boolean isInUse() {
    return !exchanges.isEmpty() || log.connections() > 0;
  }

  synchronized Instant lastUsed() {
    return lastUsed;
  }

  /** A request: it answers on this response, unless it is refused. */
  Optional<Refusal> ask(
      Context context, HttpServerResponse response, JSONRPCRequest request, Caller caller) {
    Exchange exchange = new Exchange(shared.vertx(), context, response, this, request.id());
    synchronized (this) {
      if (ended) {
        return Optional.of(Refusal.unknownSession());
      }
      if (exchanges.size() >= shared.limits().streamsPerSession()) {
        return Optional.of(
            Refusal.tooMany("Too many requests of this session are in flight: wait for answers."));
      }
      Optional<Refusal> streams = tooManyStreams();
      if (streams.isPresent()) {
        return streams;
      }
      if (exchanges.putIfAbsent(request.id(), exchange) != null) {
        return Optional.of(Refusal.malformed("A request with this id is in flight already."));
      }
    }
    Map<String, Object> transportContext = new HashMap<>(caller.context());
    transportContext.put(Exchange.CONNECTION, exchange);
    exchange.begin(request, McpTransportContext.create(Map.copyOf(transportContext)));
    return Optional.empty();
  }

  /** A request is in flight no more. */
  synchronized void answered(Exchange exchange) {
    exchanges.remove(exchange.id(), exchange);
  }

  /** A notification. The SDK would write those that it doesn't know to its log. */
  void tell(JSONRPCNotification notification, Caller caller) {
    switch (notification.method()) {
      case CANCELLED -> {
        if (notification.params() instanceof Map<?, ?> params) {
          exchange(params.get("requestId")).ifPresent(Exchange::cancel);
        }
      }
      case McpSchema.METHOD_NOTIFICATION_INITIALIZED,
          McpSchema.METHOD_NOTIFICATION_ROOTS_LIST_CHANGED ->
          in(sdk.accept(notification), caller)
              .subscribe(nothing -> {}, failure -> failed(notification.method(), failure));
      default -> {}
    }
  }

  private synchronized Optional<Exchange> exchange(@Nullable Object id) {
    return Optional.ofNullable(exchanges.get(id));
  }

  /**
   * What a client answers to something that it was asked. A handler that asked goes on with it in
   * the context of its own request; who asked on no request's account, in this one.
   *
   * @return whether it was asked, and waited for
   */
  Future<Boolean> answer(Context context, JSONRPCResponse answer, Caller caller) {
    Promise<Boolean> accepted = Promise.promise();
    inFlight().stream()
        .filter(exchange -> exchange.hasAsked(answer.id()))
        .findFirst()
        .map(Exchange::context)
        .orElse(context)
        .runOnContext(
            now ->
                in(sdk.accept(answer), caller)
                    .subscribe(
                        nothing -> {},
                        unknown -> accepted.complete(false),
                        () -> accepted.complete(true)));
    return accepted.future();
  }

  private synchronized List<Exchange> inFlight() {
    return List.copyOf(exchanges.values());
  }

  /** Opens the stream on which the server says what no request is about. */
  Optional<Refusal> listen(Context context, HttpServerResponse response) {
    EventStream stream;
    synchronized (this) {
      if (ended) {
        return Optional.of(Refusal.unknownSession());
      }
      Optional<Refusal> streams = tooManyStreams();
      if (streams.isPresent()) {
        return streams;
      }
      stream = log.open();
    }
    connect(context, response, stream, 0);
    sdk.listeningStream(new Listening(context, this, stream));
    return Optional.empty();
  }

  /** Goes on with a stream behind an event, on this response. */
  Optional<Refusal> resume(Context context, HttpServerResponse response, String lastEventId) {
    Matcher id = EVENT_ID.matcher(lastEventId);
    if (!id.matches()) {
      return Optional.of(Refusal.malformed("Last-Event-ID isn't an id that was given out here."));
    }
    long event = Long.parseLong(id.group(2));
    EventStream stream;
    synchronized (this) {
      if (ended) {
        return Optional.of(Refusal.unknownSession());
      }
      Optional<EventStream> found = log.find(Integer.parseInt(id.group(1)), event);
      if (found.isEmpty()) {
        return Optional.of(
            Refusal.malformed("The stream of this Last-Event-ID is kept no more: ask again."));
      }
      Optional<Refusal> streams = tooManyStreams();
      if (streams.isPresent()) {
        return streams;
      }
      stream = found.get();
    }
    connect(context, response, stream, event);
    return Optional.empty();
  }

  private void connect(
      Context context, HttpServerResponse response, EventStream stream, long after) {
    new SseConnection(shared.vertx(), context, response, log, stream, after, shared.timing())
        .begin(hasPolling());
  }

  private Optional<Refusal> tooManyStreams() {
    return log.connections() >= shared.limits().streamsPerSession()
        ? Optional.of(Refusal.tooMany("Too many streams of this session are open: close some."))
        : Optional.empty();
  }

  /** Ends it, whatever is in flight. */
  void end() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    inFlight().forEach(Exchange::cancel);
    log.close();
    sdk.closeGracefully().subscribe(nothing -> {}, failure -> failed("end", failure));
  }

  private static Mono<Void> in(Mono<Void> handling, Caller caller) {
    return handling.contextWrite(
        reactor ->
            reactor.put(McpTransportContext.KEY, McpTransportContext.create(caller.context())));
  }

  private static void failed(String what, Throwable failure) {
    LOG.atWarn()
        .addKeyValue("failure", failure.getClass().getSimpleName())
        .log("MCP: {} failed", what);
  }
}
