package dev.ephemeris.gateway.journal.sink;

import dev.ephemeris.config.SinkUrl;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Sends bodies to one URL. What the answers mean is the caller's to say. For one thread. */
final class Post implements AutoCloseable {

  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  /** What others answer isn't read for longer. */
  private static final int LONGEST_ANSWER = 64 * 1024;

  private final SinkUrl url;
  private final Map<String, String> headers;
  private final HttpClient http;

  /**
   * @param headers that each request has; secrets may be among them
   * @param caCertificate the authority to trust, in place of the machine's
   */
  Post(SinkUrl url, Map<String, String> headers, Optional<Path> caCertificate)
      throws SinkException {
    this.url = url;
    this.headers = Map.copyOf(headers);
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_WITHIN)
            // To another place the headers mustn't go.
            .followRedirects(HttpClient.Redirect.NEVER);
    if (caCertificate.isPresent()) {
      builder.sslContext(TrustedAuthority.tls(caCertificate.get()));
    }
    this.http = builder.build();
  }

  /** The answer, whatever it is. Of its body so much as anybody needs. */
  HttpResponse<byte[]> send(byte[] body, Map<String, String> about)
      throws SinkException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.uri())
            .timeout(ANSWER_WITHIN)
            .POST(BodyPublishers.ofByteArray(body));
    headers.forEach(request::setHeader);
    about.forEach(request::setHeader);
    try {
      return http.send(
          request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), LONGEST_ANSWER));
    } catch (IOException e) {
      throw SinkException.unavailable(url + " doesn't answer: " + SinkException.why(e));
    }
  }

  /** What an answer other than success says, where no sink knows better. */
  SinkException refused(HttpResponse<byte[]> answer) {
    int status = answer.statusCode();
    String what = url + " answers " + status;
    return switch (status) {
      case 401, 403 -> SinkException.refused(what + ": are its headers right, and still good?");
      case 404, 405, 410 -> SinkException.refused(what + ": is its URL right?");
      case 408, 429, 500, 502, 503, 504 -> SinkException.unavailable(what, retryAfter(answer));
      default -> SinkException.refused(what);
    };
  }

  /** RFC 9110 §10.2.3, in seconds; as a date nobody sends it to machines. */
  private static Optional<Duration> retryAfter(HttpResponse<?> answer) {
    return answer
        .headers()
        .firstValue("Retry-After")
        .filter(text -> text.matches("[0-9]{1,6}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
