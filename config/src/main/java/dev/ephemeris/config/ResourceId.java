package dev.ephemeris.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an account is in Azure Resource Manager.
 *
 * @param subscription a GUID
 */
public record ResourceId(String subscription, String resourceGroup, String account) {

  // Azure compares its own words without regard to case, and so do the tools that print them.
  private static final Pattern FORM =
      Pattern.compile(
          "/subscriptions/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
              + "/resourceGroups/([\\w().-]{0,89}[\\w()-])"
              + "/providers/Microsoft\\.DocumentDB/databaseAccounts/([a-z0-9-]{3,44})",
          Pattern.CASE_INSENSITIVE);

  /**
   * Reads {@code /subscriptions/…/resourceGroups/…/providers/Microsoft.DocumentDB/
   * databaseAccounts/…}, as Azure prints it.
   *
   * @throws IllegalArgumentException if it isn't that
   */
  public static ResourceId parse(String text) {
    return Optional.of(FORM.matcher(text))
        .filter(Matcher::matches)
        .map(parts -> new ResourceId(parts.group(1), parts.group(2), parts.group(3)))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected the id of an account in Azure, such as /subscriptions/7f4c1f1a-3a5e-"
                        + "4b3f-9d0e-5c0f3b8e2a11/resourceGroups/orders/providers/"
                        + "Microsoft.DocumentDB/databaseAccounts/orders-prod"));
  }

  @Override
  public String toString() {
    return "/subscriptions/"
        + subscription
        + "/resourceGroups/"
        + resourceGroup
        + "/providers/Microsoft.DocumentDB/databaseAccounts/"
        + account;
  }
}
