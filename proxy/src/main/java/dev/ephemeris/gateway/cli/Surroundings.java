package dev.ephemeris.gateway.cli;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** What commands take from the world besides their arguments, so that tests can give another. */
record Surroundings(
    Map<String, String> environment, InstantSource clock, Pause pause, Browser browser) {

  /** Waits. */
  interface Pause {
    void sleep(Duration duration) throws InterruptedException;
  }

  /** Shows a page to the user if it can; a page that isn't shown is no failure. */
  interface Browser {
    void open(URI page);

    /** Whether there is one on this machine at all. */
    default boolean isThere() {
      return true;
    }
  }

  Surroundings {
    environment = Map.copyOf(environment);
  }

  static Surroundings ofThisProcess() {
    return new Surroundings(
        System.getenv(),
        InstantSource.system(),
        Thread::sleep,
        DesktopBrowser.of(System.getProperty("os.name"), System.getenv()));
  }

  Instant now() {
    return clock.instant();
  }

  /** The variable's value; an empty one counts as absent. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /** How long until {@code end}, for people. */
  String remaining(Instant end) {
    return Durations.format(Duration.between(now(), end));
  }

  /** When something ends, for people. */
  String ending(Instant end) {
    return end + " (in " + remaining(end) + ")";
  }

  /** Where this user's credentials are. */
  Path directory() {
    return variable("EPHEMERIS_HOME")
        .map(Path::of)
        .orElseGet(
            () ->
                variable("XDG_CONFIG_HOME")
                    .map(Path::of)
                    .filter(Path::isAbsolute) // as the XDG base directory specification demands
                    .orElseGet(() -> home().resolve(".config"))
                    .resolve("ephemeris"));
  }

  /** As other programs find it: Java asks the system's list of users, whatever HOME says. */
  private Path home() {
    return variable("HOME")
        .map(Path::of)
        .filter(Path::isAbsolute)
        .orElseGet(() -> Path.of(System.getProperty("user.home")));
  }
}
