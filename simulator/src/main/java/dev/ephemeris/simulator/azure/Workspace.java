package dev.ephemeris.simulator.azure;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A workspace of Log Analytics, where the requests of accounts are looked up whose diagnostic
 * settings name it.
 *
 * <p>All methods are safe to call from any thread.
 */
public final class Workspace {

  private final ArmPath.Group group;
  private final String name;
  private final String customerId = UUID.randomUUID().toString();
  private final List<LogQuery> queries = new CopyOnWriteArrayList<>();

  Workspace(ArmPath.Group group, String name) {
    this.group = group;
    this.name = name;
  }

  /** Its resource id: {@code /subscriptions/…/workspaces/NAME}. */
  public String id() {
    return group.id() + "/providers/Microsoft.OperationalInsights/workspaces/" + name;
  }

  /** The id by which it is queried, a GUID. */
  public String customerId() {
    return customerId;
  }

  /** Answers this query from now on; all others are refused as not simulated. */
  public void answer(LogQuery query) {
    queries.add(query);
  }

  Optional<LogQuery> query(String kql) {
    return queries.stream().filter(query -> query.kql().equals(kql)).findFirst();
  }
}
