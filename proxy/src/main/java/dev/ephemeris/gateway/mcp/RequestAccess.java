package dev.ephemeris.gateway.mcp;

import dev.ephemeris.gateway.lease.AccessRequests;
import dev.ephemeris.gateway.lease.AccessRequests.Asked;
import dev.ephemeris.gateway.repetition.Once;
import dev.ephemeris.policy.Delivery;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.Optional;

/** Asks people for what a rule gives after an approval alone. */
final class RequestAccess implements Tool {

  private final AccessRequests requests;
  private final InstantSource clock;

  RequestAccess(AccessRequests requests, InstantSource clock) {
    this.requests = requests;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "request_access";
  }

  @Override
  public Future<Answer> call(Agent agent, Arguments arguments) {
    Optional<String> reason = Optional.of(arguments.text("reason"));
    Optional<String> refusal = arguments.find("refusal");
    if (refusal.isPresent()) {
      return requests
          .ask(
              agent.is(),
              agent.address(),
              refusal.get(),
              Delivery.ENV,
              arguments.ttl(),
              reason,
              arguments.find("ticket"),
              false,
              Once.EACH_TIME)
          .map(this::answer);
    }
    return requests
        .ask(agent.is(), agent.address(), arguments.lease(Delivery.ENV), false, Once.EACH_TIME)
        .map(this::answer);
  }

  private Answer answer(Asked asked) {
    return switch (asked) {
      case Asked.Waiting(var request) ->
          new Answer.Found(RequestStatus.json(request, clock.instant()));
      case Asked.NotNeeded(String message) ->
          new Answer.Refused(
              "No approval is needed for that: use query and get_item, or request_lease.");
      case Asked.Not(var why) -> new Answer.Refused(Refusals.reason(why));
      case Asked.TooMany(String message) -> new Answer.Refused(message);
      case Asked.GlassBroken broken ->
          throw new IllegalStateException("agents break no glass: " + broken.request().id());
    };
  }
}
