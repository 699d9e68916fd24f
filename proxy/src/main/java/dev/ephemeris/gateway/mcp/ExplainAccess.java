package dev.ephemeris.gateway.mcp;

import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Circumstances;
import dev.ephemeris.policy.Decision;
import dev.ephemeris.policy.Explanation;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Standing;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Why the agent may or may not do something somewhere. */
final class ExplainAccess implements Tool {

  private final Grants grants;
  private final InstantSource clock;

  ExplainAccess(Grants grants, InstantSource clock) {
    this.grants = grants;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "explain_access";
  }

  @Override
  public Future<Answer> call(Agent agent, Arguments arguments) {
    Set<Action> actions = Action.matching(arguments.text("action"));
    if (actions.size() != 1) {
      throw new IllegalArgumentException(
          "“action” stands for several actions; ask about one of them, such as items/read");
    }
    Explanation explanation =
        grants
            .now()
            .explain(
                agent.is().principal(),
                actions.iterator().next(),
                arguments.scope(),
                new Circumstances.Given(
                    clock.instant(),
                    Circumstances.address(agent.address()),
                    new Standing(
                        Optional.of(agent.is().client()),
                        agent.is().mfaUntil(),
                        Optional.empty(),
                        Optional.empty()),
                    List.of()));
    JsonObject json =
        switch (explanation.decision()) {
          case Decision.Allow(RuleName by, var obligations) ->
              new JsonObject()
                  .put("decision", "allow")
                  .put("rule", by.value())
                  .put("needsApproval", !obligations.approvals().isEmpty());
          case Decision.Deny(var reason, Optional<RuleName> by) -> {
            JsonObject denied =
                new JsonObject().put("decision", "deny").put("reason", reason.code());
            by.ifPresent(rule -> denied.put("rule", rule.value()));
            yield denied;
          }
        };
    return Answer.found(json.put("text", explanation.toText()));
  }
}
