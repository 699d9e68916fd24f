package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The gateway's MCP server for a program on the same machine, over standard input and output. */
@Command(
    name = "mcp",
    description = {
      "Lets an AI client on this machine use the gateway's tools, over standard input and output.",
      "",
      "The client starts it. It acts for whoever is signed in here, as an agent: it may do what the"
          + " rules let agents do of what you may. Your own sign-in is exchanged for a token of the"
          + " agent's, and not kept. 'ephemeris sessions' shows it, and 'ephemeris logout' ends it."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the client has ended it",
      "2:wrong usage",
      "3:not signed in, or not any more",
      "4:the gateway can't be reached, or can't answer now"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris mcp",
      "  claude mcp add ephemeris -- ephemeris mcp",
    })
final class Mcp implements Callable<Integer> {

  /** JSON-RPC's own number for what a server can't do, whatever it is. */
  private static final int INTERNAL_ERROR = -32603;

  private static final int PARSE_ERROR = -32700;

  private static final int NO_SESSION = 404;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private final Connection connection;

  /** Of the protocol's session; empty before it begins. */
  private volatile Optional<String> session = Optional.empty();

  private volatile Optional<String> protocol = Optional.empty();

  /** By what the client has begun. */
  private volatile JsonNode beginning = Json.object();

  private final ReentrantLock again = new ReentrantLock();

  Mcp(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    Connection.Agent agent = connection.agent();
    spec.commandLine().getErr().println("ephemeris: agents' tools of " + agent.gateway());
    try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      String line;
      while ((line = in.readLine()) != null) {
        if (!line.isBlank()) {
          take(agent, line, requests);
        }
      }
      requests.shutdown();
      boolean unused = requests.awaitTermination(5, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new Failure(Failure.Kind.LOCAL, "Standard input can't be read.");
    }
    agent.tokens().revoke();
    return 0;
  }

  private void take(Connection.Agent agent, String line, ExecutorService requests) {
    JsonNode message = Json.parse(line.getBytes(StandardCharsets.UTF_8));
    if (!message.isObject()) {
      say(error(null, PARSE_ERROR, "expected one JSON object in a line"));
    } else if (message.has("id") && !isInitialize(message)) {
      var unused = requests.submit(() -> send(agent, message));
    } else {
      // What begins a session comes before all else, and notifications in their order.
      send(agent, message);
    }
  }

  private void send(Connection.Agent agent, JsonNode message) {
    try {
      if (isInitialize(message)) {
        beginning = message;
      }
      Optional<String> lost = session;
      HttpResponse<Stream<String>> response = authorized(agent, message);
      if (response.statusCode() == NO_SESSION && lost.isPresent() && !isInitialize(message)) {
        response.body().close();
        beginAgain(agent, lost);
        response = authorized(agent, message);
      }
      try (Stream<String> lines = response.body()) {
        answered(message, response, lines);
      }
    } catch (Failure failure) {
      if (message.has("id")) {
        say(notDone(message, String.valueOf(failure.getMessage())));
      }
      spec.commandLine().getErr().println("ephemeris: " + failure.getMessage());
    }
  }

  private HttpResponse<Stream<String>> authorized(Connection.Agent agent, JsonNode message)
      throws Failure {
    String token = agent.tokens().access();
    HttpResponse<Stream<String>> response = post(agent, message, token);
    if (response.statusCode() == 401) {
      response.body().close();
      return post(agent, message, agent.tokens().another(token));
    }
    return response;
  }

  /** The gateway has ended the session, as nobody used it: the client knows of none. */
  private void beginAgain(Connection.Agent agent, Optional<String> lost) throws Failure {
    again.lock();
    try {
      if (session.equals(lost)) {
        session = Optional.empty();
        HttpResponse<Stream<String>> begun = authorized(agent, beginning);
        begun.body().close();
        session = begun.headers().firstValue("mcp-session-id");
        authorized(
                agent,
                Json.object().put("jsonrpc", "2.0").put("method", "notifications/initialized"))
            .body()
            .close();
      }
    } finally {
      again.unlock();
    }
  }

  private static boolean isInitialize(JsonNode message) {
    return message.path("method").asText().equals("initialize");
  }

  private HttpResponse<Stream<String>> post(Connection.Agent agent, JsonNode message, String token)
      throws Failure {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(agent.gateway().resolve("/mcp"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(BodyPublishers.ofString(message.toString()));
    session.ifPresent(id -> request.header("Mcp-Session-Id", id));
    protocol.ifPresent(version -> request.header("Mcp-Protocol-Version", version));
    return agent.http().lines(request);
  }

  private void answered(
      JsonNode message, HttpResponse<Stream<String>> response, Stream<String> lines) {
    response.headers().firstValue("mcp-session-id").ifPresent(id -> session = Optional.of(id));
    boolean events =
        response
            .headers()
            .firstValue("content-type")
            .filter(type -> type.startsWith("text/event-stream"))
            .isPresent();
    if (events) {
      lines
          .filter(line -> line.startsWith("data:"))
          .map(line -> line.substring("data:".length()).strip())
          .filter(data -> !data.isEmpty())
          .forEach(data -> said(message, Json.parse(data.getBytes(StandardCharsets.UTF_8))));
      return;
    }
    String body = String.join("\n", lines.toList());
    if (!body.isBlank()) {
      said(message, Json.parse(body.getBytes(StandardCharsets.UTF_8)));
    } else if (response.statusCode() >= 400 && message.has("id")) {
      say(notDone(message, "The gateway answered " + response.statusCode()));
    }
  }

  private void said(JsonNode asked, JsonNode answer) {
    if (isInitialize(asked)) {
      JsonNode version = answer.path("result").path("protocolVersion");
      protocol = Optional.of(version.asText()).filter(text -> !text.isEmpty());
    }
    if (answer.isObject() && answer.has("jsonrpc")) {
      // What the gateway refuses before it has read whose answer that is.
      say(
          answer.has("error") && answer.path("id").isNull() && asked.has("id")
              ? ((ObjectNode) answer).set("id", asked.get("id"))
              : answer);
    } else if (asked.has("id")) {
      // A problem document, where something before the protocol refuses.
      say(notDone(asked, answer.path("detail").asText("The gateway's answer can't be read.")));
    }
  }

  /** Why nothing came of a request: a model sees of all answers only what its tools answer. */
  private static ObjectNode notDone(JsonNode request, String why) {
    if (!request.path("method").asText().equals("tools/call")) {
      return error(request.get("id"), INTERNAL_ERROR, why);
    }
    ObjectNode answer = Json.object().put("jsonrpc", "2.0");
    answer.set("id", request.get("id"));
    ObjectNode result = answer.putObject("result").put("isError", true);
    result.putArray("content").addObject().put("type", "text").put("text", why);
    return answer;
  }

  private static ObjectNode error(@Nullable JsonNode id, int code, String message) {
    ObjectNode error = Json.object().put("jsonrpc", "2.0");
    error.set("id", id);
    error.putObject("error").put("code", code).put("message", message);
    return error;
  }

  /** One message in one line, and nothing between. */
  private synchronized void say(JsonNode message) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(message);
    out.flush();
  }
}
