package dev.ephemeris.gateway.dataplane;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** HTTP/1.1 as an attacker writes it: what is given goes on the wire byte for byte. */
final class RawHttp {

  private final SSLContext tls;
  private final URI server;

  RawHttp(SSLContext tls, URI server) {
    this.tls = tls;
    this.server = server;
  }

  /** An answer; the body is text, with chunks put together. */
  record Answer(int status, List<String> headers, String body) {

    Optional<String> header(String name) {
      return headers.stream()
          .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst();
    }

    int subStatus() {
      return header("x-ms-substatus").map(Integer::parseInt).orElse(0);
    }
  }

  /** Sends one request on a connection of its own; a Host header is added unless one is given. */
  Answer send(String method, String target, List<String> headers, byte[] body) throws IOException {
    StringBuilder head =
        new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    if (headers.stream().noneMatch(line -> line.startsWith("host:"))) {
      head.append("Host: ").append(server.getRawAuthority()).append("\r\n");
    }
    head.append("Connection: close\r\n");
    headers.forEach(line -> head.append(line).append("\r\n"));
    if (body.length > 0) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    return exchange(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1), body);
  }

  /** Sends bytes as they are. */
  Answer exchange(byte[] head, byte[] body) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) tls.getSocketFactory().createSocket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(head);
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
      return answer(socket.getInputStream(), false);
    }
  }

  /**
   * Reads one answer.
   *
   * @param head whether it is to have no body, as to a HEAD
   */
  static Answer answer(InputStream in, boolean head) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      lines.add(line);
    }
    if (lines.isEmpty()) {
      throw new IOException("the connection was closed without an answer");
    }
    int status = Integer.parseInt(lines.getFirst().split(" ", -1)[1]);
    Answer headOnly = new Answer(status, lines.subList(1, lines.size()), "");
    if (head || status == 204 || status == 304) {
      return headOnly;
    }
    byte[] body =
        headOnly.header("transfer-encoding").isPresent()
            ? chunks(in)
            : in.readNBytes(headOnly.header("content-length").map(Integer::parseInt).orElse(0));
    return new Answer(status, headOnly.headers(), new String(body, StandardCharsets.UTF_8));
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
      body.write(in.readNBytes(size));
      line(in);
    }
    line(in);
    return body.toByteArray();
  }

  private static int chunkSize(InputStream in) throws IOException {
    return Integer.parseInt(line(in).split(";", -1)[0].strip(), 16);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
