package dev.ephemeris.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where accounts may be in Azure: a subscription, or a resource group of one.
 *
 * @param subscription a GUID
 * @param resourceGroup all of the subscription's if empty
 */
public record AzureScope(String subscription, Optional<String> resourceGroup) {

  // As of a ResourceId, which begins so.
  private static final Pattern FORM =
      Pattern.compile(
          "/subscriptions/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
              + "(?:/resourceGroups/([\\w().-]{0,89}[\\w()-]))?",
          Pattern.CASE_INSENSITIVE);

  /**
   * @throws IllegalArgumentException if Azure has no such scope
   */
  public AzureScope {
    if (!FORM.matcher(text(subscription, resourceGroup)).matches()) {
      throw refusal();
    }
  }

  /**
   * Reads {@code /subscriptions/…} or {@code /subscriptions/…/resourceGroups/…}, as Azure prints
   * it.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static AzureScope parse(String text) {
    return Optional.of(FORM.matcher(text))
        .filter(Matcher::matches)
        .map(parts -> new AzureScope(parts.group(1), Optional.ofNullable(parts.group(2))))
        .orElseThrow(AzureScope::refusal);
  }

  /** Whether the account is in it; Azure compares names without regard to case. */
  public boolean contains(ResourceId id) {
    return subscription.equalsIgnoreCase(id.subscription())
        && resourceGroup.filter(group -> !group.equalsIgnoreCase(id.resourceGroup())).isEmpty();
  }

  @Override
  public String toString() {
    return text(subscription, resourceGroup);
  }

  private static String text(String subscription, Optional<String> resourceGroup) {
    return "/subscriptions/"
        + subscription
        + resourceGroup.map(group -> "/resourceGroups/" + group).orElse("");
  }

  private static IllegalArgumentException refusal() {
    return new IllegalArgumentException(
        "expected a subscription in Azure, or a resource group of one, such as /subscriptions/"
            + "7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11/resourceGroups/previews");
  }
}
