package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import dev.ephemeris.policy.yaml.Default;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where and how the journal is kept.
 *
 * @param folder made if it isn't there; each gateway has its own
 * @param name what the log calls itself, which no other log in the world does; by default the
 *     gateway's first host name with {@code /journal}
 * @param durability when a record counts as kept
 * @param signingKey what checkpoints are signed with: 32 random bytes as Base64
 * @param retention how old entries get before they go, with the tree still verifiable; they stay if
 *     empty
 * @param sinks where it is shipped to besides
 * @param checkpointsOffHost whether a gateway that serves has to publish its checkpoints by one of
 *     the sinks where whoever owns this machine can't change them
 */
public record JournalStorage(
    Path folder,
    Optional<String> name,
    @Default("process") Durability durability,
    SecretSource signingKey,
    Optional<Duration> retention,
    @Default("[]") List<JournalSink> sinks,
    @Default("true") boolean checkpointsOffHost) {

  /** When a record counts as kept, and what it is of may go on. */
  public enum Durability {
    /** Once it outlives the gateway's process; a power failure may take the last second. */
    PROCESS,
    /** Once it is on disk. */
    DISK
  }

  private static final Duration LEAST = Duration.ofDays(1);

  /** A URL without its scheme, as logs are named: the C2SP's “origin”. */
  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,255}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
              + "(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+");

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) if it can't be
   *     called so
   */
  public JournalStorage {
    require(
        name.filter(text -> !NAME.matcher(text).matches()).isEmpty(),
        "expected a host and a path, such as gateway.example.com/journal/one",
        "name");
    require(
        retention.filter(age -> age.compareTo(LEAST) < 0).isEmpty(),
        "expected a day at least",
        "retention");
    for (int i = 0; i < sinks.size(); i++) {
      String sink = sinks.get(i).name();
      require(
          sinks.subList(0, i).stream().noneMatch(before -> before.name().equals(sink)),
          "'" + sink + "' stands here twice; expected another",
          "sinks",
          i,
          "name");
    }
    sinks = List.copyOf(sinks);
  }

  /** Whether one of the sinks takes checkpoints to where nobody on this machine can change them. */
  public boolean keepsCheckpointsOffHost() {
    return sinks.stream().anyMatch(JournalSink::keepsCheckpointsOffHost);
  }
}
