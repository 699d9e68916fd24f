package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Approval;
import dev.ephemeris.policy.Circumstances;
import dev.ephemeris.policy.Decision;
import dev.ephemeris.policy.Explanation;
import dev.ephemeris.policy.Explanation.RuleTrace;
import dev.ephemeris.policy.GatewayAction;
import dev.ephemeris.policy.GatewayExplanation;
import dev.ephemeris.policy.Obligations;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.Reason;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Standing;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why one may or may not do something. Shows the rules that match and those that one thing keeps
 * from it; the rest of the policy is not the caller's.
 */
final class ExplainRoute {

  private static final String PASSES =
      "The account is in report mode: what the rules deny there passes, and is put on record. What"
          + " a lease is for still holds.";

  private final Grants grants;
  private final InstantSource clock;

  ExplainRoute(Grants grants, InstantSource clock) {
    this.grants = grants;
    this.clock = clock;
  }

  void explain(RoutingContext context) {
    JsonObject body = context.body().asJsonObject();
    Principal principal = BearerAuthentication.caller(context).principal();
    JsonObject answer;
    try {
      answer =
          explain(
              principal, body.getString("action"), body.getString("scope"), circumstances(context));
    } catch (IllegalArgumentException e) {
      Problem.malformed(String.valueOf(e.getMessage())).send(context);
      return;
    }
    context.json(answer);
  }

  private Circumstances circumstances(RoutingContext context) {
    Authentication.Accepted caller = BearerAuthentication.caller(context);
    return new Circumstances.Given(
        clock.instant(),
        Circumstances.address(BearerAuthentication.address(context)),
        new Standing(
            Optional.of(caller.client()), caller.mfaUntil(), Optional.empty(), Optional.empty()),
        List.of());
  }

  private JsonObject explain(
      Principal caller, String action, @Nullable String scope, Circumstances circumstances) {
    // With the groups of the catalog that belongs to the policy: the caller's are of a moment ago.
    Grants.Edition now = grants.now();
    Principal principal =
        now.principal(caller.id(), caller.kind(), caller.displayName(), caller.claims());
    if (GatewayAction.isMeantBy(action)) {
      if (scope != null) {
        throw new IllegalArgumentException(
            "“" + action + "” is done to the gateway as a whole; ask without a scope.");
      }
      GatewayExplanation whole =
          now.policy().explain(principal, one(action, GatewayAction.matching(action)));
      GatewayExplanation shown =
          new GatewayExplanation(
              whole.principal(),
              whole.action(),
              whole.decision(),
              near(whole.rules()),
              whole.actedFor());
      return json(shown.decision(), shown.toText(), shown.rules());
    }
    if (scope == null) {
      throw new IllegalArgumentException("“" + action + "” where? Ask with a scope.");
    }
    Explanation shown =
        now.explain(
            caller, one(action, Action.matching(action)), Scope.parse(scope), circumstances);
    JsonObject answer = json(shown.decision(), shown.toText(), shown.rules());
    return passes(shown)
        ? answer.put("mode", "report").put("text", shown.toText() + "\n" + PASSES)
        : answer;
  }

  private boolean passes(Explanation explanation) {
    return switch (explanation.decision()) {
      case Decision.Allow allow -> false;
      case Decision.Deny(Reason reason, var by) ->
          grants.passes(explanation.scope().account(), reason);
    };
  }

  private static List<RuleTrace> near(List<RuleTrace> rules) {
    return rules.stream().filter(rule -> rule.matches() || rule.nearMiss()).toList();
  }

  private static <T> T one(String text, Set<T> actions) {
    if (actions.size() != 1) {
      throw new IllegalArgumentException(
          "“" + text + "” stands for several actions; ask about one of them.");
    }
    return actions.iterator().next();
  }

  private static JsonObject json(Decision decision, String text, List<RuleTrace> traces) {
    JsonArray rules = new JsonArray();
    traces.forEach(rule -> rules.add(json(rule)));
    JsonObject json = new JsonObject();
    switch (decision) {
      case Decision.Allow(RuleName by, Obligations obligations) -> {
        json.put("decision", "allow").put("rule", by.value());
        if (!obligations.approvals().isEmpty()) {
          JsonArray approvals = new JsonArray();
          obligations.approvals().stream().map(Approval::toString).sorted().forEach(approvals::add);
          json.put("approvals", approvals);
        }
      }
      case Decision.Deny(Reason reason, Optional<RuleName> by) -> {
        json.put("decision", "deny").put("reason", reason.code());
        by.ifPresent(rule -> json.put("rule", rule.value()));
      }
    }
    return json.put("text", text).put("rules", rules);
  }

  private static JsonObject json(RuleTrace trace) {
    JsonArray criteria = new JsonArray();
    trace
        .checks()
        .forEach(
            check ->
                criteria.add(
                    new JsonObject()
                        .put("name", check.criterion().name().toLowerCase(Locale.ROOT))
                        .put("holds", check.holds())
                        .put("detail", check.asked())));
    return new JsonObject()
        .put("name", trace.rule().value())
        .put("effect", trace.effect().name().toLowerCase(Locale.ROOT))
        .put("matches", trace.matches())
        .put("criteria", criteria);
  }
}
