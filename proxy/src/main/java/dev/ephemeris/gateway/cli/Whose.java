package dev.ephemeris.gateway.cli;

import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whose records, as far as that is asked: one of these. */
final class Whose {

  @Option(
      names = "--principal",
      paramLabel = "P",
      description = "Whose, as issuer:subject; or of an agent that acts for them, or done by them.")
  private Optional<String> principal = Optional.empty();

  @Option(
      names = "--user",
      paramLabel = "USER",
      description = "By whatever principal, such as user:default/alice. Asks the gateway.")
  private Optional<String> user = Optional.empty();

  @Option(
      names = "--group",
      paramLabel = "GROUP",
      description = "Of whoever is in it now, such as group:default/dba. Asks the gateway.")
  private Optional<String> group = Optional.empty();

  Optional<String> principal() {
    return principal;
  }

  /** Whether it takes the gateway's catalog to say who that is. */
  boolean isOfCatalog() {
    return user.isPresent() || group.isPresent();
  }

  /** As the API is asked. */
  void addTo(Map<String, String> asked) {
    principal.ifPresent(name -> asked.put("principal", name));
    user.ifPresent(name -> asked.put("user", name));
    group.ifPresent(name -> asked.put("group", name));
  }
}
