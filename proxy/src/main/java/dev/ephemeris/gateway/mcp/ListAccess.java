package dev.ephemeris.gateway.mcp;

import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Reach;
import dev.ephemeris.policy.RuleName;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Where the rules let the agent reach, with whom it acts for. */
final class ListAccess implements Tool {

  private static final int MOST = 200;

  /** Of each place first what needs nobody's approval: whoever reads on may stop there. */
  private static final Comparator<Reach> IN_ORDER =
      Comparator.comparing(Reach::account)
          .thenComparing(Reach::scope)
          .thenComparing(Reach::needsApproval);

  private final Grants grants;

  ListAccess(Grants grants) {
    this.grants = grants;
  }

  @Override
  public String name() {
    return "list_access";
  }

  @Override
  public Future<Answer> call(Agent agent, Arguments arguments) {
    Optional<String> account = arguments.find("account");
    List<Reach> everywhere = grants.now().reach(agent.is().principal());
    List<Reach> all =
        everywhere.stream()
            .filter(reach -> account.filter(name -> !name.equals(reach.account())).isEmpty())
            .filter(reach -> !reach.needsApproval() || isBetterThanAll(reach, everywhere))
            .sorted(IN_ORDER)
            .toList();
    JsonArray places = new JsonArray();
    all.stream().limit(MOST).map(ListAccess::json).forEach(places::add);
    return Answer.found(new JsonObject().put("access", places).put("truncated", all.size() > MOST));
  }

  /** Whether there is something to it that can't be had without approval. */
  private static boolean isBetterThanAll(Reach reach, List<Reach> others) {
    return others.stream().noneMatch(other -> !other.needsApproval() && other.makesNeedless(reach));
  }

  private static JsonObject json(Reach reach) {
    JsonArray actions = new JsonArray();
    reach.actions().stream().map(Action::shortName).forEach(actions::add);
    JsonArray rules = new JsonArray();
    reach.by().stream().map(RuleName::value).forEach(rules::add);
    JsonArray obligations = new JsonArray();
    reach.obligations().words().forEach(obligations::add);
    JsonArray conditions = new JsonArray();
    reach.conditions().forEach(conditions::add);
    return new JsonObject()
        .put("scope", reach.scope())
        .put("actions", actions)
        .put("rules", rules)
        .put("needsApproval", reach.needsApproval())
        .put("maxTtlSeconds", reach.ttl().max().toSeconds())
        .put("conditions", conditions)
        .put("obligations", obligations);
  }
}
