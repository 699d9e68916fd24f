package dev.ephemeris.gateway.mint;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.ephemeris.gateway.lease.RoleNaming;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.azure.AccountId;
import dev.ephemeris.policy.azure.RoleAssignment;
import dev.ephemeris.policy.azure.RoleDefinition;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Which of an account's native roles are the gateway's own: those whose ids one of its root keys
 * gives to just what they say. Nothing else is ever changed or removed, and nothing has to be
 * remembered for that. Thread-safe.
 */
public final class OwnRoles {

  private static final Map<String, Action> BY_NAME = new HashMap<>();

  static {
    // Whoever wrote a definition by hand may have written it otherwise; Azure reads it all the
    // same.
    Action.dataActions()
        .forEach(action -> BY_NAME.put(action.azureName().toLowerCase(Locale.ROOT), action));
  }

  private final AccountId account;
  private final Supplier<List<RoleNaming>> namings;

  /**
   * @param namings those of now, the one for what is made from now on first
   */
  public OwnRoles(AccountId account, Supplier<List<RoleNaming>> namings) {
    this.account = account;
    this.namings = namings;
  }

  /**
   * An assignment, and its role.
   *
   * @param definition empty if the role is one of Azure's own
   */
  record Made(RoleAssignment assignment, Optional<RoleDefinition> definition) {}

  /** What gives these data actions to an object of Entra ID's. */
  Made make(UUID objectId, Set<Action> actions, Scope scope) {
    return make(namings.get().getFirst(), objectId, actions, scope);
  }

  /** The same as it was made by whichever root key gave it this id; empty if none did. */
  Optional<Made> make(String id, UUID objectId, Set<Action> actions, Scope scope) {
    return namings.get().stream()
        .map(naming -> make(naming, objectId, actions, scope))
        .filter(made -> made.assignment().id().toString().equals(id))
        .findFirst();
  }

  private Made make(RoleNaming naming, UUID objectId, Set<Action> actions, Scope scope) {
    Optional<Role> builtIn =
        Stream.of(Role.DATA_READER, Role.DATA_CONTRIBUTOR)
            .filter(role -> role.actions().equals(actions))
            .findFirst();
    Optional<RoleDefinition> definition =
        builtIn.isPresent() ? Optional.empty() : Optional.of(define(naming, actions));
    UUID role =
        definition.map(RoleDefinition::id).or(() -> builtIn.flatMap(Role::azureId)).orElseThrow();
    return new Made(assign(naming, objectId, role, scope), definition);
  }

  /** By which root keys there is anything, of all that is the gateway's own. */
  Set<Character> kids(Collection<RoleAssignment> assignments, Collection<RoleDefinition> defined) {
    return namings.get().stream()
        .filter(
            naming ->
                assignments.stream()
                        .anyMatch(
                            there ->
                                there.equals(
                                    assign(
                                        naming,
                                        there.principal(),
                                        there.roleDefinition(),
                                        there.scope())))
                    || defined.stream()
                        .anyMatch(
                            there ->
                                actions(there)
                                    .filter(all -> isSame(define(naming, all), there))
                                    .isPresent()))
        .map(RoleNaming::kid)
        .collect(toUnmodifiableSet());
  }

  /** Whether it is as the gateway made it, whoever else has written at it since. */
  public boolean isOwn(RoleAssignment there) {
    return namings.get().stream()
        .map(naming -> assign(naming, there.principal(), there.roleDefinition(), there.scope()))
        .anyMatch(there::equals);
  }

  /** The same; what it is called doesn't matter. */
  boolean isOwn(RoleDefinition there) {
    return actions(there).stream()
        .flatMap(actions -> namings.get().stream().map(naming -> define(naming, actions)))
        .anyMatch(own -> isSame(own, there));
  }

  /** Whether {@code there} gives what {@code own} does, to the same. */
  static boolean isSame(RoleDefinition own, RoleDefinition there) {
    return own.id().equals(there.id())
        && !there.builtIn()
        && own.assignableScopes().equals(there.assignableScopes())
        && actions(own).equals(actions(there));
  }

  private RoleAssignment assign(RoleNaming naming, UUID objectId, UUID role, Scope scope) {
    UUID id =
        naming.id(
            List.of(
                "assignment",
                account.toString(),
                objectId.toString(),
                role.toString(),
                AccountId.path(scope)));
    return new RoleAssignment(account, id, objectId, role, scope);
  }

  private RoleDefinition define(RoleNaming naming, Set<Action> actions) {
    TreeSet<String> names = new TreeSet<>(actions.stream().map(Action::azureName).toList());
    UUID id =
        naming.id(
            Stream.concat(Stream.of("definition", account.toString()), names.stream()).toList());
    return new RoleDefinition(
        account, id, "Ephemeris " + id, false, List.of(Scope.of(account.account())), names);
  }

  /** Empty if it gives something that isn't known here, or by a wildcard. */
  private static Optional<Set<Action>> actions(RoleDefinition definition) {
    Set<Action> actions = EnumSet.noneOf(Action.class);
    for (String name : definition.dataActions()) {
      Action action = BY_NAME.get(name.toLowerCase(Locale.ROOT));
      if (action == null) {
        return Optional.empty();
      }
      actions.add(action);
    }
    return Optional.of(actions);
  }
}
