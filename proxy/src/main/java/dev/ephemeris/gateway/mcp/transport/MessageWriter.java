package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes messages to clients. Errors with JSON-RPC's own codes are the SDK's, which fills them with
 * what the request had and with exceptions' messages: they say what is always true of their code.
 * What handlers want to say they say with other codes. Thread-safe.
 */
final class MessageWriter {

  private static final int TOO_LONG = -32000;

  private final JsonMapper json = JsonMapper.builder().build();
  private final int most;

  /**
   * @param most how many bytes a message may have
   */
  MessageWriter(int most) {
    this.most = most;
  }

  /** The message as JSON on one line, or nothing if it is too long. */
  Optional<Buffer> write(JSONRPCMessage message) {
    byte[] written =
        json.writeValueAsBytes(
            message instanceof JSONRPCResponse response ? safe(response) : message);
    return written.length > most ? Optional.empty() : Optional.of(Buffer.buffer(written));
  }

  /** What is answered in the place of an answer that is too long. */
  Buffer tooLong(Object id) {
    return Buffer.buffer(
        json.writeValueAsBytes(
            JSONRPCResponse.error(
                id,
                new JSONRPCResponse.JSONRPCError(
                    TOO_LONG, "The answer has more than " + most + " bytes: ask for less."))));
  }

  private static JSONRPCResponse safe(JSONRPCResponse response) {
    JSONRPCResponse.@Nullable JSONRPCError error = response.error();
    if (error == null) {
      return response;
    }
    return JSONRPCResponse.error(
        response.id(),
        switch (error.code()) {
          case ErrorCodes.METHOD_NOT_FOUND ->
              new JSONRPCResponse.JSONRPCError(error.code(), "There is no such method.");
          case ErrorCodes.INVALID_PARAMS ->
              new JSONRPCResponse.JSONRPCError(
                  error.code(), "The parameters aren't those of anything that there is.");
          case ErrorCodes.RESOURCE_NOT_FOUND ->
              new JSONRPCResponse.JSONRPCError(error.code(), "There is no such resource.");
          case ErrorCodes.INTERNAL_ERROR -> internal();
          default -> error;
        });
  }

  /** Of a request that nothing can be said about. */
  static JSONRPCResponse.JSONRPCError internal() {
    return new JSONRPCResponse.JSONRPCError(
        ErrorCodes.INTERNAL_ERROR, "The gateway failed on this request; its log says why.");
  }
}
