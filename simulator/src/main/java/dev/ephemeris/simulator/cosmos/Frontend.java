package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.CosmosHeaders;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between HTTP and calls: reads requests, records them, writes answers. */
final class Frontend implements Handler<HttpServerRequest> {

  private static final Logger LOG = LoggerFactory.getLogger(Frontend.class);

  /** What every answer says of its maker, in the service's spelling. */
  private static final Map<String, String> CONSTANT_HEADERS =
      Map.of(
          "server", "Microsoft-HTTPAPI/2.0",
          "x-ms-gatewayversion", "version=2.14.0",
          "x-ms-serviceversion", "version=2.14.0.0",
          "x-ms-schemaversion", "1.19",
          "strict-transport-security", "max-age=31536000",
          "cache-control", "no-store, no-cache");

  private final Received received;
  private final Function<Call, Answer> answers;

  Frontend(Received received, Function<Call, Answer> answers) {
    this.received = received;
    this.answers = answers;
  }

  @Override
  public void handle(HttpServerRequest request) {
    request
        .body()
        .onSuccess(body -> answer(request, body))
        .onFailure(lost -> LOG.debug("a request broke off", lost));
  }

  private void answer(HttpServerRequest request, Buffer body) {
    Call call = Call.of(request.method().name(), request.uri(), request.headers(), body.getBytes());
    Answer answer = answerSafely(call);
    received.add(
        new ReceivedRequest(
            request.method().name(),
            request.uri(),
            List.copyOf(request.headers().entries()),
            body,
            answer.status()));
    write(call, answer, request.response());
  }

  private Answer answerSafely(Call call) {
    try {
      return answers.apply(call);
    } catch (RuntimeException bug) {
      LOG.error("the simulator failed on {}", call, bug);
      return Answer.failure(500, 0, "The simulator failed: " + bug);
    }
  }

  private static void write(Call call, Answer answer, HttpServerResponse response) {
    MultiMap headers = response.setStatusCode(answer.status()).headers();
    CONSTANT_HEADERS.forEach(headers::set);
    headers.set(CosmosHeaders.ACTIVITY_ID, call.activityId());
    headers.set(CosmosHeaders.REQUEST_CHARGE, "0");
    byte[] body =
        switch (answer) {
          case Answer.Success success -> {
            success.headers().forEach(headers::set);
            yield success.body();
          }
          case Answer.Failure failure -> {
            failure.headers().forEach(headers::set);
            headers.set(CosmosHeaders.SUB_STATUS, Integer.toString(failure.error().subStatus()));
            yield failure.body(call.activityId());
          }
        };
    if (answer.status() == 204 || answer.status() == 304) {
      response.end();
      return;
    }
    headers.set("content-type", "application/json");
    headers.set("content-length", Integer.toString(body.length));
    if (call.wireMethod().equals("HEAD")) {
      response.end();
    } else {
      response.end(Buffer.buffer(body));
    }
  }
}
