package dev.ephemeris.gateway.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Signs a person in with a browser on this machine, which comes back to a port that only this
 * machine reaches (RFC 8252 §7.3).
 */
final class LoopbackSignIn {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final IssuerClient issuer;
  private final PrintWriter prompt;

  LoopbackSignIn(IssuerClient issuer, PrintWriter prompt) {
    this.issuer = issuer;
    this.prompt = prompt;
  }

  /** Opens the page in {@code browser}, and waits for it to come back. */
  Tokens complete(Surroundings.Browser browser) throws Failure {
    String state = random();
    String verifier = random();
    CompletableFuture<Map<String, String>> cameBack = new CompletableFuture<>();
    HttpServer server = listen(state, cameBack);
    try {
      String back = "http://127.0.0.1:" + server.getAddress().getPort() + "/callback";
      URI page = issuer.authorizationPage(back, state, verifier);
      prompt.println();
      prompt.println("  A browser opens. If it doesn't, open this in one on this machine:");
      prompt.println("  " + page);
      prompt.println();
      prompt.println("Waiting for you there, for " + Durations.format(PATIENCE) + " ...");
      prompt.flush();
      browser.open(page);
      return trade(await(cameBack), back, verifier);
    } finally {
      server.stop(0);
    }
  }

  private Tokens trade(Map<String, String> answer, String back, String verifier) throws Failure {
    // RFC 9207 section 2.4
    if (!issuer.name().equals(answer.get("iss"))) {
      throw new Failure(
          Failure.Kind.UNREACHABLE, "Somebody else than " + issuer.name() + " answered.");
    }
    if (answer.containsKey("error")) {
      String said = Text.printable(answer.getOrDefault("error", ""));
      throw new Failure(
          Failure.Kind.NOT_SIGNED_IN,
          said.equals("access_denied")
              ? "The sign-in was refused in the browser."
              : "The sign-in failed: " + said + ".");
    }
    return issuer.trade(answer.getOrDefault("code", ""), back, verifier);
  }

  private static Map<String, String> await(CompletableFuture<Map<String, String>> cameBack)
      throws Failure {
    try {
      return cameBack.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new Failure(
          Failure.Kind.NOT_SIGNED_IN,
          "Nobody came back from the browser. Start again: ephemeris login, or ephemeris login"
              + " --no-browser if it is on another machine");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Failure.Kind.LOCAL, "Interrupted.");
    }
  }

  /** Takes one request, the one that has our state: whatever else comes isn't an answer to us. */
  private static HttpServer listen(String state, CompletableFuture<Map<String, String>> cameBack)
      throws Failure {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 1);
      server.createContext(
          "/",
          exchange -> {
            Map<String, String> query = query(exchange.getRequestURI());
            boolean ours =
                exchange.getRequestURI().getPath().equals("/callback")
                    && MessageDigest.isEqual(
                        state.getBytes(StandardCharsets.UTF_8),
                        query.getOrDefault("state", "").getBytes(StandardCharsets.UTF_8));
            boolean first = ours && !cameBack.isDone();
            answer(exchange, first);
            if (first) {
              cameBack.complete(query);
            }
          });
      server.start();
      return server;
    } catch (IOException e) {
      throw new Failure(
          Failure.Kind.LOCAL,
          "Nothing can listen on this machine for the browser ("
              + e.getMessage()
              + "). Try: ephemeris login --no-browser");
    }
  }

  private static void answer(HttpExchange exchange, boolean ours) throws IOException {
    byte[] text =
        (ours ? "You can close this page, and go on in the terminal." : "Nothing is asked here.")
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
    exchange.sendResponseHeaders(ours ? 200 : 404, text.length);
    try (exchange) {
      exchange.getResponseBody().write(text);
    }
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> query = new HashMap<>();
    for (String pair : Optional.ofNullable(uri.getRawQuery()).orElse("").split("&", -1)) {
      String[] both = pair.split("=", 2);
      query.put(
          URLDecoder.decode(both[0], StandardCharsets.UTF_8),
          both.length == 2 ? URLDecoder.decode(both[1], StandardCharsets.UTF_8) : "");
    }
    return query;
  }

  private static String random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
