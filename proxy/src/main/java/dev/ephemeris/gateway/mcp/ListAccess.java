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
          .thenComparing(ListAccess::needsApproval);

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
    List<Reach> all =
        grants.now().reach(agent.is().principal()).stream()
            .filter(reach -> account.filter(name -> !name.equals(reach.account())).isEmpty())
            .sorted(IN_ORDER)
            .toList();
    JsonArray places = new JsonArray();
    all.stream().limit(MOST).map(ListAccess::json).forEach(places::add);
    return Answer.found(new JsonObject().put("access", places).put("truncated", all.size() > MOST));
  }

  private static boolean needsApproval(Reach reach) {
    return !reach.obligations().approvals().isEmpty();
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
        .put("needsApproval", needsApproval(reach))
        .put("maxTtlSeconds", reach.ttl().max().toSeconds())
        .put("conditions", conditions)
        .put("obligations", obligations);
  }
}
