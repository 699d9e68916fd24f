package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Requests to gateways and issuers. No redirect is followed, so that a token goes nowhere but to
 * the address that was checked; no answer is waited for without end or read without limit.
 */
final class Http {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** A role is assigned within less, or not at all. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final long MAX_BYTES = 8L << 20;

  private final HttpClient client;
  private final Progress progress;

  private Http(HttpClient client, Progress progress) {
    this.client = client;
    this.progress = progress;
  }

  /**
   * An answer.
   *
   * @param json a missing node if there is none
   * @param date when it was made, as its sender's clock says
   * @param certificate its sender's, where there is TLS
   */
  record Response(
      int status, JsonNode json, Optional<String> date, Optional<X509Certificate> certificate) {}

  /** Believes the system's authorities, and those in {@code ca}. */
  static Http trusting(Optional<Path> ca) throws Failure {
    return trusting(ca, Progress.ofThisProcess());
  }

  static Http trusting(Optional<Path> ca, Progress progress) throws Failure {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT);
    if (ca.isPresent()) {
      builder.sslContext(TrustAnchors.systemAnd(ca.get()));
    }
    return new Http(builder.build(), progress);
  }

  Response send(HttpRequest.Builder request) throws Failure {
    HttpRequest built = request.header("Accept", "application/json").timeout(TIMEOUT).build();
    try (var _ = progress.waitingFor(origin(built.uri()))) {
      HttpResponse<byte[]> response =
          client.send(built, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BYTES));
      return new Response(
          response.statusCode(),
          Json.parse(response.body()),
          response.headers().firstValue("date"),
          response.sslSession().flatMap(Http::certificate));
    } catch (IOException e) {
      String message = origin(built.uri()) + " can't be reached: " + reason(e) + ".";
      throw isNotConnected(e)
          ? new Failure(Failure.Kind.UNREACHABLE, message)
          : Failure.answerLost(message);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Failure.Kind.LOCAL, "Interrupted.");
    }
  }

  /** An answer line by line, as it comes; to be closed. */
  HttpResponse<Stream<String>> lines(HttpRequest.Builder request) throws Failure {
    HttpRequest built = request.build();
    try {
      return client.send(built, BodyHandlers.ofLines());
    } catch (IOException e) {
      throw new Failure(
          Failure.Kind.UNREACHABLE, origin(built.uri()) + " can't be reached: " + reason(e) + ".");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Failure.Kind.LOCAL, "Interrupted.");
    }
  }

  /** Whether nothing of a request was sent. */
  private static boolean isNotConnected(IOException e) {
    return e instanceof ConnectException
        || e instanceof HttpConnectTimeoutException
        || e instanceof SSLException;
  }

  private static Optional<X509Certificate> certificate(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate shown
          ? Optional.of(shown)
          : Optional.empty();
    } catch (SSLPeerUnverifiedException noneShown) {
      return Optional.empty();
    }
  }

  /** A form (application/x-www-form-urlencoded) to an issuer's endpoint. */
  Response post(URI endpoint, Map<String, String> form) throws Failure {
    return send(
        HttpRequest.newBuilder(endpoint)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form(form))));
  }

  /** As forms and queries are written (application/x-www-form-urlencoded). */
  static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String origin(URI uri) {
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }

  private static String reason(IOException e) {
    return switch (e) {
      case HttpConnectTimeoutException timeout ->
          "no connection within " + CONNECT_TIMEOUT.toSeconds() + " seconds";
      case HttpTimeoutException timeout -> "no answer within " + TIMEOUT.toSeconds() + " seconds";
      case ConnectException unknown when hasCause(unknown, UnresolvedAddressException.class) ->
          "no such host";
      case ConnectException refused -> "the connection was refused";
      case SSLException untrusted when isUntrusted(untrusted) ->
          "no authority that is trusted here vouches for its TLS certificate; name the PEM file of"
              + " one that does with --ca or EPHEMERIS_CA";
      case SSLException tls ->
          "its TLS certificate isn't accepted ("
              + tls.getMessage()
              + "); name its authority's PEM file with --ca or EPHEMERIS_CA";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  /** Whether it is for want of an authority, by either way in which the JDK looks for one. */
  private static boolean isUntrusted(SSLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertPathBuilderException
          || (cause instanceof CertPathValidatorException invalid
              && invalid.getReason() == PKIXReason.NO_TRUST_ANCHOR)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasCause(Throwable e, Class<? extends Throwable> type) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
