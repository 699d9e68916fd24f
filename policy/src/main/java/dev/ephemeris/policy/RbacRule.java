package dev.ephemeris.policy;

import java.util.List;
import java.util.Set;

/**
 * A rule as Azure's native RBAC can say it, which knows nothing but standing allowances: a group
 * may take data actions in an account, a database or a container.
 */
public sealed interface RbacRule {

  RuleName name();

  /**
   * Native RBAC can say exactly what the rule says.
   *
   * @param groups whom it allows; never empty
   * @param actions data actions only; never empty
   * @param scopes in the account that was asked for; never empty
   */
  record Expressible(RuleName name, Set<GroupRef> groups, Set<Action> actions, List<Scope> scopes)
      implements RbacRule {
    public Expressible {
      groups = Set.copyOf(groups);
      actions = Set.copyOf(actions);
      scopes = List.copyOf(scopes);
    }
  }

  /**
   * Native RBAC can't.
   *
   * @param reasons each thing that it has no words for; never empty
   */
  record Inexpressible(RuleName name, List<String> reasons) implements RbacRule {
    public Inexpressible {
      reasons = List.copyOf(reasons);
    }
  }
}
