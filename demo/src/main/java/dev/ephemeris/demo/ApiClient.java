package dev.ephemeris.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Optional;

/** The gateway's API as one person uses it, by plain HTTP. */
final class ApiClient {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http;
  private final URI api;
  private final String token;

  ApiClient(HttpClient http, URI api, String token) {
    this.http = http;
    this.api = api;
    this.token = token;
  }

  /** What the API answered. */
  record Answer(int status, JsonNode body) {}

  /** A lease with its credential. */
  record Lease(String id, String token, JsonNode document) {}

  Answer me() throws IOException {
    return send("GET", "/v1/me", Optional.empty());
  }

  Answer explain(String action, String scope) throws IOException {
    return send(
        "POST",
        "/v1/explain",
        Optional.of(JSON.createObjectNode().put("action", action).put("scope", scope)));
  }

  Answer lease(String scope, String role, long ttlSeconds) throws IOException {
    return send(
        "POST",
        "/v1/leases",
        Optional.of(
            JSON.createObjectNode()
                .put("scope", scope)
                .put("role", role)
                .put("ttlSeconds", ttlSeconds)));
  }

  /** The same in the lane token, for as long as is usual there. */
  Answer resourceToken(String scope, String role) throws IOException {
    return send(
        "POST",
        "/v1/leases",
        Optional.of(
            JSON.createObjectNode().put("scope", scope).put("role", role).put("lane", "token")));
  }

  /** A lease that must be given. */
  Lease leased(String scope, String role, long ttlSeconds) throws IOException {
    return given(lease(scope, role, ttlSeconds));
  }

  Lease given(Answer answer) throws IOException {
    if (answer.status() != 201) {
      throw new IOException("The gateway gave no lease: " + answer.body());
    }
    return new Lease(
        answer.body().path("lease").path("id").asText(),
        answer.body().path("token").asText(),
        answer.body().path("lease"));
  }

  /** Asks others to agree to a lease. */
  Answer request(String scope, String role, String reason) throws IOException {
    return send(
        "POST",
        "/v1/access-requests",
        Optional.of(
            JSON.createObjectNode().put("scope", scope).put("role", role).put("reason", reason)));
  }

  Answer approve(String requestId, String comment) throws IOException {
    return send(
        "POST",
        "/v1/access-requests/" + requestId + "/approvals",
        Optional.of(JSON.createObjectNode().put("comment", comment)));
  }

  /** The lease that others have agreed to. */
  Answer pickUp(String requestId) throws IOException {
    return send("POST", "/v1/access-requests/" + requestId + "/leases", Optional.empty());
  }

  /** The credential of a lease that an agent got by acting for this person. */
  Answer handOver(String leaseId) throws IOException {
    return send("POST", "/v1/leases/" + leaseId + "/credential", Optional.empty());
  }

  /** The agents that act for this person. */
  Answer agents() throws IOException {
    return send("GET", "/v1/agents", Optional.empty());
  }

  Answer stop(String agent) throws IOException {
    return send("DELETE", "/v1/agents/" + agent, Optional.empty());
  }

  /** A token by which an agent acts for this person (RFC 8693), as “ephemeris mcp” gets one. */
  String agentToken() throws IOException {
    Answer answer =
        send(
            DeviceSignIn.form(
                api.resolve("/oauth/token"),
                Map.of(
                    "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange",
                    "client_id", "ephemeris-mcp",
                    "subject_token", token,
                    "subject_token_type", "urn:ietf:params:oauth:token-type:access_token",
                    "resource", api + "/mcp")));
    if (answer.status() != 200) {
      throw new IOException("The gateway gave no token for an agent: " + answer.body());
    }
    return answer.body().path("access_token").asText();
  }

  Answer revoke(String leaseId) throws IOException {
    return send("DELETE", "/v1/leases/" + leaseId, Optional.empty());
  }

  private Answer send(String method, String path, Optional<ObjectNode> body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(api.resolve(path))
            .header("authorization", "Bearer " + token)
            .method(
                method,
                body.map(json -> BodyPublishers.ofString(json.toString()))
                    .orElseGet(BodyPublishers::noBody));
    if (body.isPresent()) {
      request.header("content-type", "application/json");
    }
    return send(request);
  }

  private Answer send(HttpRequest.Builder request) throws IOException {
    try {
      var response = http.send(request.build(), BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
