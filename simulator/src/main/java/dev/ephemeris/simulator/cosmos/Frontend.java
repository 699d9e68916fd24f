package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.CosmosHeaders;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private final Vertx vertx;
  private final Received received;
  private final Faults faults;
  private final Regions regions;
  private final Function<Call, Answer> answers;

  Frontend(
      Vertx vertx,
      Received received,
      Faults faults,
      Regions regions,
      Function<Call, Answer> answers) {
    this.vertx = vertx;
    this.received = received;
    this.faults = faults;
    this.regions = regions;
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
    Call call =
        Call.of(
            request.method().name(),
            request.uri(),
            request.headers(),
            body.getBytes(),
            request.remoteAddress().hostAddress());
    Optional<Fault> fault =
        regions.outage(call).or(() -> faults.of(call.wireMethod(), call.target()));
    if (fault.isEmpty()) {
      write(call, answered(request, body, call), request.response());
      return;
    }
    switch (fault.get()) {
      case Fault.Refused refused -> refuse(request, body, call, refused);
      case Fault.Delayed(Duration by) ->
          vertx.setTimer(
              by.toMillis(), _ -> write(call, answered(request, body, call), request.response()));
      case Fault.Cut(Fault.Moment moment) -> {
        Optional<Answer> answer =
            moment == Fault.Moment.BEFORE_EFFECT
                ? Optional.empty()
                : Optional.of(answered(request, body, call));
        if (answer.isEmpty()) {
          record(request, body, 0);
        }
        CutConnection.at(
            moment, request, answer.map(complete -> head(call, complete, request.response())));
      }
    }
  }

  private void refuse(HttpServerRequest request, Buffer body, Call call, Fault.Refused refused) {
    Answer answer = Answer.failure(refused.status(), refused.subStatus(), refused.message());
    refused
        .retryAfter()
        .ifPresent(
            wait ->
                request
                    .response()
                    .putHeader(CosmosHeaders.RETRY_AFTER_MS, Long.toString(wait.toMillis())));
    record(request, body, answer.status());
    write(call, answer, request.response());
  }

  private Answer answered(HttpServerRequest request, Buffer body, Call call) {
    Answer answer = answerSafely(call);
    record(request, body, answer.status());
    return answer;
  }

  private void record(HttpServerRequest request, Buffer body, int status) {
    received.add(
        new ReceivedRequest(
            request.method().name(),
            request.uri(),
            List.copyOf(request.headers().entries()),
            body,
            status));
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
    byte[] body = head(call, answer, response);
    if (body.length == 0 || call.wireMethod().equals("HEAD")) {
      response.end();
    } else {
      response.end(Buffer.buffer(body));
    }
  }

  /** Sets status and headers; the result is the body. */
  private static byte[] head(Call call, Answer answer, HttpServerResponse response) {
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
      return Answer.NOTHING;
    }
    headers.set("content-type", "application/json");
    headers.set("content-length", Integer.toString(body.length));
    return body;
  }
}
