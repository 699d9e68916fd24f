package dev.ephemeris.gateway.mcp;

import dev.ephemeris.gateway.lease.AccessRequest;
import dev.ephemeris.gateway.lease.AccessRequests;
import dev.ephemeris.policy.Approval;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;

/** How what the agent asked people for stands. */
final class RequestStatus implements Tool {

  private final AccessRequests requests;
  private final InstantSource clock;

  RequestStatus(AccessRequests requests, InstantSource clock) {
    this.requests = requests;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "request_status";
  }

  @Override
  public Future<Answer> call(Agent agent, Arguments arguments) {
    String id = arguments.text("requestId");
    return requests
        .find(agent.is(), id)
        .map(
            found ->
                found
                    .<Answer>map(request -> new Answer.Found(json(request, clock.instant())))
                    .orElseGet(
                        () ->
                            new Answer.Refused("There is no access request by that id of yours.")));
  }

  /** What people wrote about it isn't there: it is for people. */
  static JsonObject json(AccessRequest request, Instant now) {
    JsonArray approvals = new JsonArray();
    request.approvals().stream().map(Approval::toString).sorted().forEach(approvals::add);
    JsonObject json =
        new JsonObject()
            .put("requestId", request.id())
            .put("state", request.state(now).code())
            .put("scope", request.agreed().scope().toString())
            .put("role", request.agreed().role().value())
            .put("approvals", approvals)
            .put("answers", request.answers().size())
            .put("closesAt", request.closesAt().toString());
    request.agreed().ttl().ifPresent(ttl -> json.put("ttlSeconds", ttl.toSeconds()));
    request.pickedUp().ifPresent(lease -> json.put("leaseId", lease.lease().value()));
    return json;
  }
}
