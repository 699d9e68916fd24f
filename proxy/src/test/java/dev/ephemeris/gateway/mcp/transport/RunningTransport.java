package dev.ephemeris.gateway.mcp.transport;

import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.mcp.transport.Wire.Reply;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The transport with a server behind it, whose tools do what tests need; callers say who they are.
 */
final class RunningTransport implements AutoCloseable {

  static final String SECRET = "hunter2";

  final SettableClock clock = new SettableClock();

  /** When all callers may call no longer. */
  final Instant until = clock.instant().plus(Duration.ofDays(1));

  final Vertx vertx = Vertx.vertx();
  final McpTransport transport;
  final int port;
  private final McpAsyncServer server;

  /** What the tool {@code wait} waits for. */
  final CompletableFuture<String> gate = new CompletableFuture<>();

  /** How many notifications the tool {@code chatter} has got rid of. */
  final AtomicInteger sent = new AtomicInteger();

  /** Whether the tool {@code wait} was cancelled. */
  final CompletableFuture<Boolean> cancelled = new CompletableFuture<>();

  RunningTransport(Limits limits, Timing timing) throws Exception {
    Router router = Router.router(vertx);
    HttpServer http =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .await(20, TimeUnit.SECONDS);
    port = http.actualPort();
    transport =
        new McpTransport(
            vertx,
            new McpTransport.Settings(
                Set.of("localhost", "[::1]"), Set.of("https://console.example"), limits, timing),
            routing -> {
              String name = routing.request().getHeader("X-Caller");
              // ada and ada/2 are two of one person.
              return new Caller(name, name.split("/", 2)[0], until, Map.of("name", name));
            },
            clock);
    server =
        McpServer.async(transport)
            .serverInfo("test", "1")
            .capabilities(ServerCapabilities.builder().tools(true).build())
            .requestTimeout(Duration.ofSeconds(20))
            .tools(
                tool("who", (exchange, request) -> Mono.just(who(exchange))),
                tool("wait", this::await),
                tool("chatter", this::chatter),
                tool("long", (exchange, request) -> Mono.just("x".repeat(number(request, "size")))),
                tool("ask", this::ask),
                tool("away", this::away),
                tool("fail", (exchange, request) -> Mono.error(new IllegalStateException(SECRET))),
                tool(
                    "throw",
                    (exchange, request) -> {
                      throw new IllegalStateException(SECRET);
                    }))
            .build();
    router.route("/mcp").handler(transport);
    router.route("/read").handler(BodyHandler.create(false)).handler(transport);
    router
        .route("/later")
        .handler(
            routing -> {
              routing.request().pause();
              vertx.setTimer(50, later -> routing.next());
            })
        .handler(transport);
  }

  private static String who(McpAsyncServerExchange exchange) {
    return String.valueOf(exchange.transportContext().get("name"));
  }

  private Mono<String> await(McpAsyncServerExchange exchange, CallToolRequest request) {
    return Mono.fromFuture(gate, true).doOnCancel(() -> cancelled.complete(true));
  }

  private Mono<String> chatter(McpAsyncServerExchange exchange, CallToolRequest request) {
    String message = "x".repeat(number(request, "size"));
    return Flux.range(1, number(request, "count"))
        .concatMap(
            n ->
                exchange
                    .progressNotification(
                        ProgressNotification.builder("t", n).message(message).build())
                    .then(Mono.fromRunnable(sent::incrementAndGet)))
        .then(Mono.just("said all"));
  }

  /** Where it goes on when its client has answered: the same context as before, or another. */
  private Mono<String> ask(McpAsyncServerExchange exchange, CallToolRequest request) {
    Thread before = Thread.currentThread();
    Object context = Vertx.currentContext();
    return exchange
        .createElicitation(
            ElicitFormRequest.builder("?", Map.of("type", "object", "properties", Map.of()))
                .build())
        .map(
            answer ->
                answer.action()
                    + " "
                    + (before == Thread.currentThread()
                        && context != null
                        && context == Vertx.currentContext()));
  }

