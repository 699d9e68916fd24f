package dev.ephemeris.gateway.template;

import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Approval;
import dev.ephemeris.policy.EnvironmentPattern;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.yaml.Suggestion;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;

/**
 * A request, with what follows from it.
 *
 * @param role what the rule gives, by its actions
 * @param approval who has to agree to a lease
 */
record Proposal(TemplateRequest request, Role role, Optional<Approval> approval) {
  private static final EnvironmentPattern PRODUCTION = EnvironmentPattern.parse("prod*");
  private static final Duration PICKED_UP_WITHIN = Duration.ofHours(2);

  /**
   * @param roles those that there are in the policy
   * @throws InvalidRequest if there is no such role, or nobody who could agree
   */
  static Proposal of(TemplateRequest request, Collection<Role> roles) {
    Role role =
        roles.stream()
            .filter(each -> each.name().equals(request.role()))
            .findFirst()
            .orElseThrow(
                () ->
                    new InvalidRequest(
                        "access",
                        "unknown role "
                            + Suggestion.expected(
                                request.role().value(),
                                roles.stream().map(each -> each.name().value()).toList())));
    return new Proposal(request, role, approval(request, changes(role)));
  }

  private static Optional<Approval> approval(TemplateRequest request, boolean changes) {
    boolean named = !request.approvers().isEmpty();
    boolean byDefault = changes && PRODUCTION.matches(request.environment());
    boolean wanted = request.approval().orElse(named || byDefault);
    if (!wanted && named) {
      throw new InvalidRequest("approvers", "nobody is asked, as approval is false");
    }
    if (wanted && !named) {
      throw new InvalidRequest(
          "approvers",
          request.approval().isPresent()
              ? "expected the groups whose agreement it takes"
              : "changes in production take an approval; name the groups that give it, or say"
                  + " approval: false");
    }
    return wanted
        ? Optional.of(new Approval(request.approvers(), 1, PICKED_UP_WITHIN, Optional.empty()))
        : Optional.empty();
  }

  private static boolean changes(Role role) {
    return !Action.matching("reads").containsAll(role.actions());
  }

  /** Whether changes in production are to be had without asking, as the request says. */
  boolean givesUpApproval() {
    return approval.isEmpty() && changes(role) && PRODUCTION.matches(request.environment());
  }

  /** The least of Azure's own roles that has what the rule gives, if the gateway is to have it. */
  Optional<UUID> gatewayRole() {
    if (!request.gatewayRole()) {
      return Optional.empty();
    }
    return Role.DATA_READER.actions().containsAll(role.actions())
        ? Role.DATA_READER.azureId()
        : Role.DATA_CONTRIBUTOR.azureId();
  }

  /** The same for another container and owner. */
  Proposal of(TemplateRequest other) {
    return new Proposal(other, role, approval);
  }

  /** What the container is, in one line. */
  String inWords() {
    return "container %s of database %s in account %s (%s), of %s"
        .formatted(
            request.container().name(),
            request.container().database(),
            request.account(),
            request.environment(),
            request.owner());
  }

  /** What files are called that are made for it. */
  String slug() {
    return Slug.of(request.account(), request.container().database(), request.container().name());
  }
}
