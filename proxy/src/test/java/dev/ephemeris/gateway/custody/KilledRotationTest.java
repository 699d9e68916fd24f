package dev.ephemeris.gateway.custody;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.custody.RotationWorld.Gateway;
import dev.ephemeris.simulator.azure.Tenant;
import dev.ephemeris.simulator.cosmos.KeyKind;
import java.io.BufferedReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code kill -9} at each point of a rotation: another gateway goes on, and no key is lost. */
@Tag("full")
class KilledRotationTest {

  private final RotationWorld world;
  private final Path folder;

  KilledRotationTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    world = new RotationWorld(folder);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  @ParameterizedTest(name = "{0}, done: {1}")
  @MethodSource("dev.ephemeris.gateway.custody.RotationsTest#points")
  void isFollowedByOneThatGoesOn(RotationStep where, boolean done) throws Exception {
    Map<KeyKind, String> before = world.keys();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                RotatingProcess.class.getName(),
                world.store().toString(),
                folder.resolve("journal").toString(),
                world.certificate().authority().toString(),
                world.azure().endpoint().toString(),
                where.name(),
                Boolean.toString(done))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      try (OutputStream in = process.getOutputStream()) {
        in.write(
            world
                .azure()
                .tenant()
                .token(RotationWorld.GATEWAY.objectId(), Tenant.MANAGEMENT)
                .getBytes(StandardCharsets.UTF_8));
      }
      BufferedReader told = process.inputReader();
      String line = told.readLine();
      while (line != null && !line.equals(RotatingProcess.HERE)) {
        line = told.readLine();
      }
      assertThat(line).as("came to the point").isNotNull();
    } finally {
      // SIGKILL: nothing of it is left to tidy up.
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    world.clock.advance(Duration.ofSeconds(2));
    Gateway next = world.gateway();
    assertThat(world.isLetIn(next.keys())).isTrue();
    RotationsTest.await("the end", () -> RotationsTest.isOver(world, next));

    assertThat(world.keys())
        .allSatisfy((kind, key) -> assertThat(key).isNotEqualTo(before.get(kind)));
    assertThat(world.isLetIn(next.keys())).isTrue();
    assertThat(next.keys().inUse()).isEqualTo(KeyName.SECONDARY);
  }
}
