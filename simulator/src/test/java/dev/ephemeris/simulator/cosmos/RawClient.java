package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.cosmos.HttpDate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Sends what no SDK would. */
final class RawClient {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http;
  private final URI endpoint;

  RawClient(RunningSimulator running) throws IOException, GeneralSecurityException {
    this.http = HttpClient.newBuilder().sslContext(running.certificate.clientTls()).build();
    this.endpoint = running.simulator.endpoint();
  }

  Request request(String method, String target) {
    return new Request(method, target);
  }

  /** A request in the making. */
  final class Request {

    private final String method;
    private final String target;
    private final List<String> headers = new ArrayList<>();
    private String body = "";
    private URI at = endpoint;

    private Request(String method, String target) {
      this.method = method;
      this.target = target;
    }

    Request header(String name, String value) {
      headers.add(name);
      headers.add(value);
      return this;
    }

    /** Sent to another endpoint than the first. */
    Request at(URI other) {
      at = other;
      return this;
    }

    Request body(String json) {
      body = json.replace('\'', '"');
      return this;
    }

    /** Signed now, for what the signer takes the path for. */
    Request signed(String type, String link) {
      return signed(type, link, Instant.now());
    }

    Request signed(String type, String link, Instant date) {
      return header("x-ms-date", HttpDate.format(date))
          .header("authorization", RunningSimulator.sign(method, type, link, date));
    }

    Reply send() throws IOException, InterruptedException {
      HttpRequest.BodyPublisher publisher =
          body.isEmpty()
              ? HttpRequest.BodyPublishers.noBody()
              : HttpRequest.BodyPublishers.ofString(body);
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(at + target.substring(1))).method(method, publisher);
      if (!headers.isEmpty()) {
        request.headers(headers.toArray(String[]::new));
      }
      return new Reply(http.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    }
  }

  /** What came back. */
  record Reply(HttpResponse<String> response) {

    int status() {
      return response.statusCode();
    }

    JsonNode json() {
      try {
        return JSON.readTree(response.body());
      } catch (JsonProcessingException e) {
        throw new AssertionError("not JSON: " + response.body(), e);
      }
    }

    String message() {
      return json().path("message").textValue();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }
}
