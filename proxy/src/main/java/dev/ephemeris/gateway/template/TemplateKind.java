package dev.ephemeris.gateway.template;

import dev.ephemeris.policy.yaml.Suggestion;
import java.util.Arrays;
import java.util.Locale;

/** What there are templates in. */
public enum TemplateKind {
  /** The container as a file of Bicep. */
  BICEP,
  /** The container as a file of Terraform, for the provider azurerm. */
  TERRAFORM,
  /** A software template of Backstage, which asks for a container and opens a pull request. */
  BACKSTAGE,
  /** A rule of the policy for the container, and its test. */
  POLICY;

  /**
   * The kind of this name, for example {@code bicep}.
   *
   * @throws IllegalArgumentException if there is none, with those that there are
   */
  public static TemplateKind parse(String text) {
    return Suggestion.choose("template", text, Arrays.asList(values()));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
