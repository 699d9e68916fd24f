package dev.ephemeris.simulator.cosmos;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.VertxConnection;
import java.util.Optional;

/** Ends connections early. */
final class CutConnection {

  private CutConnection() {}

  /**
   * Sends as much of an answer as the moment leaves and ends the connection.
   *
   * @param body of the answer whose head the response has; empty if there is none
   */
  static void at(Fault.Moment moment, HttpServerRequest request, Optional<byte[]> body) {
    HttpServerResponse response = request.response();
    Buffer whole = Buffer.buffer(body.orElse(Answer.NOTHING));
    Buffer half = whole.slice(0, whole.length() / 2);
    switch (moment) {
      case BEFORE_EFFECT, BEFORE_ANSWER -> reset(request.connection());
      case BEFORE_BODY -> head(whole, response).onComplete(_ -> reset(request.connection()));
      case IN_BODY -> part(half, response).onComplete(_ -> reset(request.connection()));
      case TRUNCATED -> part(half, response).onComplete(_ -> request.connection().close());
    }
  }

  private static Future<Void> part(Buffer half, HttpServerResponse response) {
    return half.length() == 0 ? head(half, response) : response.write(half);
  }

  /** An answer that has no body is over with its head. */
  private static Future<Void> head(Buffer body, HttpServerResponse response) {
    return body.length() == 0 ? response.end() : response.writeHead();
  }

  /** RST instead of FIN, and no TLS alert before it: Vert.x itself only ever closes politely. */
  private static void reset(HttpConnection connection) {
    Channel channel = ((VertxConnection) connection).channel();
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    channel.unsafe().closeForcibly();
  }
}
