package dev.ephemeris.gateway.sdk;

// snippet: java-lease-tokens
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/** The token of a lease, and of the next one before it ends. */
final class LeaseTokens {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http;
  private final URI api;
  private final Supplier<String> accessToken; // what signs the application in at the gateway's API
  private final String wanted; // {"scope": "…", "role": "…", "ttlSeconds": …}
  private final InstantSource clock;
  private String token = "";
  private Instant renewAt = Instant.MIN;

  LeaseTokens(
      HttpClient http, URI api, Supplier<String> accessToken, String wanted, InstantSource clock) {
    this.http = http;
    this.api = api;
    this.accessToken = accessToken;
    this.wanted = wanted;
    this.clock = clock;
  }

  synchronized String current() {
    if (!clock.instant().isBefore(renewAt)) {
      renew();
    }
    return token;
  }

  /** After a 401: the lease was ended before its time. */
  synchronized void renew() {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(api.resolve("/v1/leases"))
              .header("authorization", "Bearer " + accessToken.get())
              .header("content-type", "application/json")
              .POST(BodyPublishers.ofString(wanted))
              .build();
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      JsonNode body = JSON.readTree(answer.body());
      if (answer.statusCode() != 201) {
        throw new IOException("no lease: " + body.path("message").asText());
      }
      Instant begin = Instant.parse(body.at("/lease/issuedAt").asText());
      Instant end = Instant.parse(body.at("/lease/expiresAt").asText());
      token = body.path("token").asText();
      renewAt = clock.instant().plus(Duration.between(begin, end).multipliedBy(9).dividedBy(10));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
// end
