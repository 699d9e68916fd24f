package dev.ephemeris.policy.azure;

import static dev.ephemeris.policy.azure.World.ACCOUNT;
import static dev.ephemeris.policy.azure.World.ENTRA;
import static dev.ephemeris.policy.azure.World.FACTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written, for names of every kind. */
class ExportFormatTest {
  private static final String POLICY =
      """
      roles: { "%1$s": { actions: [items/read, executeQuery] } }
      rules:
      - name: "%2$s"
        for: { groups: [group:default/g] }
        role: "%1$s"
        scopes: ["one:/dbs/%3$s/colls/orders"]
      - { name: b, for: { groups: [group:h] }, role: data-reader, scopes: ['one:/'] }
      """;

  /** What ends a string, a comment or a line in some language, or begins an expression in one. */
  private static final String EVIL =
      "'\\\"\\\\ ${account.id} $${x} %{ if true } $(touch evil) `touch evil` ${jndi:x} \\u2028"
          + " \\u202e";

  private static final String EVIL_LINES = EVIL + "\\n}\\ntouch evil\\n*/ \\r\\t\\u0007";

  /** A name that Cosmos DB gives may hold less. */
  private static final String EVIL_DATABASE =
      "o'r\\\"d ${account.id} $${x} %{ if true } $(touch evil) `touch evil`";

  @ParameterizedTest
  @CsvSource({"BICEP,export.bicep", "TERRAFORM,export.tf", "AZ,export.sh", "JSON,export.json"})
  void writesWhatPeopleReview(ExportFormat format, String file) throws IOException {
    assertThat(format.write(export("order reader", "orders, read", "shop"))).isEqualTo(text(file));
  }

  @ParameterizedTest
  @EnumSource
  void writesAnythingAsTextAndNothingElse(ExportFormat format) {
    Exported tame = export("role", "rule", "shop");
    Exported evil = export(EVIL_LINES, EVIL_LINES, EVIL_DATABASE);

    Written expected = Written.read(format, format.write(tame));
    Written actual = Written.read(format, format.write(evil));

    // The ids differ: they come from the names.
    assertThat(actual.code().replaceAll("[0-9a-f]{8}(_[0-9a-f]{4}){3}_[0-9a-f]{12}", "ID"))
        .isEqualTo(expected.code().replaceAll("[0-9a-f]{8}(_[0-9a-f]{4}){3}_[0-9a-f]{12}", "ID"));
    assertThat(actual.strings()).hasSameSizeAs(expected.strings());
    if (format != ExportFormat.AZ) {
      assertThat(actual.strings()).contains(evil.definitions().getFirst().roleName());
      assertThat(actual.strings())
          .anyMatch(
              text ->
                  text.endsWith(
                      AccountId.path(evil.assignments().getFirst().assignment().scope())));
    }
  }

  @Test
  void givesAzEachValueInOneWord(@TempDir Path folder) throws Exception {
    Exported evil = export(EVIL_LINES, EVIL_LINES, EVIL_DATABASE);

    List<List<String>> calls = run(folder, ExportFormat.AZ.write(evil));

    assertThat(calls)
        .hasSize(3)
        .allMatch(call -> call.subList(0, 3).equals(List.of("cosmosdb", "sql", "role")));
    RoleDefinition role = evil.definitions().getFirst();
    assertThat(calls.getFirst())
        .startsWith(
            "cosmosdb",
            "sql",
            "role",
            "definition",
            "create",
            "--subscription=11111111-1111-1111-1111-111111111111",
            "--resource-group=shop",
            "--account-name=one")
        .hasSize(9);
    String body = calls.getFirst().getLast();
    assertThat(body).startsWith("--body={\"Id\": \"" + role.id() + "\", \"RoleName\": ");
    assertThat(Written.read(ExportFormat.JSON, body.substring("--body=".length())).strings())
        .containsExactly(
            "Id",
            role.id().toString(),
            "RoleName",
            role.roleName(),
            "Type",
            "CustomRole",
            "AssignableScopes",
            ACCOUNT.toString(),
            "Permissions",
            "DataActions",
            "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery",
            "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read");
    RoleAssignment assignment = evil.assignments().getFirst().assignment();
    assertThat(calls)
        .contains(
            List.of(
                "cosmosdb",
                "sql",
                "role",
                "assignment",
                "create",
                "--subscription=11111111-1111-1111-1111-111111111111",
                "--resource-group=shop",
                "--account-name=one",
                "--role-assignment-id=" + assignment.id(),
                "--role-definition-id=" + role.id(),
                "--principal-id=" + World.G_ID,
                "--scope=" + ACCOUNT.in(assignment.scope())));
    assertThat(folder.resolve("evil")).doesNotExist();
  }

  @Test
  void stopsTheScriptAtTheFirstFailure(@TempDir Path folder) throws Exception {
    String script = ExportFormat.AZ.write(export("role", "rule", "shop"));

    assertThat(run(folder, script.replace("definition create", "definition fail"))).hasSize(1);
  }

  @Test
  void writesNothingForNothing() {
    Exported nothing = Exported.of(World.rules("rules: []\n"), FACTS, ACCOUNT, ENTRA);

    assertThat(ExportFormat.JSON.write(nothing)).isEqualTo("[]\n");
    assertThat(ExportFormat.BICEP.write(nothing)).contains("existing").doesNotContain("role");
  }

  /** The words that each call of {@code az} was given. */
  private static List<List<String>> run(Path folder, String script) throws Exception {
    Path az = folder.resolve("az");
    Files.writeString(
        az,
        """
        #!/bin/sh
        printf '%s\\0' "$@" >> calls
        printf '\\0' >> calls
        [ "$5" != fail ]
        """);
    Files.setPosixFilePermissions(az, PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder sh = new ProcessBuilder("sh", "-s").directory(folder.toFile());
    sh.environment().put("PATH", folder + ":/usr/bin:/bin");
    sh.redirectErrorStream(true);
    Process process = sh.start();
    process.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEmpty();
    process.waitFor();
    List<List<String>> calls = new ArrayList<>();
    for (String call : Files.readString(folder.resolve("calls")).split("\0\0", -1)) {
      if (!call.isEmpty()) {
        calls.add(List.of(call.split("\0", -1)));
      }
    }
    return calls;
  }

  private static Exported export(String role, String rule, String database) {
    Exported exported =
        Exported.of(World.rules(POLICY.formatted(role, rule, database)), FACTS, ACCOUNT, ENTRA);
    assertThat(exported.leftOut()).isEmpty();
    return exported;
  }

  private static String text(String resource) throws IOException {
    try (InputStream stream = ExportFormatTest.class.getResourceAsStream(resource)) {
      byte[] bytes = Objects.requireNonNull(stream, resource).readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
