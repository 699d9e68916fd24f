package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The stream that a client opens by GET, for what the server says on no request's account. It
 * outlives its connection; another that the client opens takes its place. Thread-safe.
 */
final class Listening implements McpStreamableServerTransport {

  private final Context context;
  private final McpSession session;
  private final EventStream stream;

  Listening(Context context, McpSession session, EventStream stream) {
    this.context = context;
    this.session = session;
    this.stream = stream;
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return sendMessage(message, null);
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message, @Nullable String ignored) {
    return Mono.create(
        sink -> {
          Optional<Buffer> json = session.writer().write(message);
          if (json.isEmpty()) {
            sink.error(new IllegalArgumentException("a message is too long to be sent"));
            return;
          }
          session
              .log()
              .append(stream, json.get(), false, () -> context.runOnContext(now -> sink.success()));
        });
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return session.reader().as(data, type);
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(this::close);
  }

  /** Another takes its place, or the session ends. */
  @Override
  public void close() {
    session.log().forget(stream);
  }
}
