package dev.ephemeris.gateway.notify;

import dev.ephemeris.gateway.journal.sink.SinkException;
import dev.ephemeris.gateway.journal.sink.TrustedAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Posts JSON. URLs may be secrets: none is in a message. What is answered isn't read. Thread-safe.
 */
final class Post {

  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);

  private final Optional<Path> caCertificate;

  /**
   * @param caCertificate the authority to trust, in place of the machine's
   */
  Post(Optional<Path> caCertificate) {
    this.caCertificate = caCertificate;
  }

  /**
   * The URL that a secret is: https, or http to this machine.
   *
   * @throws UndeliveredException if it is none; the message doesn't repeat it
   */
  static URI url(String secret) throws UndeliveredException {
    try {
      URI url = new URI(secret);
      if (url.getHost() != null
          && url.getRawUserInfo() == null
          && ("https".equals(url.getScheme())
              || ("http".equals(url.getScheme())
                  && (url.getHost().equals("127.0.0.1") || url.getHost().equals("localhost"))))) {
        return url;
      }
    } catch (URISyntaxException e) {
      // Its message would repeat it.
    }
    throw new UndeliveredException("its secret isn't the URL of an incoming webhook");
  }

  void send(URI url, byte[] body, Map<String, String> headers)
      throws UndeliveredException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(ANSWER_WITHIN)
            .setHeader("Content-Type", "application/json")
            .setHeader("User-Agent", "ephemeris")
            .POST(BodyPublishers.ofByteArray(body));
    headers.forEach(request::setHeader);
    HttpClient http = http();
    try {
      HttpResponse<InputStream> answer = http.send(request.build(), BodyHandlers.ofInputStream());
      answer.body().close(); // unread
      if (answer.statusCode() / 100 != 2) {
        throw new UndeliveredException("the receiver answers " + answer.statusCode());
      }
    } catch (IOException e) {
      throw new UndeliveredException(
          "the receiver doesn't answer: " + e.getClass().getSimpleName());
    } finally {
      http.shutdownNow();
    }
  }

  /** A new one each: notifications are few, and certificates come and go. */
  private HttpClient http() throws UndeliveredException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_WITHIN)
            // What is told is for this receiver, and none that it names.
            .followRedirects(HttpClient.Redirect.NEVER);
    if (caCertificate.isPresent()) {
      try {
        builder.sslContext(TrustedAuthority.tls(caCertificate.get()));
      } catch (SinkException e) {
        throw new UndeliveredException(String.valueOf(e.getMessage()));
      }
    }
    return builder.build();
  }
}
