package dev.ephemeris.gateway.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "whoami",
    description = {
      "Shows who you are to the gateway: your principal, what of the catalog it is, and your"
          + " session.",
      "Linked is by what else you would be found as the same User of the catalog: to Ephemeris all"
          + " of it is one human."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris whoami", "  ephemeris whoami --output json | jq -r .groups[]"})
final class Whoami implements Callable<Integer> {

  private static final int WIDTH = 11;

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
    StringBuilder text = new StringBuilder(name(me));
    me.user().ifPresent(user -> line(text, "user", user));
    me.component().ifPresent(component -> line(text, "component", component));
    me.ownerGroups()
        .filter(groups -> !groups.isEmpty())
        .ifPresent(groups -> line(text, "owned by", below(groups)));
    line(text, "groups", me.groups().isEmpty() ? "none" : below(me.groups()));
    if (!me.linked().isEmpty()) {
      line(text, "linked", below(me.linked().stream().map(Api.Linked::described).toList()));
    }
    return line(
            text,
            "session",
            me.session().id() + ", ends " + surroundings.ending(me.session().endsAt()))
        .toString();
  }

  private static StringBuilder line(StringBuilder text, String label, String value) {
    return text.append('\n').append(label).repeat(' ', WIDTH - label.length()).append(value);
  }

  private static String below(List<String> values) {
    return String.join("\n" + " ".repeat(WIDTH), values);
  }
}
