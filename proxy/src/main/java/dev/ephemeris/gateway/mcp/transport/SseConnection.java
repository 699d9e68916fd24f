package dev.ephemeris.gateway.mcp.transport;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;

/**
 * One response that carries a stream for a while. It sends what its stream's log has for it, as
 * fast as its reader reads and no faster. All it does it does in the context of its request.
 */
final class SseConnection implements EventLog.Reader {

  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final Context context;
  private final HttpServerResponse response;
  private final EventLog log;
  private final EventStream stream;
  private final Timing timing;

  /** What its client has seen: the number of an event. Like all below, the context's. */
  private long sent;

  private long heartbeat = NO_TIMER;
  private long impatience = NO_TIMER;
  private boolean over;

  /**
   * @param sent the event after which it goes on
   */
  SseConnection(
      Vertx vertx,
      Context context,
      HttpServerResponse response,
      EventLog log,
      EventStream stream,
      long sent,
      Timing timing) {
    this.vertx = vertx;
    this.context = context;
    this.response = response;
    this.log = log;
    this.stream = stream;
    this.sent = sent;
    this.timing = timing;
  }

  /**
   * Begins to answer. To be called in the request's context; a client that is gone by then is none.
   *
   * @param primed whether to begin with an event without a message, so that the client has an id to
   *     come back with
   */
  void begin(boolean primed) {
    if (response.closed() || response.ended()) {
      over = true;
      return;
    }
    response.closeHandler(gone -> lost());
    response.exceptionHandler(failure -> lost());
    response
        .setStatusCode(200)
        .setChunked(true)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        // Otherwise nginx gathers events until it has a buffer full of them.
        .putHeader("X-Accel-Buffering", "no");
    response.write(
        Buffer.buffer(
            primed
                ? "id: "
                    + stream.id(sent)
                    + "\nretry: "
                    + timing.retry().toMillis()
                    + "\ndata: \n\n"
                : ":\n\n"));
    heartbeat = vertx.setPeriodic(timing.heartbeat().toMillis(), tick -> beat());
    log.attach(stream, this);
  }

  @Override
  public void wake() {
    context.runOnContext(awake -> pump());
  }

  private void pump() {
    while (!over) {
      if (response.writeQueueFull()) {
        waitForReader();
        return;
      }
      switch (log.next(stream, this, sent)) {
        case EventLog.Next.Send(EventStream.Event event) -> {
          sent = event.number();
          response.write(event.frame());
        }
        case EventLog.Next.Pause(Duration retry) -> {
          response.write(Buffer.buffer("retry: " + retry.toMillis() + "\n\n"));
          end();
        }
        case EventLog.Next.Close close -> end();
        case EventLog.Next.BreakOff breakOff -> breakOff();
        case EventLog.Next.Wait wait -> {
          return;
        }
      }
    }
  }

  private void waitForReader() {
    if (impatience != NO_TIMER) {
      return;
    }
    impatience =
        vertx.setTimer(
            timing.patience().toMillis(),
            tooSlow -> {
              log.detach(stream, this);
              breakOff();
            });
    response.drainHandler(
        drained -> {
          vertx.cancelTimer(impatience);
          impatience = NO_TIMER;
          pump();
        });
  }

  private void beat() {
    if (!over && !response.writeQueueFull()) {
      response.write(Buffer.buffer(":\n\n"));
    }
  }

  private void lost() {
    stop();
    log.detach(stream, this);
  }

  private void end() {
    stop();
    response.end();
  }

  /** Without an end, so that the client doesn't take what it has for all. */
  private void breakOff() {
    stop();
    response.reset();
  }

  private void stop() {
    over = true;
    vertx.cancelTimer(heartbeat);
    vertx.cancelTimer(impatience);
  }
}
