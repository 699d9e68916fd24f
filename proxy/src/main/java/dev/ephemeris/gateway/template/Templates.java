package dev.ephemeris.gateway.template;

import dev.ephemeris.policy.Role;
import java.util.Collection;
import java.util.List;

/** Makes templates, and returns none that wasn't read again and says what was asked. */
public final class Templates {
  private final List<Role> roles;
  private final BackstageSchema schema = new BackstageSchema();

  /**
   * @param roles those that a request can ask for, as the policy in force has them
   */
  public Templates(Collection<Role> roles) {
    this.roles = List.copyOf(roles);
  }

  /**
   * One template; the same request always gives the same.
   *
   * @throws InvalidRequest if there is no such role, nobody to approve, or a name that doesn't go
   *     with the kind
   * @throws IllegalStateException if what came out isn't what was asked: a fault of ours
   */
  public Template make(TemplateKind kind, TemplateRequest request) {
    Proposal proposal = Proposal.of(request, roles);
    try {
      return switch (kind) {
        case BICEP -> BicepTemplate.make(proposal);
        case TERRAFORM -> TerraformTemplate.make(proposal);
        case BACKSTAGE -> BackstageTemplate.make(proposal, schema);
        case POLICY -> PolicyTemplate.make(proposal);
      };
    } catch (UnreadableTemplate | IllegalArgumentException e) {
      if (e instanceof InvalidRequest invalid) {
        throw invalid;
      }
      throw new IllegalStateException(
          "No %s was made for %s, as what came out isn't what was asked: %s"
              .formatted(kind, request.scope(), e.getMessage()),
          e);
    }
  }
}
