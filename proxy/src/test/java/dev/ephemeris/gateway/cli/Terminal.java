package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.gateway.GatewayFixture;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where somebody types {@code ephemeris}: an environment, a browser, and a record of how long the
 * command waited.
 */
final class Terminal {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final InstantSource clock;
  private final Path home;
  private final Map<String, String> environment = new HashMap<>();
  private final List<Duration> pauses = new ArrayList<>();
  private final StringBuilder everything = new StringBuilder();
  private volatile StringWriter answered = new StringWriter();
  private volatile StringWriter printed = new StringWriter();
  private Surroundings.Browser browser = page -> {};
  private Surroundings.Pause passing = time -> {};
  private Duration ahead = Duration.ZERO;

  /** Knows no gateway; no time passes while a command waits. */
  Terminal(InstantSource clock, Path home) {
    this.clock = clock;
    this.home = home.resolve("ephemeris");
    environment.put("EPHEMERIS_HOME", this.home.toString());
  }

  /** Knows this gateway, and believes its certificate. */
  static Terminal at(GatewayFixture gateway, Path home) {
    return new Terminal(gateway.clock(), home)
        .with("EPHEMERIS_GATEWAY", gateway.gateway().api().toString())
        .with("EPHEMERIS_CA", gateway.certificate().authority().toString());
  }

  /** What a command left on the screen. */
  record Screen(int exitCode, String out, String err) {

    JsonNode json() throws JsonProcessingException {
      return JSON.readTree(out);
    }
  }

  Screen run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    printed = err;
    answered = out;
    Surroundings surroundings =
        new Surroundings(
            environment,
            () -> clock.instant().plus(ahead),
            this::pause,
            page -> browser.open(page));
    int exitCode =
        Ephemeris.in(surroundings)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    everything.append(out).append(err);
    return new Screen(exitCode, out.toString(), err.toString());
  }

  private void pause(Duration duration) throws InterruptedException {
    pauses.add(duration);
    passing.sleep(duration);
  }

  /** With a variable set, or with an empty value as good as unset. */
  Terminal with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** The browser that login opens. */
  Terminal browsing(Surroundings.Browser other) {
    browser = other;
    return this;
  }

  /** With a clock that is later than everybody else's. */
  Terminal ahead(Duration by) {
    ahead = by;
    return this;
  }

  /** What happens while the command waits. */
  Terminal meanwhile(Surroundings.Pause other) {
    passing = other;
    return this;
  }

  /** Signs Alice in, who approves at once. */
  Terminal signedIn() {
    browsing(page -> Visitor.at(page).pick(CliWorld.ALICE));
    Screen screen = run("login");
    if (screen.exitCode() != 0) {
      throw new IllegalStateException("not signed in: " + screen);
    }
    return this;
  }

  /** How long the command waited, each time. */
  List<Duration> pauses() {
    return List.copyOf(pauses);
  }

  /** What the command that runs has printed for people so far. */
  String shown() {
    return printed.toString();
  }

  /** What it has printed on stdout so far. */
  String answered() {
    return answered.toString();
  }

  /** All that was ever on this screen. */
  String everything() {
    return everything.toString();
  }

  /** The folder for credentials. */
  Path home() {
    return home;
  }
}
