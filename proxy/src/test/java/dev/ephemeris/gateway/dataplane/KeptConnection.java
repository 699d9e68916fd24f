package dev.ephemeris.gateway.dataplane;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A connection for one request after the other; a new one when the server has closed it. */
final class KeptConnection implements AutoCloseable {

  private final SSLContext tls;
  private final URI server;
  private @Nullable Socket socket;
  private @Nullable InputStream in;

  KeptConnection(SSLContext tls, URI server) {
    this.tls = tls;
    this.server = server;
  }

  /**
   * Sends bytes as they are and waits for one answer.
   *
   * @param head whether it is to have no body, as to a HEAD
   * @return empty if the server closed the connection without any
   */
  Optional<RawHttp.Answer> send(byte[] request, boolean head) throws IOException {
    Socket connected = socket;
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
      RawHttp.Answer answer = RawHttp.answer(answers, head);
      if (answer.header("connection").filter("close"::equalsIgnoreCase).isPresent()) {
        close();
      }
      return Optional.of(answer);
    } catch (SocketTimeoutException e) {
      close();
      throw e;
    } catch (IOException closed) {
      close();
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    Socket connected = socket;
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
