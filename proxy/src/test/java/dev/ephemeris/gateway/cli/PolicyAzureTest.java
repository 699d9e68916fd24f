package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code policy import}, {@code export} and {@code drift}, on files as people have them. */
class PolicyAzureTest {

  private static final String ACCOUNT =
      "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop"
          + "/providers/Microsoft.DocumentDB/databaseAccounts/orders-prod";

  private static final String CATALOG =
      """
      kind: Group
      metadata:
        name: orders
        annotations: { graph.microsoft.com/group-id: aaaaaaaa-0000-0000-0000-000000000001 }
      spec: { type: team, children: [] }
      ---
      kind: User
      metadata:
        name: ada
        annotations: { graph.microsoft.com/user-id: aaaaaaaa-0000-0000-0000-000000000002 }
      spec: { memberOf: [orders] }
      """;

  private static final String POLICY =
      """
      apiVersion: ephemeris.dev/v1
      rules:
        - name: the orders team reads orders
          for: { groups: [group:default/orders] }
          role: data-reader
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
      """;

  @TempDir private Path folder = Path.of("");
  private Terminal terminal = new Terminal(() -> Instant.EPOCH, folder);

  @BeforeEach
  void files() throws IOException {
    terminal = new Terminal(() -> Instant.EPOCH, folder);
    write("org.yaml", CATALOG);
    write("policy.yaml", POLICY);
  }

  @Test
  void importsWhatAzListsAndNamesTheRest() throws IOException {
    write("definitions.json", resource("definitions.json"));
    write("assignments.json", resource("assignments.json"));

    Screen screen =
        terminal.run(
            "policy",
            "import",
            file("definitions.json"),
            file("assignments.json"),
            "--catalog",
            file("org.yaml"));

    assertThat(screen.out())
        .isEqualTo(
            """
            apiVersion: ephemeris.dev/v1

            roles:
              "Order operator":
                actions: [readMetadata, items/read, items/replace, executeQuery]

            rules:
              - name: "group:default/orders has Order operator"
                for: { groups: ["group:default/orders"] }
                role: "Order operator"
                scopes: ["orders-prod:/dbs/shop/colls/orders"]
              - name: "group:default/orders has data-reader"
                for: { groups: ["group:default/orders"] }
                role: "data-reader"
                scopes: ["orders-prod:/"]
            """);
    assertThat(Policy.parse(List.of(new PolicySource("out", screen.out())))).isNotNull();
    assertThat(screen.err().lines())
        .containsExactly(
            "ephemeris: left out: "
                + ACCOUNT
                + "/sqlRoleAssignments/dddddddd-0000-0000-0000-000000000003: it is for one person,"
                + " user:default/ada; rules are for groups that people are in");
    assertThat(screen.exitCode()).isEqualTo(1);
  }

  @Test
  void exportsWhatItImportsAgain() throws IOException {
    Screen json = export("json");
    write("exported.json", json.out());

    Screen back =
        terminal.run("policy", "import", file("exported.json"), "--catalog", file("org.yaml"));

    assertThat(json.err()).isEmpty();
    assertThat(json.exitCode()).isZero();
    assertThat(back.exitCode()).isZero();
    assertThat(back.out())
        .contains(
            "for: { groups: [\"group:default/orders\"] }",
            "role: \"data-reader\"",
            "scopes: [\"orders-prod:/dbs/shop/colls/orders\"]");
  }

  @Test
  void exportsToEachFormat() {
    assertThat(export("bicep").out()).contains("resource account 'Microsoft.DocumentDB/");
    assertThat(export("terraform").out()).contains("\"azurerm_cosmosdb_sql_role_assignment\"");
    assertThat(export("az").out()).startsWith("#!/bin/sh\n");
  }

  /** As its own process, in a locale without the letter. */
  @Test
  void writesNamesAsTheyAreWhateverTheLocale() throws Exception {
    write("policy.yaml", POLICY.replace("/dbs/shop", "/dbs/größe"));
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Ephemeris.class.getName(),
            "policy",
            "export",
            file("policy.yaml"),
            "--catalog=" + file("org.yaml"),
            "--to=json",
            "--account-id=" + ACCOUNT,
            "--environment=prod");
    java.environment().put("LC_ALL", "C");
    java.redirectOutput(folder.resolve("exported.json").toFile())
        .redirectError(folder.resolve("errors").toFile());

    assertThat(java.start().waitFor()).isZero();

