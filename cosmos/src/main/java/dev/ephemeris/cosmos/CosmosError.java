package dev.ephemeris.cosmos;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;

/**
 * An error as a Cosmos SDK understands it: status, sub-status and a message that reaches the
 * developer. A message never holds a secret.
 *
 * <p>SDKs need a JSON body with a {@code Content-Length} on every status of 400 and above: without
 * one the JavaScript SDK crashes and .NET drops the message.
 *
 * @param subStatus the {@code x-ms-substatus}, 0 for none
 */
public record CosmosError(int statusCode, int subStatus, String message) implements Parsed {

  /** Access is denied: what native RBAC answers to a principal without the data action. */
  public static final int ACCESS_DENIED = 5301;

  /** The operation isn't available on this data plane at all, to anyone. */
  public static final int NOT_AVAILABLE = 5300;

  public static CosmosError badRequest(String message) {
    return new CosmosError(400, 0, message);
  }

  public static CosmosError unauthorized(String message) {
    return new CosmosError(401, 0, message);
  }

  public static CosmosError denied(String message) {
    return new CosmosError(403, ACCESS_DENIED, message);
  }

  public static CosmosError notAvailable(String message) {
    return new CosmosError(403, NOT_AVAILABLE, message);
  }

  public static CosmosError tooLarge(String message) {
    return new CosmosError(413, 0, message);
  }

  /** Too much at a time; when to come again goes into a header of its own. */
  public static CosmosError tooManyRequests(String message) {
    return new CosmosError(429, 0, message);
  }

  public static CosmosError unavailable(String message) {
    return new CosmosError(503, 0, message);
  }

  /** The status's reason without spaces, as Cosmos puts it in {@code code}. */
  public String code() {
    return switch (statusCode) {
      case 400 -> "BadRequest";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "NotFound";
      case 405 -> "MethodNotAllowed";
      case 408 -> "RequestTimeout";
      case 409 -> "Conflict";
      case 410 -> "Gone";
      case 412 -> "PreconditionFailed";
      case 413 -> "RequestEntityTooLarge";
      case 429 -> "TooManyRequests";
      case 449 -> "RetryWith";
      case 503 -> "ServiceUnavailable";
      default -> "InternalServerError";
    };
  }

  /** The JSON body, UTF-8, with the activity id at the end of the message as the service does. */
  public byte[] body(String activityId) {
    StringBuilder json = new StringBuilder(96 + message.length());
    json.append("{\"code\":\"").append(code()).append("\",\"message\":\"");
    JsonStringEncoder.getInstance().quoteAsString(message, json);
    json.append("\\r\\nActivityId: ");
    JsonStringEncoder.getInstance().quoteAsString(activityId, json);
    return json.append("\"}").toString().getBytes(StandardCharsets.UTF_8);
  }
}
