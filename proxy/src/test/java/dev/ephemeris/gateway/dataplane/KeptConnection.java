package dev.ephemeris.gateway.dataplane;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A connection for one request after the other; a new one when the server has closed it. */
final class KeptConnection implements AutoCloseable {

  private final SSLContext tls;
  private final URI server;
  private java.net.@Nullable Socket socket;
  private @Nullable InputStream in;

  KeptConnection(SSLContext tls, URI server) {
    this.tls = tls;
    this.server = server;
  }

  /**
   * Sends bytes as they are and waits for one answer.
   *
   * @param head whether it is to have no body, as to a HEAD
   * @return its status; 0 if the server closed the connection without any
   */
  int send(byte[] request, boolean head) throws IOException {
    java.net.Socket connected = socket;
    InputStream answers = in;
    if (connected == null || answers == null) {
      connected = tls.getSocketFactory().createSocket(server.getHost(), server.getPort());
      connected.setSoTimeout(20_000);
      connected.setTcpNoDelay(true);
      answers = new BufferedInputStream(connected.getInputStream());
      socket = connected;
      in = answers;
    }
    try {
      connected.getOutputStream().write(request);
      connected.getOutputStream().flush();
      return answer(answers, head);
    } catch (java.net.SocketTimeoutException e) {
      close();
      throw e;
    } catch (IOException closed) {
      close();
      return 0;
    }
  }

  private int answer(InputStream answers, boolean head) throws IOException {
    String first = line(answers);
    int status = Integer.parseInt(first.split(" ", -1)[1]);
    long length = 0;
    boolean chunked = false;
    boolean close = false;
    for (String line = line(answers); !line.isEmpty(); line = line(answers)) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring("content-length:".length()).strip());
      }
      chunked |= lower.startsWith("transfer-encoding:");
      close |= lower.equals("connection: close");
    }
    if (!head && status != 204 && status != 304) {
      if (chunked) {
        for (int size = size(answers); size > 0; size = size(answers)) {
          answers.skipNBytes(size);
          line(answers);
        }
        line(answers);
      } else {
        answers.skipNBytes(length);
      }
    }
    if (close) {
      close();
    }
    return status;
  }

  private static int size(InputStream answers) throws IOException {
    return Integer.parseInt(line(answers).strip(), 16);
  }

  private static String line(InputStream answers) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(80);
    for (int c = answers.read(); c != '\n'; c = answers.read()) {
      if (c < 0) {
        throw new java.io.EOFException("the connection was closed");
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    java.net.Socket connected = socket;
    socket = null;
    in = null;
    if (connected != null) {
      try {
        connected.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
