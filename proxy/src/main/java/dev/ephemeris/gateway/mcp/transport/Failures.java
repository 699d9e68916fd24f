package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** What is answered when the SDK fails instead of answering. */
final class Failures {

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  static JSONRPCResponse of(Object id, Throwable failure) {
    // By this the SDK shows that it can't read parameters, whose values are in the message.
    if (failure instanceof IllegalArgumentException
        && failure.getCause() instanceof JacksonException) {
      return JSONRPCResponse.error(
          id, new JSONRPCResponse.JSONRPCError(ErrorCodes.INVALID_PARAMS, "Invalid parameters."));
    }
    log(failure);
    return JSONRPCResponse.error(id, MessageWriter.internal());
  }

  /** By its kind: its message may hold what the request had. */
  static void log(Throwable failure) {
    StackTraceElement[] stack = failure.getStackTrace();
    LOG.atError()
        .addKeyValue("failure", failure.getClass().getName())
        .addKeyValue("at", stack.length == 0 ? "" : stack[0])
        .log("an MCP request failed");
  }
}
