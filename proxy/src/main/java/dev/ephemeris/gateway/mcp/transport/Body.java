package dev.ephemeris.gateway.mcp.transport;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;

/** The whole body of a request, in memory, unless it is too long for that. */
final class Body {

  private Body() {}

  /**
   * Reads it; of what is longer no more than that is kept. Of a body that breaks off nothing comes.
   *
   * @param most in bytes
   */
  static void read(RoutingContext routing, int most, Consumer<Buffer> read, Runnable tooLong) {
    HttpServerRequest request = routing.request();
    if (request.isEnded()) {
      // Somebody before has read it.
      Buffer body = routing.body().buffer();
      pass(body == null ? Buffer.buffer() : body, most, read, tooLong);
      return;
    }
    Buffer body = Buffer.buffer();
    request.handler(
        chunk -> {
          if (body.length() <= most) {
            body.appendBuffer(chunk);
            if (body.length() > most) {
              tooLong.run();
            }
          }
        });
    request.endHandler(
        end -> {
          if (body.length() <= most) {
            read.accept(body);
          }
        });
    // RFC 9110 §10.1.1: a client that asks whether to send it waits for this.
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue();
    }
    request.resume();
  }

  private static void pass(Buffer body, int most, Consumer<Buffer> read, Runnable tooLong) {
    if (body.length() > most) {
      tooLong.run();
    } else {
      read.accept(body);
    }
  }
}