  private Mono<String> away(McpAsyncServerExchange exchange, CallToolRequest request) {
    AnswerConnection.of(exchange.transportContext()).orElseThrow().release(Duration.ofMillis(50));
    return await(exchange, request);
  }

  private static int number(CallToolRequest request, String name) {
    return ((Number) Objects.requireNonNull(request.arguments().get(name), name)).intValue();
  }

  private static AsyncToolSpecification tool(
      String name, BiFunction<McpAsyncServerExchange, CallToolRequest, Mono<String>> does) {
    return AsyncToolSpecification.builder()
        .tool(Tool.builder(name, Map.of("type", "object")).description(name).build())
        .callHandler(
            (exchange, request) ->
                does.apply(exchange, request)
                    .map(
                        text ->
                            CallToolResult.builder()
                                .addContent(TextContent.builder(text).build())
                                .isError(false)
                                .build()))
        .build();
  }

  // --- requests ----------------------------------------------------------------------------------

  /** What a test says of itself: headers beside the usual ones, or in the place of these. */
  static String head(String method, Map<String, String> headers, int length) {
    Map<String, String> all = new java.util.LinkedHashMap<>();
    all.put("Host", "localhost");
    all.put("X-Caller", "ada");
    all.put("Accept", "application/json, text/event-stream");
    if (method.equals("POST")) {
      all.put("Content-Type", "application/json");
    }
    all.put("Content-Length", Integer.toString(length));
    all.putAll(headers);
    StringBuilder head = new StringBuilder(method + " /mcp HTTP/1.1\r\n");
    all.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            head.append(name).append(": ").append(value).append("\r\n");
          }
        });
    return head.append("\r\n").toString();
  }

  Wire open(String method, Map<String, String> headers, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return Wire.open(port, head(method, headers, bytes.length), bytes);
  }

  Reply send(String method, Map<String, String> headers, String body) throws IOException {
    try (Wire wire = open(method, headers, body)) {
      return wire.reply();
    }
  }

  Reply post(Map<String, String> headers, String body) throws IOException {
    return send("POST", headers, body);
  }

  Reply initialize(String caller, String revision) throws IOException {
    return post(Map.of("X-Caller", caller), initialization(revision));
  }

  static String initialization(String revision) {
    return """
    {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"%s",\
    "capabilities":{"elicitation":{}},"clientInfo":{"name":"test","version":"1"}}}\
    """
        .formatted(revision);
  }

  /** Headers of a request in a session of this caller's that is new. */
  Map<String, String> session(String caller) throws IOException {
    return in(caller, initialize(caller, "2025-11-25").session());
  }

  static Map<String, String> in(String caller, String session) {
    return Map.of("X-Caller", caller, "Mcp-Session-Id", session);
  }

  static Map<String, String> with(Map<String, String> headers, String name, String value) {
    Map<String, String> more = new java.util.HashMap<>(headers);
    more.put(name, value);
    return more;
  }

  static String call(Object id, String tool, Object... arguments) {
    JsonObject given = new JsonObject();
    for (int i = 0; i < arguments.length; i += 2) {
      given.put((String) arguments[i], arguments[i + 1]);
    }
    return new JsonObject()
        .put("jsonrpc", "2.0")
        .put("id", id)
        .put("method", "tools/call")
        .put("params", new JsonObject().put("name", tool).put("arguments", given))
        .encode();
  }

  /** What a tool has said, of an answer to its call. */
  static @Nullable String text(JsonObject answer) {
    return answer.getJsonObject("result") == null
        ? null
        : answer.getJsonObject("result").getJsonArray("content").getJsonObject(0).getString("text");
  }

  @Override
  public void close() throws TimeoutException {
    server.close();
    vertx.close().await(20, TimeUnit.SECONDS);
  }
}