    assertThat(folder.resolve("exported.json"))
        .content(StandardCharsets.UTF_8)
        .isEqualTo(export("json").out())
        .contains("/dbs/größe/");
  }

  @Test
  void namesWhatItCannotExport() throws IOException {
    write("policy.yaml", POLICY + "    ttl: { default: 1h, max: 2h }\n");

    Screen screen = export("json");

    assertThat(screen.exitCode()).isEqualTo(1);
    assertThat(screen.out()).isEqualTo("[]\n");
    assertThat(screen.err())
        .isEqualTo(
            "ephemeris: left out: the orders team reads orders: its leases end (ttl), and an"
                + " assignment doesn't\n");
  }

  @Test
  void findsNoDriftWhereThereIsNone() throws IOException {
    write("exported.json", export("json").out());

    Screen screen = drift("exported.json", "exported.json");
    Screen programs = drift("exported.json", "exported.json", "-o", "json");

    assertThat(screen).isEqualTo(new Screen(0, "No drift.\n", ""));
    assertThat(programs.exitCode()).isZero();
    assertThat(programs.json().toString())
        .isEqualTo("{\"missing\":[],\"extra\":[],\"different\":[],\"notCompared\":[]}");
  }

  @Test
  void findsDrift() throws IOException {
    String exported = export("json").out();
    write("exported.json", exported);
    write("none.json", "[]");
    write("narrower.json", exported.replace("/dbs/shop/colls/orders", "/dbs/shop"));
    write("odd.json", exported.replace("\"scope\"", "\"condition\": \"x\\u001b\", \"scope\""));

    Screen missing = drift("exported.json", "none.json");
    Screen extra = drift("none.json", "exported.json");
    Screen different = drift("exported.json", "narrower.json");
    Screen unread = drift("exported.json", "odd.json");

    assertThat(missing.out()).startsWith("missing      " + ACCOUNT + "/sqlRoleAssignments/");
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(extra.out()).startsWith("extra        " + ACCOUNT + "/sqlRoleAssignments/");
    assertThat(extra.exitCode()).isEqualTo(1);
    assertThat(different.out())
        .startsWith("different    " + ACCOUNT + "/sqlRoleAssignments/")
        .endsWith(
            "\n             scope: expected orders-prod:/dbs/shop/colls/orders, is"
                + " orders-prod:/dbs/shop\n");
    assertThat(different.exitCode()).isEqualTo(1);
    assertThat(drift("exported.json", "narrower.json", "-o", "json").json().path("different"))
        .hasSize(1);
    assertThat(unread.out()).contains("not compared " + ACCOUNT, "'condition' isn't known here");
    assertThat(unread.exitCode()).isEqualTo(1);
  }

  @Test
  void saysWhatIsWrongWithAFile() throws IOException {
    write("twice.json", "[{\"id\": 1, \"id\": 2}]");
    write("broken.json", "[");
    write("more.json", "[] []");
    write("broken.yaml", "kind: [");

    for (String broken : List.of("twice.json", "broken.json", "more.json")) {
      assertThat(drift(broken, "exported.json").err())
          .isEqualTo("ephemeris: " + file(broken) + ": this isn't JSON as az prints it\n");
    }
    assertThat(drift("absent.json", "absent.json"))
        .isEqualTo(
            new Screen(5, "", "ephemeris: " + file("absent.json") + ": there is no such file\n"));
    assertThat(
            terminal.run("policy", "import", file("twice.json"), "--catalog", file("broken.yaml")))
        .matches(screen -> screen.exitCode() == 5);
    write("policy.yaml", "rulez: []\n");
    assertThat(export("az").err())
        .startsWith("ephemeris: " + file("policy.yaml") + ":1:1: ")
        .endsWith("(and 1 more)\n");
    write("policy.yaml", POLICY);
    assertThat(
            terminal.run(
                "policy",
                "export",
                file("policy.yaml"),
                "--catalog",
                file("org.yaml"),
                "--to=az",
                "--account-id=" + ACCOUNT,
                "--environment=Prod"))
        .matches(screen -> screen.exitCode() == 2 && screen.out().isEmpty());
  }

  private Screen export(String format) {
    return terminal.run(
        "policy",
        "export",
        file("policy.yaml"),
        "--catalog",
        file("org.yaml"),
        "--to",
        format,
        "--account-id",
        ACCOUNT,
        "--environment",
        "prod");
  }

  private Screen drift(String expected, String actual, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("policy", "drift", "--expected", file(expected), "--actual", file(actual)));
    arguments.addAll(List.of(more));
    return terminal.run(arguments.toArray(String[]::new));
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private static String resource(String name) throws IOException {
    try (var stream = PolicyAzureTest.class.getResourceAsStream(name)) {
      return new String(
          Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
