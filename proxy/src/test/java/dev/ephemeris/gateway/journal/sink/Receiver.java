package dev.ephemeris.gateway.journal.sink;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Takes what is posted to it, over TLS, and answers what it is told to. */
final class Receiver implements AutoCloseable {

  /** Says nothing, and is gone. */
  static final int HANGS_UP = 0;

  /** What was posted. */
  @SuppressWarnings("ArrayRecordComponent") // neither compared nor changed
  record Posted(Headers headers, byte[] body, int answered) {}

  /** What is answered to a request. */
  @SuppressWarnings("ArrayRecordComponent") // neither compared nor changed
  record Answer(int status, String retryAfter, byte[] body) {
    Answer(int status) {
      this(status, "", new byte[0]);
    }
  }

  /** Says what to answer to a body, after those of {@link #next}. */
  interface Judge {
    Answer of(byte[] body) throws IOException;
  }

  final List<Posted> posted = new CopyOnWriteArrayList<>();

  /** The next answers; after them it is the judge's. */
  final ConcurrentLinkedQueue<Answer> next = new ConcurrentLinkedQueue<>();

  private final HttpsServer server;
  private volatile Judge judge = body -> new Answer(200);

  Receiver(LoopbackCertificate certificate) throws Exception {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls(certificate)));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::take);
    server.start();
  }

  String url(String path) {
    return "https://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  void judgedBy(Judge other) {
    judge = other;
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
      body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
    }
    Answer told = next.poll();
    Answer answer = told == null ? judge.of(body) : told;
    posted.add(new Posted(exchange.getRequestHeaders(), body, answer.status()));
    if (answer.status() != HANGS_UP) {
      if (!answer.retryAfter().isEmpty()) {
        exchange.getResponseHeaders().set("Retry-After", answer.retryAfter());
      }
      exchange.sendResponseHeaders(
          answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
      exchange.getResponseBody().write(answer.body());
    }
    exchange.close();
  }

  private static SSLContext tls(LoopbackCertificate certificate) throws Exception {
    String pem = Files.readString(certificate.privateKey()).replaceAll("-----[A-Z ]+-----|\\s", "");
    Certificate[] chain;
    try (var in = Files.newInputStream(certificate.certificate())) {
      chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(in)
              .toArray(new Certificate[0]);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "server",
        KeyFactory.getInstance(chain[0].getPublicKey().getAlgorithm())
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))),
        new char[0],
        chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
