package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads a body as one JSON-RPC message with one reading, or says why it isn't. Thread-safe. */
final class MessageReader {

  private static final int DEPTH = 64;
  private static final int NAME_LENGTH = 1024;
  private static final int NUMBER_LENGTH = 64;

  /**
   * Of a method's name and of a request's id: they are kept, and the SDK writes them to its log.
   */
  private static final int WORD_LENGTH = 128;

  /** What became of it. */
  sealed interface Outcome {
    record Message(JSONRPCMessage message) implements Outcome {}

    record Refused(Refusal refusal) implements Outcome {}
  }

  private final JsonMapper json;
  private final JacksonMcpJsonMapper sdk;

  MessageReader(int bodyBytes) {
    json =
        JsonMapper.builder(
                JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                        StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH)
                            .maxNameLength(NAME_LENGTH)
                            .maxNumberLength(NUMBER_LENGTH)
                            .maxStringLength(bodyBytes)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    sdk = new JacksonMcpJsonMapper(json);
  }

  Outcome read(Buffer body) {
    Object read;
    try {
      // RFC 8259 §8.1: it is UTF-8. The parser would guess.
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body.getBytes())).toString();
      read = json.readValue(text, Object.class);
    } catch (CharacterCodingException | JacksonException unreadable) {
      return new Outcome.Refused(Refusal.unreadable());
    }
    return switch (read) {
      case Map<?, ?> members -> message(members);
      case List<?> batch ->
          refused("Batches aren't taken: send each message in a request of its own.");
      case null, default -> refused("A message is a JSON object.");
    };
  }

  /** Whatever the SDK wants to have it as; fails where a member isn't what that has. */
  <T> T as(@Nullable Object value, TypeRef<T> type) {
    return sdk.convertValue(value, type);
  }

  private static Outcome message(Map<?, ?> members) {
    if (!"2.0".equals(members.get("jsonrpc"))) {
      return refused("A message has jsonrpc \"2.0\".");
    }
    boolean hasId = members.containsKey("id");
    Object id = members.get("id");
    if (hasId && !isId(id)) {
      return refused("An id is an integer, or a string of at most 128 printable characters.");
    }
    if (!members.containsKey("method")) {
      return response(members, id);
    }
    if (!(members.get("method") instanceof String method) || !isWord(method)) {
      return refused("A method is a string of at most 128 printable characters.");
    }
    if (members.containsKey("result") || members.containsKey("error")) {
      return refused("A message asks or answers, and not both.");
    }
    Object params = members.get("params");
    if (members.containsKey("params") && !(params instanceof Map)) {
      return refused("Parameters are a JSON object.");
    }
    return new Outcome.Message(
        hasId ? new JSONRPCRequest(method, id, params) : new JSONRPCNotification(method, params));
  }

  private static Outcome response(Map<?, ?> members, @Nullable Object id) {
    if (id == null || members.containsKey("result") == members.containsKey("error")) {
      return refused("A message has a method, or an id with a result or an error.");
    }
    if (members.get("result") instanceof Map<?, ?> result) {
      return new Outcome.Message(JSONRPCResponse.result(id, result));
    }
    return error(members.get("error"))
        .<Outcome>map(error -> new Outcome.Message(JSONRPCResponse.error(id, error)))
        .orElseGet(
            () -> refused("A result is a JSON object; an error is one with code and message."));
  }

  private static Optional<JSONRPCResponse.JSONRPCError> error(@Nullable Object error) {
    return error instanceof Map<?, ?> members
            && members.get("code") instanceof Integer code
            && members.get("message") instanceof String message
        ? Optional.of(new JSONRPCResponse.JSONRPCError(code, message, members.get("data")))
        : Optional.empty();
  }

  private static boolean isId(@Nullable Object id) {
    return id instanceof Integer
        || id instanceof Long
        || (id instanceof String text && isWord(text));
  }

  private static boolean isWord(String text) {
    return !text.isEmpty()
        && text.length() <= WORD_LENGTH
        && text.chars().allMatch(character -> character >= ' ' && character <= '~');
  }

  private static Outcome refused(String message) {
    return new Outcome.Refused(Refusal.malformed(message));
  }
}
