package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "whoami",
    description = "Shows who you are to the gateway: your principal, groups and session.",
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris whoami", "  ephemeris whoami --output json | jq -r .groups[]"})
final class Whoami implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  Whoami(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(connection.signedIn().me(), this::describe);
    return 0;
  }

  /** Who it is, as people and policies name them. */
  static String name(Api.Me me) {
    Api.Principal principal = me.principal();
    return "%s (%s %s:%s)"
        .formatted(principal.name(), principal.kind(), principal.issuer(), principal.subject());
  }

  private String describe(Api.Me me) {
    String groups = me.groups().isEmpty() ? "none" : String.join("\n          ", me.groups());
    return """
    %s
    groups    %s
    session   %s, ends %s\
    """
        .formatted(name(me), groups, me.session().id(), surroundings.ending(me.session().endsAt()));
  }
}
