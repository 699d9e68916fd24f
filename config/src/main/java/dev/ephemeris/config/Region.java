package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A region of an account.
 *
 * @param name what Azure calls it, for example {@code West Europe}
 * @param endpoint the account's own for this region
 */
public record Region(String name, Endpoint endpoint) {
  private static final Pattern NAME = Pattern.compile("(?=.{1,35}$)[A-Za-z0-9]+( [A-Za-z0-9]+)*");

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) if the name can't
   *     be a region's
   */
  public Region {
    require(NAME.matcher(name).matches(), "expected a region, such as West Europe", "name");
  }

  /** What the region is in host names, as in Azure's own: {@code westeurope}. */
  public String label() {
    return label(name);
  }

  /** What a region of this name is in host names; two spellings of one region have the same. */
  public static String label(String name) {
    return name.replace(" ", "").toLowerCase(Locale.ROOT);
  }
}
