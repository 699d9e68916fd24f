package dev.ephemeris.gateway.mcp.transport;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection, on which a test writes what it likes, and reads when it likes. */
final class Wire implements AutoCloseable {

  private static final int TIMEOUT = 20_000;

  private final Socket socket = new Socket();
  private final InputStream in;
  private int status;
  private final Map<String, String> headers = new HashMap<>();
  private final StringBuilder events = new StringBuilder();
  private int comments;

  /**
   * @param receiveBuffer how many bytes may arrive before they are read
   */
  private Wire(int port, int receiveBuffer) throws IOException {
    socket.setReceiveBufferSize(receiveBuffer);
    socket.setSoTimeout(TIMEOUT);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT);
    in = socket.getInputStream();
  }

  /** An event of a stream; without an id, or without data, where it has none. */
  record Event(@Nullable String id, @Nullable String data, boolean hasRetry) {
    JsonObject json() {
      return new JsonObject(String.valueOf(data));
    }
  }

  /** A whole answer. */
  record Reply(int status, Map<String, String> headers, String body) {
    JsonObject json() {
      return new JsonObject(body);
    }

    int code() {
      return json().getJsonObject("error").getInteger("code");
    }

    String session() {
      return headers.getOrDefault("mcp-session-id", "");
    }
  }

  static Wire open(int port, String head, byte[] body) throws IOException {
    return open(port, 64 * 1024, head, body);
  }

  static Wire open(int port, int receiveBuffer, String head, byte[] body) throws IOException {
    Wire wire = new Wire(port, receiveBuffer);
    try {
      wire.socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      wire.socket.getOutputStream().write(body);
      wire.socket.getOutputStream().flush();
    } catch (IOException answeredMeanwhile) {
      // It needn't be read to its end.
    }
    return wire;
  }

  void write(String more) throws IOException {
    socket.getOutputStream().write(more.getBytes(StandardCharsets.UTF_8));
  }

  /** Status and headers: whoever waits for these waits until something is answered. */
  Wire head() throws IOException {
    status = Integer.parseInt(line().split(" ", -1)[1]);
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return this;
  }

  int status() {
    return status;
  }

  boolean isStream() {
    return "text/event-stream".equals(headers.get("content-type"));
  }

  /** What is answered; of a stream, which needn't end, only that it is one. */
  Reply reply() throws IOException {
    head();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (headers.containsKey("content-length")) {
      body.write(in.readNBytes(Integer.parseInt(headers.get("content-length"))));
    } else if (!isStream() && "chunked".equals(headers.get("transfer-encoding"))) {
      for (byte[] chunk = chunk(); chunk.length > 0; chunk = chunk()) {
        body.write(chunk);
      }
    }
    return new Reply(status, Map.copyOf(headers), body.toString(StandardCharsets.UTF_8));
  }

  /**
   * The next event that isn't a comment, or nothing at the stream's orderly end.
   *
   * @throws EOFException if the connection breaks off
   */
  @Nullable Event event() throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT);
    while (true) {
      if (System.nanoTime() > deadline) {
        throw new SocketTimeoutException("nothing but comments");
      }
      int end = events.indexOf("\n\n");
      if (end < 0) {
        byte[] chunk = chunk();
        if (chunk.length == 0) {
          return null;
        }
        events.append(new String(chunk, StandardCharsets.UTF_8));
        continue;
      }
      String[] lines = events.substring(0, end).split("\n", -1);
      events.delete(0, end + 2);
      String id = null;
      String data = null;
      boolean retry = false;
      for (String line : lines) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.startsWith("retry: ")) {
          retry = true;
        }
      }
      if (id != null || data != null || retry) {
        return new Event(id, data, retry);
      }
      comments++;
    }
  }

  /** How many events of nothing there were, which keep a connection open. */
  int comments() {
    return comments;
  }

  private byte[] chunk() throws IOException {
    int length = Integer.parseInt(line(), 16);
    byte[] chunk = in.readNBytes(length);
    if (chunk.length < length) {
      throw new EOFException();
    }
    line();
    return chunk;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int read = in.read(); read != '\n'; read = in.read()) {
      if (read < 0) {
        throw new EOFException();
      }
      if (read != '\r') {
        line.append((char) read);
      }
    }
    return line.toString();
  }

  /** As a client does whose network is gone. */
  void hangUp() throws IOException {
    socket.close();
  }

  @Override
  public void close() throws IOException {
    hangUp();
  }
}
