package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.common.McpTransportContext;
import java.time.Duration;
import java.util.Optional;

/**
 * The connection on which a request waits for its answer.
 *
 * <pre>{@code
 * AnswerConnection.of(exchange.transportContext())
 *     .ifPresent(connection -> connection.release(Duration.ofSeconds(20)));
 * }</pre>
 */
public interface AnswerConnection {

  /** That of the request which a handler handles; of a notification there is none. */
  static Optional<AnswerConnection> of(McpTransportContext context) {
    return context.get(Exchange.CONNECTION) instanceof AnswerConnection connection
        ? Optional.of(connection)
        : Optional.empty();
  }

  /**
   * Closes the connection, and has the client come back for the answer after a while. The request
   * goes on meanwhile. Does nothing with clients that don't know this (before revision 2025-11-25).
   * Thread-safe.
   */
  void release(Duration retry);
}
