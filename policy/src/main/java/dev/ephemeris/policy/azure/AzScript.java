package dev.ephemeris.policy.azure;

/** Native RBAC as a shell script of {@code az}. */
final class AzScript {

  private AzScript() {}

  static String of(Exported exported) {
    StringBuilder text =
        new StringBuilder(
            """
            #!/bin/sh
            # Written by ephemeris policy export.
            set -eu
            """);
    exported
        .definitions()
        .forEach(role -> text.append('\n').append(AzCall.define(role).script()).append('\n'));
    exported
        .assignments()
        .forEach(
            each ->
                text.append("\n# ")
                    .append(Comment.of(each))
                    .append('\n')
                    .append(AzCall.assign(each.assignment()).script())
                    .append('\n'));
    return text.toString();
  }
}
