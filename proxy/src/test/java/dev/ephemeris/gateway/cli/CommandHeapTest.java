package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the memory of a command that talks to a gateway. */
@Tag("full")
class CommandHeapTest {

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");

  @Test
  void holdsNoSecretOfTheGateways(@TempDir Path folder) throws Exception {
    try (GatewayFixture fixture = new GatewayFixture()) {
      ProcessBuilder login =
          new ProcessBuilder(
              JAVA.resolve("java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              Ephemeris.class.getName(),
              "login",
              "--no-browser");
      login.redirectErrorStream(true);
      login.environment().put("EPHEMERIS_HOME", folder.toString());
      login.environment().put("EPHEMERIS_GATEWAY", fixture.gateway().api().toString());
      login.environment().put("EPHEMERIS_CA", fixture.certificate().authority().toString());
      Process process = login.start();
      Path heap = folder.resolve("heap.hprof");
      try (BufferedReader said =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        StringBuilder all = new StringBuilder();
        String line = said.readLine();
        while (line != null && !line.startsWith("Waiting")) {
          all.append(line).append('\n');
          line = said.readLine();
        }
        assertThat(line).as(all.toString()).isNotNull();
        Process dump =
            new ProcessBuilder(
                    JAVA.resolve("jcmd").toString(),
                    Long.toString(process.pid()),
                    "GC.heap_dump",
                    heap.toString())
                .redirectErrorStream(true)
                .start();
        String dumped = new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(dump.waitFor()).as(dumped).isZero();
      } finally {
        process.destroyForcibly().waitFor();
      }

      // Strings of Latin letters are there byte by byte.
      String memory = new String(Files.readAllBytes(heap), StandardCharsets.ISO_8859_1);
      assertThat(memory.contains(fixture.gateway().api().toString())).isTrue();
      for (String secret :
          List.of(
              GatewayFixture.ACCOUNT_KEY, GatewayFixture.ROOT_KEY, GatewayFixture.CLIENT_SECRET)) {
        assertThat(memory.contains(secret)).isFalse();
      }
      for (String base64 : List.of(GatewayFixture.ACCOUNT_KEY, GatewayFixture.ROOT_KEY)) {
        String clear = new String(Base64.getDecoder().decode(base64), StandardCharsets.ISO_8859_1);
        assertThat(memory.contains(clear)).isFalse();
      }
    }
  }
}
