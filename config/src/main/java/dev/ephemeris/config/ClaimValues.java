package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What claims are asked for: by the claim, the values that count. */
final class ClaimValues {

  /** Any value, if only the claim is there. */
  static final String ANY = "*";

  private ClaimValues() {}

  /** The same, if each claim has at least one value. */
  static Map<ClaimPath, Set<String>> each(Map<ClaimPath, Set<String>> asked, String field) {
    asked.forEach(
        (claim, values) ->
            require(
                !values.isEmpty(),
                "expected at least one value that the claim '"
                    + claim
                    + "' must have, or [\"*\"] for any",
                field,
                claim.toString()));
    return any(asked, field);
  }

  /** The same; a claim without values asks for nothing, which takes away what a preset asks. */
  static Map<ClaimPath, Set<String>> any(Map<ClaimPath, Set<String>> asked, String field) {
    Map<ClaimPath, Set<String>> kept = new LinkedHashMap<>();
    asked.forEach(
        (claim, values) -> {
          require(
              values.stream().noneMatch(String::isBlank),
              "expected values that aren't blank",
              field,
              claim.toString());
          if (!values.isEmpty()) {
            kept.put(claim, Set.copyOf(values));
          }
        });
    return Collections.unmodifiableMap(kept);
  }
}
