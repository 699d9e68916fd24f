package dev.ephemeris.gateway.custody;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import dev.ephemeris.config.ResourceId;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What Azure has logged of an account, asked by the account itself: whichever workspaces it is in,
 * and without a right to any of them. Calls block, for virtual threads. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/azure/azure-monitor/logs/api/request-format">Azure
 *     Monitor Log Analytics API</a>
 */
final class AzureLogs {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpPipeline pipeline;
  private final String endpoint;

  /**
   * @param endpoint without a slash at its end
   */
  AzureLogs(HttpPipeline pipeline, String endpoint) {
    this.pipeline = pipeline;
    this.endpoint = endpoint;
  }

  /** Azure doesn't tell; the message says what it said instead. */
  static final class LogsException extends Exception {
    LogsException(String message) {
      super(message);
    }
  }

  /** What a query gives: each row by the names of its columns, which are as the query has them. */
  List<Map<String, Object>> query(ResourceId account, String kql) throws LogsException {
    HttpRequest request =
        new HttpRequest(HttpMethod.POST, endpoint + "/v1" + account + "/query")
            .setHeader(HttpHeaderName.CONTENT_TYPE, "application/json")
            .setBody(new JsonObject().put("query", kql).encode());
    JsonObject answer = send(request);
    if (answer.containsKey("error")) {
      // Azure answers so with a part of the rows, of which nobody knows which are missing.
      throw new LogsException("Azure has only a part of the account's logs: " + message(answer));
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (JsonObject table : objects(answer, "tables")) {
      List<String> columns =
          objects(table, "columns").stream().map(column -> column.getString("name", "")).toList();
      for (Object each : table.getJsonArray("rows", new JsonArray())) {
        if (each instanceof JsonArray cells) {
          Map<String, Object> row = new TreeMap<>();
          for (int i = 0; i < Math.min(columns.size(), cells.size()); i++) {
            if (cells.getValue(i) != null) {
              row.put(columns.get(i), cells.getValue(i));
            }
          }
          rows.add(row);
        }
      }
    }
    return rows;
  }

  private JsonObject send(HttpRequest request) throws LogsException {
    try (HttpResponse response =
        pipeline.sendSync(request, new Context("azure-response-timeout", PATIENCE))) {
      JsonObject body = json(response.getBodyAsBinaryData().toString());
      if (response.getStatusCode() != 200) {
        throw new LogsException(
            "Azure answered "
                + response.getStatusCode()
                + " when it was asked for the account's logs: "
                + message(body));
      }
      return body;
    } catch (RuntimeException e) {
      throw new LogsException("Azure can't be asked for the account's logs: " + Rotations.why(e));
    }
  }

  private static JsonObject json(String body) {
    try {
      return new JsonObject(body);
    } catch (DecodeException notJson) {
      return new JsonObject();
    }
  }

  private static String message(JsonObject body) {
    String message = body.getJsonObject("error", new JsonObject()).getString("message", "");
    return message.lines().findFirst().orElse("it didn't say why");
  }

  private static List<JsonObject> objects(JsonObject of, String name) {
    return of.getJsonArray(name, new JsonArray()).stream()
        .filter(JsonObject.class::isInstance)
        .map(JsonObject.class::cast)
        .toList();
  }
}
