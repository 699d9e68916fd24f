package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * A client's request, from when it came to its answer. An answer that comes soon, with nothing
 * before it, is sent alone, as JSON. Otherwise a stream is opened, and ends with it; that its
 * connection is lost doesn't end the request, as the client may come back.
 *
 * <p>Thread-safe: handlers send from wherever they are. They go on in the context of the request.
 */
final class Exchange implements McpStreamableServerTransport, AnswerConnection {

  /** What handlers find it by: see {@link AnswerConnection#of}. */
  static final String CONNECTION = "dev.ephemeris.mcp.connection";

  private final Vertx vertx;
  private final Context context;
  private final HttpServerResponse response;
  private final McpSession session;
  private final Object id;
  private final Asked asked = new Asked();
  private final Disposable.Swap handling = Disposables.swap();

  /** Whether the answer is given, or nobody wants one any more. Guarded by this, as all below. */
  private boolean over;

  private @Nullable EventStream stream;

  Exchange(
      Vertx vertx, Context context, HttpServerResponse response, McpSession session, Object id) {
    this.vertx = vertx;
    this.context = context;
    this.response = response;
    this.session = session;
    this.id = id;
  }

  Object id() {
    return id;
  }

  /** Has the request handled. To be called in its context, once. */
  void begin(JSONRPCRequest request, McpTransportContext transportContext) {
    long alone = vertx.setTimer(session.timing().alone().toMillis(), tick -> openStream());
    handling.update(
        session
            .sdk()
            .responseStream(this)
            .handle(request)
            .contextWrite(reactor -> reactor.put(McpTransportContext.KEY, transportContext))
            .doFinally(end -> vertx.cancelTimer(alone))
            // What answered has been sent by now: this is for what didn't.
            .subscribe(
                nothing -> {}, failure -> answer(Failures.of(id, failure)), this::answerNone));
  }

  private void answerNone() {
    answer(JSONRPCResponse.error(id, MessageWriter.internal()));
  }

  private void answer(JSONRPCResponse answer) {
    sendMessage(answer).subscribe();
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return sendMessage(message, null);
  }

  /**
   * @param ignored the SDK's own id for it; streams number their events
   */
  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message, @Nullable String ignored) {
    return Mono.create(
        sink -> {
          Optional<Buffer> json = session.writer().write(message);
          if (message instanceof JSONRPCResponse) {
            send(json.orElseGet(() -> session.writer().tooLong(id)), true, sink::success);
          } else if (json.isPresent()) {
            asked.note(message);
            send(json.get(), false, sink::success);
          } else {
            sink.error(new IllegalArgumentException("a message is too long to be sent"));
          }
        });
  }

  /**
   * @param last whether it is the answer
   * @param taken called in the request's context once there is room for more
   */
  private synchronized void send(Buffer json, boolean last, Runnable taken) {
    Runnable inContext = () -> context.runOnContext(now -> taken.run());
    if (over) {
      inContext.run();
      return;
    }
    if (last) {
      over = true;
      session.answered(this);
    }
    if (last && stream == null) {
      context.runOnContext(
          now -> {
            sendAlone(json);
            taken.run();
          });
      return;
    }
    session.log().append(opened(), json, last, inContext);
  }

  private void sendAlone(Buffer json) {
    if (!response.closed() && !response.ended()) {
      response
          .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
          .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
          .end(json);
    }
  }

  private synchronized void openStream() {
    if (!over) {
      opened();
    }
  }

  private EventStream opened() {
    EventStream open = stream;
    if (open == null) {
      open = session.log().open();
      stream = open;
      SseConnection connection =
          new SseConnection(vertx, context, response, session.log(), open, 0, session.timing());
      context.runOnContext(now -> connection.begin(session.hasPolling()));
    }
    return open;
  }

  @Override
  public synchronized void release(Duration retry) {
    if (over || !session.hasPolling()) {
      return;
    }
    EventStream open = opened();
    // After it has been connected, which happens there too.
    context.runOnContext(now -> session.log().pause(open, retry));
  }

  /** The client wants no answer any more (notifications/cancelled), or has no session any more. */
  void cancel() {
    synchronized (this) {
      if (!over) {
        over = true;
        session.log().complete(opened());
      }
    }
    session.answered(this);
    handling.dispose();
  }

  /** Whether the handler has asked the client this; it is answered now, and so asked no more. */
  boolean hasAsked(Object request) {
    return asked.remove(request);
  }

  /** Where the handler goes on. */
  Context context() {
    return context;
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return session.reader().as(data, type);
  }

  /** The SDK has sent all: what was sent last ends the stream, or what is said when nothing was. */
  @Override
  public Mono<Void> closeGracefully() {
    return Mono.empty();
  }
}
