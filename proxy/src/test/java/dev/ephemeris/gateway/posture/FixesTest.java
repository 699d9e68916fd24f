package dev.ephemeris.gateway.posture;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines that are copied: what people review, and that a shell reads them as one command. */
class FixesTest {

  private static final Fixes FIXES = new Fixes(Setup.RESOURCE);

  private static Stream<Fix> all() {
    return Stream.of(
            FIXES.localAuth(true),
            FIXES.localAuth(false),
            FIXES.noMetadataByKeys(),
            FIXES.tls(),
            FIXES.noBypass(),
            FIXES.firewall(List.of()),
            FIXES.firewall(List.of("203.0.113.7", "198.51.100.0/24")),
            FIXES.privateEndpoint(),
            FIXES.answer(Setup.RESOURCE + "/privateEndpointConnections/somebodys"),
            FIXES.regenerate(List.of("primary", "secondaryReadonly")),
            FIXES.unassign(Setup.assignment(Setup.SOMEBODY)),
            FIXES.logs(),
            FIXES.rights())
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @CsvSource({"AZ,fixes.sh", "BICEP,fixes.bicep", "TERRAFORM,fixes.tf"})
  void writesWhatPeopleReview(Fix.Kind kind, String file) throws IOException {
    assertThat(
            all()
                .filter(fix -> fix.kind() == kind)
                .map(fix -> fix.text() + "\n")
                .collect(joining("\n")))
        .isEqualTo(text(file));
  }

  /** What is Azure's to say may be anything. */
  @Test
  void whatAzureSaidIsTextAndNothingElse(@TempDir Path folder) throws Exception {
    String evil = "-o'r $(touch evil) `touch evil` \\ \" ${HOME} \n touch evil";

    List<List<String>> calls =
        calls(
            folder,
            FIXES.firewall(List.of(evil)).getFirst().text()
                + "\n"
                + FIXES.answer(evil).getFirst().text());

    assertThat(calls).hasSize(2);
    assertThat(calls.getFirst()).endsWith("--ip-range-filter", evil);
    assertThat(calls.getLast()).endsWith("--id=" + evil);
    assertThat(folder.resolve("evil")).doesNotExist();
  }

  /** Two lines may be needed; each is one call, with the account's own name in it. */
  @Test
  void aShellReadsEachLineAsOneCall(@TempDir Path folder) throws Exception {
    String script =
        all().filter(fix -> fix.kind() == Fix.Kind.AZ).map(Fix::text).collect(joining("\n"));

    List<List<String>> calls = calls(folder, script);

    assertThat(calls).hasSize((int) script.lines().count()).hasSizeGreaterThan(10);
    assertThat(calls)
        .filteredOn(call -> call.getFirst().equals("cosmosdb"))
        .isNotEmpty()
        .allSatisfy(
            call ->
                assertThat(call)
                    .contains(
                        "--subscription=" + Setup.RESOURCE.subscription(),
                        "--resource-group=orders")
                    .containsAnyOf("--name=orders-prod", "--account-name=orders-prod"));
  }

  /** The words that each call of {@code az} was given. */
  private static List<List<String>> calls(Path folder, String script) throws Exception {
    Path az = folder.resolve("az");
    Files.writeString(
        az,
        """
        #!/bin/sh
        printf '%s\\0' "$@" >> calls
        printf '\\0' >> calls
        """);
    Files.setPosixFilePermissions(az, PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder sh = new ProcessBuilder("sh", "-s").directory(folder.toFile());
    sh.environment().put("PATH", folder + ":/usr/bin:/bin");
    for (String variable :
        List.of("GATEWAY_ADDRESS", "SUBNET_ID", "WORKSPACE_ID", "GATEWAY_OBJECT_ID")) {
      sh.environment().put(variable, "filled in");
    }
    sh.redirectErrorStream(true);
    Process process = sh.start();
    process.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEmpty();
    assertThat(process.waitFor()).isZero();
    List<List<String>> calls = new ArrayList<>();
    for (String call : Files.readString(folder.resolve("calls")).split("\0\0", -1)) {
      if (!call.isEmpty()) {
        calls.add(List.of(call.split("\0", -1)));
      }
    }
    return calls;
  }

  private static String text(String resource) throws IOException {
    try (var stream = FixesTest.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(stream, resource).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
