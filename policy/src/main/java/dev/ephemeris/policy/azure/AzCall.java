package dev.ephemeris.policy.azure;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One call of {@code az}, word by word, for one account's native RBAC. {@code create} also replaces
 * what is there.
 *
 * @param words without {@code az} itself; each option is one word with its value, so that no value
 *     that begins with a hyphen is an option itself
 */
public record AzCall(List<String> words) {

  public AzCall {
    words = List.copyOf(words);
  }

  /** What lists an account's role definitions, as {@link NativeRoles#read} reads them. */
  public static AzCall listDefinitions(AccountId account) {
    return call(account, "definition", "list", "--output=json");
  }

  /** The same of its role assignments. */
  public static AzCall listAssignments(AccountId account) {
    return call(account, "assignment", "list", "--output=json");
  }

  public static AzCall define(RoleDefinition role) {
    return call(
        role.account(),
        "definition",
        "create",
        "--body="
            + """
            {"Id": %s, "RoleName": %s, "Type": "CustomRole", "AssignableScopes": [%s], \
            "Permissions": [{"DataActions": [%s]}]}\
            """
                .formatted(
                    Quoted.json(role.id().toString()),
                    Quoted.json(role.roleName()),
                    role.assignableScopes().stream()
                        .map(role.account()::in)
                        .map(Quoted::json)
                        .collect(joining(", ")),
                    role.dataActions().stream().map(Quoted::json).collect(joining(", "))));
  }

  public static AzCall assign(RoleAssignment assignment) {
    return call(
        assignment.account(),
        "assignment",
        "create",
        "--role-assignment-id=" + assignment.id(),
        "--role-definition-id=" + assignment.roleDefinition(),
        "--principal-id=" + assignment.principal(),
        "--scope=" + assignment.account().in(assignment.scope()));
  }

  public static AzCall unassign(RoleAssignment assignment) {
    return call(
        assignment.account(),
        "assignment",
        "delete",
        "--role-assignment-id=" + assignment.id(),
        "--yes");
  }

  public static AzCall undefine(RoleDefinition role) {
    return call(
        role.account(), "definition", "delete", "--role-definition-id=" + role.id(), "--yes");
  }

  private static AzCall call(AccountId account, String kind, String verb, String... options) {
    List<String> words = new ArrayList<>(List.of("cosmosdb", "sql", "role", kind, verb));
    words.add("--subscription=" + account.subscription());
    words.add("--resource-group=" + account.resourceGroup());
    words.add("--account-name=" + account.account());
    words.addAll(List.of(options));
    return new AzCall(words);
  }

  /** As a script has it, for a POSIX shell: a line for each option. */
  String script() {
    return Stream.concat(
            Stream.of(
                Stream.concat(Stream.of("az"), words.stream().filter(word -> !isOption(word)))
                    .collect(joining(" "))),
            words.stream().filter(AzCall::isOption).map(AzCall::quoted))
        .collect(joining(" \\\n  "));
  }

  private static boolean isOption(String word) {
    return word.startsWith("--");
  }

  private static String quoted(String option) {
    int value = option.indexOf('=') + 1;
    return value == 0 ? option : option.substring(0, value) + Quoted.shell(option.substring(value));
  }
}
