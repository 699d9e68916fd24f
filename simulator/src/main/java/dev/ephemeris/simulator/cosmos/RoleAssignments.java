package dev.ephemeris.simulator.cosmos;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Who has which role where. Guarded by the account's lock. */
final class RoleAssignments {

  private final String accountName;
  private final Account account;
  private final InstantSource clock;
  private final List<RoleAssignment> assignments = new ArrayList<>();

  /** What somebody else keeps, by instant. */
  private Function<Instant, List<RoleAssignment>> followed = _ -> List.of();

  RoleAssignments(String accountName, Account account, InstantSource clock) {
    this.accountName = accountName;
    this.account = account;
    this.clock = clock;
  }

  void add(RoleAssignment assignment) {
    assignments.add(assignment);
  }

  void remove(RoleAssignment assignment) {
    assignments.remove(assignment);
  }

  void follow(Function<Instant, List<RoleAssignment>> kept) {
    followed = kept;
  }

  void clear() {
    assignments.clear();
  }

  /** Why a principal may not do this; empty if it may. */
  Optional<Answer> refusal(EntraTokens.Holder.Principal principal, Call call, CallKind kind) {
    List<DataAction> needed = kind == CallKind.BATCH ? BatchActions.of(call) : kind.dataActions();
    if (needed.isEmpty() && kind != CallKind.BATCH) {
      return Optional.of(Refusals.notByEntra(accountName, call));
    }
    String scope = Target.of(call, account).scope();
    return needed.stream()
        .filter(action -> !isAllowed(principal, action, kind, scope))
        .findFirst()
        .map(missing -> Refusals.noRole(accountName, principal.id(), missing, scope));
  }

  private boolean isAllowed(
      EntraTokens.Holder.Principal principal, DataAction action, CallKind kind, String scope) {
    return Stream.concat(assignments.stream(), followed.apply(clock.instant()).stream())
        .filter(assignment -> principal.ids().contains(assignment.principalId()))
        // Who has a container only must find its way to it: SDKs read the account first (v3 #3638).
        .filter(assignment -> kind == CallKind.READ_ACCOUNT || assignment.covers(scope))
        .anyMatch(assignment -> assignment.role().allows(action));
  }
}
