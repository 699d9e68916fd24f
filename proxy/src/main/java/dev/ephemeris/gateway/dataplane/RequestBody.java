package dev.ephemeris.gateway.dataplane;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Optional;
import java.util.Set;

/**
 * The body of an incoming request: announced, held back, then read up to a limit or thrown away.
 */
final class RequestBody {

  /** What is read from a refused request, so that its connection can go on. */
  private static final long WORTH_DISCARDING = 64 * 1024;

  private static final Set<HttpMethod> WITHOUT_BODY =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE);

  private RequestBody() {}

  /**
   * Whether the request says that a body follows (RFC 9112 §6.3). In HTTP/2 it needn't say so:
   * there every request that can have a body may.
   */
  static boolean isAnnounced(HttpServerRequest request) {
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || announcedLength(request) > 0
        || isOfUnknownLength(request);
  }

  private static boolean isOfUnknownLength(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_2
        && !request.headers().contains(HttpHeaders.CONTENT_LENGTH)
        && !WITHOUT_BODY.contains(request.method());
  }

  /** The announced length; 0 if none is. */
  static long announcedLength(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException notANumber) {
      return Long.MAX_VALUE; // Netty refuses such a request before it comes here
    }
  }

  /** Reads a held-back body; empty if it is longer than {@code limit} bytes. */
  static Future<Optional<Buffer>> read(HttpServerRequest request, int limit) {
    if (announcedLength(request) > limit) {
      return Future.succeededFuture(Optional.empty());
    }
    Promise<Optional<Buffer>> read = Promise.promise();
    Buffer body = Buffer.buffer();
    request.handler(
        chunk -> {
          if (body.length() + chunk.length() > limit) {
            request.pause();
            read.tryComplete(Optional.empty());
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.endHandler(end -> read.tryComplete(Optional.of(body)));
    request.exceptionHandler(read::tryFail);
    request.resume();
    return read.future();
  }

  /** Throws away what is left of a short body; false if it is long or of unknown length. */
  static boolean discard(HttpServerRequest request) {
    if (request.isEnded() || !isAnnounced(request)) {
      return true;
    }
    if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || isOfUnknownLength(request)
        || announcedLength(request) > WORTH_DISCARDING) {
      return false;
    }
    request.handler(chunk -> {});
    request.resume();
    return true;
  }
}
