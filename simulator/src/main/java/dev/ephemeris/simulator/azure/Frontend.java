package dev.ephemeris.simulator.azure;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between HTTP and Azure's services: finds who is meant, records what came, writes answers. */
final class Frontend implements Handler<HttpServerRequest> {

  private static final Logger LOG = LoggerFactory.getLogger(Frontend.class);
  private static final int KEPT = 10_000;

  private final Tenant tenant;
  private final Login login;
  private final ResourceManager resourceManager;
  private final KeyVault keyVault;
  private final LogAnalytics logAnalytics;
  private final InstantSource clock;

  /** Guarded by itself. */
  private final Deque<ReceivedCall> received = new ArrayDeque<>();

  Frontend(
      Tenant tenant,
      Login login,
      ResourceManager resourceManager,
      KeyVault keyVault,
      LogAnalytics logAnalytics,
      InstantSource clock) {
    this.tenant = tenant;
    this.login = login;
    this.resourceManager = resourceManager;
    this.keyVault = keyVault;
    this.logAnalytics = logAnalytics;
    this.clock = clock;
  }

  List<ReceivedCall> received() {
    synchronized (received) {
      return List.copyOf(received);
    }
  }

  @Override
  public void handle(HttpServerRequest request) {
    request
        .body()
        .onSuccess(body -> answer(request, body))
        .onFailure(lost -> LOG.debug("a request broke off", lost));
  }

  private void answer(HttpServerRequest request, Buffer body) {
    var call = Call.of(request, body);
    var service = service(call);
    var bearer = service.map(one -> Bearer.of(call, tenant, one.audiences(), clock.instant()));
    var answer = answerSafely(call, service, bearer);
    record(call, bearer, answer);
    write(request, answer);
  }

  private Optional<Service> service(Call call) {
    if (KeyVault.isMeant(call)) {
      return Optional.of(keyVault);
    }
    if (LogAnalytics.isMeant(call)) {
      return Optional.of(logAnalytics);
    }
    return !call.path().isEmpty() && call.path().getFirst().equalsIgnoreCase("subscriptions")
        ? Optional.of(resourceManager)
        : Optional.empty();
  }

  private Answer answerSafely(Call call, Optional<Service> service, Optional<Bearer> bearer) {
    try {
      return service
          .flatMap(one -> bearer.map(shown -> one.answer(call, shown)))
          .orElseGet(() -> login.answer(call));
    } catch (RuntimeException bug) {
      LOG.error("the simulator failed on {}", call, bug);
      return Answer.error(500, "InternalServerError", "The simulator failed: " + bug);
    }
  }

  private void record(Call call, Optional<Bearer> bearer, Answer answer) {
    var principal =
        bearer
            .filter(Bearer.Holder.class::isInstance)
            .map(holder -> ((Bearer.Holder) holder).objectId());
    synchronized (received) {
      if (received.size() == KEPT) {
        received.removeFirst();
      }
      received.addLast(
          new ReceivedCall(call.method(), call.host(), call.target(), principal, answer.status()));
    }
  }

  private static void write(HttpServerRequest request, Answer answer) {
    var response =
        request
            .response()
            .setStatusCode(answer.status())
            .putHeader("cache-control", "no-store, no-cache")
            .putHeader("x-ms-request-id", UUID.randomUUID().toString());
    answer.headers().forEach(response::putHeader);
    if (answer.body().isPresent()) {
      response
          .putHeader("content-type", "application/json; charset=utf-8")
          .end(answer.body().get().toBuffer());
    } else {
      response.end();
    }
  }
}
