package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that name one who has access, of which a command takes one. */
final class Somebody {

  @Option(
      names = "--user",
      paramLabel = "USER",
      description = "This user of the catalog, at whichever issuer, such as user:default/alice.")
  private Optional<String> user = Optional.empty();

  @Option(
      names = "--principal",
      paramLabel = "ISSUER:SUBJECT",
      description = "This identity, as 'ephemeris sessions --any' shows it.")
  private Optional<String> principal = Optional.empty();

  void addTo(ObjectNode body) {
    user.ifPresent(name -> body.put("user", name));
    principal.ifPresent(name -> body.put("principal", name));
  }
}
