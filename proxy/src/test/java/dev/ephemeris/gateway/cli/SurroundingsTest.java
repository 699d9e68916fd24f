package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where a user's credentials are. */
class SurroundingsTest {

  private static Path directory(Map<String, String> environment) {
    return new Surroundings(environment, () -> Instant.EPOCH, time -> {}, new NoBrowser())
        .directory();
  }

  @Test
  void aUsersHomeIsWhereTheEnvironmentSaysThatItIs() {
    Path ofSystem = Path.of(System.getProperty("user.home"), ".config", "ephemeris");

    assertThat(directory(Map.of("HOME", "/tmp/other")))
        .isEqualTo(Path.of("/tmp/other/.config/ephemeris"));
    assertThat(directory(Map.of("HOME", "other"))).isEqualTo(ofSystem);
    assertThat(directory(Map.of("HOME", ""))).isEqualTo(ofSystem);
    assertThat(directory(Map.of())).isEqualTo(ofSystem);
  }

  @Test
  void whatNamesTheFolderItselfComesFirst() {
    assertThat(directory(Map.of("HOME", "/tmp/other", "XDG_CONFIG_HOME", "/tmp/config")))
        .isEqualTo(Path.of("/tmp/config/ephemeris"));
    assertThat(
            directory(
                Map.of(
                    "HOME",
                    "/tmp/other",
                    "XDG_CONFIG_HOME",
                    "/tmp/config",
                    "EPHEMERIS_HOME",
                    "/tmp/own")))
        .isEqualTo(Path.of("/tmp/own"));
  }
}
