package dev.ephemeris.gateway.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.util.function.Supplier;

/** The whole body of an answer, in memory, unless it is too long for that. */
public final class BoundedBody {

  private BoundedBody() {}

  /**
   * Reads the body. To be called at once on the event loop that has the answer: later, some of it
   * may be lost.
   *
   * @param most in bytes; of what is longer no more is read, and its connection is given up
   * @param tooLong what the future fails with then
   */
  public static Future<Buffer> of(
      HttpClientResponse response, int most, Supplier<? extends Exception> tooLong) {
    Promise<Buffer> read = Promise.promise();
    Buffer body = Buffer.buffer();
    response.exceptionHandler(read::tryFail);
    response.endHandler(end -> read.tryComplete(body));
    response.handler(
        chunk -> {
          if (body.length() + chunk.length() > most) {
            read.tryFail(tooLong.get());
            response.request().reset();
            return;
          }
          body.appendBuffer(chunk);
        });
    return read.future();
  }
}
