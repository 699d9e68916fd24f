package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code policy apply}, with an {@code az} that has files for an account. */
class PolicyApplyTest {

  private static final String ACCOUNT =
      "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop"
          + "/providers/Microsoft.DocumentDB/databaseAccounts/orders-prod";

  private static final String GROUP = "aaaaaaaa-0000-0000-0000-000000000001";

  private static final String SOMEBODYS =
      """
      {"id": "%1$s/sqlRoleAssignments/bbbbbbbb-0000-0000-0000-000000000001",
       "name": "bbbbbbbb-0000-0000-0000-000000000001",
       "type": "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments",
       "principalId": "cccccccc-0000-0000-0000-000000000001", "scope": "%1$s",
       "roleDefinitionId": "%1$s/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002"}
      """
          .formatted(ACCOUNT);

  @TempDir private Path folder = Path.of("");
  private Terminal terminal = new Terminal(() -> Instant.EPOCH, folder);

  @BeforeEach
  void files() throws IOException {
    terminal = new Terminal(() -> Instant.EPOCH, folder).with("PATH", "/nowhere:" + folder);
    write(
        "org.yaml",
        """
        kind: Group
        metadata:
          name: orders
          annotations: { graph.microsoft.com/group-id: %s }
        spec: { type: team, children: [] }
        """
            .formatted(GROUP));
    write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: the orders team reads orders
            for: { groups: [group:default/orders] }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
        """);
    write("definition", "[]");
    write("assignment", "[" + SOMEBODYS + "]");
    write(
        "az",
        """
        #!/bin/sh
        cd '%s'
        if [ "$5" = list ]; then cat "$4"; exit; fi
        printf '%%s\\n' "$*" >> calls
        if [ -e fails ]; then echo "ERROR: Please run 'az login'" >&2; exit 3; fi
        """
            .formatted(folder));
    Files.setPosixFilePermissions(
        folder.resolve("az"), PosixFilePermissions.fromString("rwx------"));
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private Screen apply(String... more) {
    return terminal.run(
        Stream.concat(
                Stream.of(
                    "policy",
                    "apply",
                    folder.resolve("policy.yaml").toString(),
                    "--catalog",
                    folder.resolve("org.yaml").toString(),
                    "--environment",
                    "prod",
                    "--account-id",
                    ACCOUNT),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private List<String> calls() throws IOException {
    Path calls = folder.resolve("calls");
    return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
  }

  @Test
  void saysWhatItWouldDoAndDoesNothing() throws IOException {
    Screen screen = apply();

    assertThat(screen)
        .isEqualTo(
            new Screen(
                1,
                """
                assign      group:default/orders orders-prod:/dbs/shop/colls/orders, role \
                00000000-0000-0000-0000-000000000001
                left alone  1 assignment of others'
                Nothing was changed; --yes does it.
                """,
                ""));
    assertThat(calls()).isEmpty();
  }

  @Test
  void doesItByAzOnceThatIsSaid() throws IOException {
    Screen screen = apply("--yes");

    assertThat(screen.err()).isEmpty();
    assertThat(screen.exitCode()).isZero();
    assertThat(screen.out()).endsWith("1 change made. Azure takes minutes to go by them.\n");
    assertThat(calls())
        .singleElement()
        .asString()
        .startsWith(
            "cosmosdb sql role assignment create"
                + " --subscription=11111111-1111-1111-1111-111111111111 --resource-group=shop"
                + " --account-name=orders-prod --role-assignment-id=")
        .contains(" --principal-id=" + GROUP)
        .endsWith(" --scope=" + ACCOUNT + "/dbs/shop/colls/orders");
  }

  @Test
  void hasNothingToDoWhereAllIsThere() throws IOException {
    String exported =
        terminal
            .run(
                "policy",
                "export",
                folder.resolve("policy.yaml").toString(),
                "--catalog",
                folder.resolve("org.yaml").toString(),
                "--environment",
                "prod",
                "--account-id",
                ACCOUNT,
                "--to",
                "json")
            .out();
    write("assignment", exported);

    Screen screen = apply("--yes");

    assertThat(screen)
        .isEqualTo(new Screen(0, "Azure has what the policy says; there is nothing to do.\n", ""));
    assertThat(calls()).isEmpty();
  }

  @Test
  void whatCouldNotBeReadIsNamed() throws IOException {
    write("definition", "[{\"id\": \"x\", \"type\": \"y\"}]");

    Screen screen = apply("--yes");

    assertThat(screen.exitCode()).isEqualTo(1);
    assertThat(screen.err()).startsWith("ephemeris: left out: x: ");
    assertThat(calls()).hasSize(1);
  }

  @Test
  void saysWhatAzSaid() throws IOException {
    write("fails", "");

    Screen screen = apply("--yes");

    assertThat(screen.exitCode()).isEqualTo(5);
    assertThat(screen.err())
        .startsWith("ephemeris: az ended with 3 at: az cosmosdb sql role assignment create ")
        .contains("It said: ERROR: Please run 'az login'")
        .endsWith("Of 1 change 0 were made; the same command goes on.\n");
  }

  @Test
  void saysThatThereIsNoAz() {
    terminal.with("PATH", "/nowhere");

    Screen screen = apply();

    assertThat(screen.exitCode()).isEqualTo(5);
    assertThat(screen.err()).contains("There is no az on the PATH.");
  }

  @Test
  void takesNoOtherPrintForAnAnswer() throws IOException {
    write("assignment", "To sign in, use a web browser");

    Screen screen = apply("--yes");

    assertThat(screen.exitCode()).isEqualTo(5);
    assertThat(screen.err()).contains("az didn't print the JSON that it should");
    assertThat(calls()).isEmpty();
  }
}
