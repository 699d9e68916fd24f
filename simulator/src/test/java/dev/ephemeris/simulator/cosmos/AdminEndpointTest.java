package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminEndpointTest {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static RunningSimulator running;
  private static RawClient client;
  private static Vertx vertx;
  private static AdminEndpoint admin;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    client = new RawClient(running);
    vertx = Vertx.vertx();
    admin = AdminEndpoint.open(vertx, running.simulator, 0).await();
  }

  @AfterAll
  static void stop() {
    admin.close().await();
    vertx.close().await();
    running.close();
    HTTP.close();
  }

  @BeforeEach
  void empty() {
    running.resetWithContainer();
  }

  private static HttpResponse<String> send(String method, String path, String body)
      throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(admin.uri() + path))
            .header("content-type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> response) {
    return RunningSimulator.json(response.body());
  }

  private static int statusOfAnAccountRead() throws Exception {
    return client.request("GET", "/").signed("", "").send().status();
  }

  @Test
  void listensOnLoopback() {
    assertThat(admin.uri().getHost()).isEqualTo("127.0.0.1");
  }

  @Test
  void armsShowsAndDisarmsFaults() throws Exception {
    HttpResponse<String> armed =
        send("POST", "/faults", "{'times': 2, 'refuse': {'status': 503, 'subStatus': 7}}");

    assertThat(armed.statusCode()).isEqualTo(201);
    assertThat(statusOfAnAccountRead()).isEqualTo(503);
    assertThat(json(send("GET", "/faults", "")).path(0).path("times").intValue()).isEqualTo(1);
    assertThat(send("DELETE", "/faults", "").statusCode()).isEqualTo(204);
    assertThat(json(send("GET", "/faults", ""))).isEmpty();
    assertThat(statusOfAnAccountRead()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "{'refuse': 'throttled'}    | {'method': '*', 'path': '.*', 'refuse': {'status': 429,"
            + " 'subStatus': 3200, 'message': 'The request rate is too large. Please retry after"
            + " sometime. Learn more: http://aka.ms/cosmosdb-error-429', 'retryAfterMs': 100}}",
        "{'refuse': 'staleSession', 'times': 3} | {'method': '*', 'path': '.*', 'times': 3,"
            + " 'refuse': {'status': 404, 'subStatus': 1002, 'message': 'The read session is not"
            + " available for the input session token. Learn more:"
            + " https://aka.ms/cosmosdb-tshoot404'}}",
        "{'refuse': {'status': 449, 'retryAfterMs': 5, 'message': 'm'}} | {'method': '*', 'path':"
            + " '.*', 'refuse': {'status': 449, 'subStatus': 0, 'message': 'm', 'retryAfterMs':"
            + " 5}}",
        "{'method': 'PUT', 'path': '/dbs/x', 'delayMs': 20} | {'method': 'PUT', 'path': '/dbs/x',"
            + " 'delayMs': 20}",
        "{'cut': 'beforeEffect'}    | {'method': '*', 'path': '.*', 'cut': 'beforeEffect'}",
        "{'cut': 'beforeAnswer'}    | {'method': '*', 'path': '.*', 'cut': 'beforeAnswer'}",
        "{'cut': 'beforeBody'}      | {'method': '*', 'path': '.*', 'cut': 'beforeBody'}",
        "{'cut': 'inBody'}          | {'method': '*', 'path': '.*', 'cut': 'inBody'}",
        "{'cut': 'truncated'}       | {'method': '*', 'path': '.*', 'cut': 'truncated'}",
      })
  void knowsEveryFault(String sent, String shown) throws Exception {
    send("POST", "/faults", sent);

    assertThat(json(send("GET", "/faults", "")).path(0)).isEqualTo(RunningSimulator.json(shown));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "[]",
        "{}",
        "{'cut': 'later'}",
        "{'refuse': 'everything'}",
        "{'refuse': {'status': 200}}",
        "{'refuse': {'status': '503'}}",
        "{'refuse': {'status': 503, 'reason': 'none'}}",
        "{'refuse': 'throttled', 'delayMs': 3}",
        "{'delayMs': 0}",
        "{'delayMs': 5, 'times': 0}",
        "{'delayMs': 5, 'count': 1}",
        "{'delayMs': 5, 'path': '('}"
      })
  void refusesWhatItDoesntUnderstand(String body) throws Exception {
    HttpResponse<String> refused = send("POST", "/faults", body);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).path("message").textValue()).isNotBlank();
    assertThat(running.simulator.faults().armed()).isEmpty();
  }

  @Test
  void takesNothingFromAPageOfABrowser() throws Exception {
    HttpResponse<String> refused =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(admin.uri() + "/faults"))
                .header("content-type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{\"delayMs\":5}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(refused.statusCode()).isEqualTo(415);
    assertThat(running.simulator.faults().armed()).isEmpty();
  }

  @Test
  void showsEffects() throws Exception {
    client.request("DELETE", "/dbs/shop").signed("dbs", "dbs/shop").send();

    JsonNode effect = json(send("GET", "/effects", "")).path(0);

    assertThat(effect.path("order").intValue()).isEqualTo(1);
    assertThat(effect.path("operation").textValue()).isEqualTo("DELETE_DATABASE");
    assertThat(effect.path("resource").textValue()).isEqualTo("dbs/shop");
    assertThat(effect.path("statusCode").intValue()).isEqualTo(204);
    assertThat(effect.path("activityId").textValue()).hasSize(36);
  }

  @Test
  void hasNothingElse() throws Exception {
    assertThat(send("GET", "/", "").statusCode()).isEqualTo(404);
    assertThat(send("PUT", "/faults", "{}").statusCode()).isEqualTo(404);
  }
}
