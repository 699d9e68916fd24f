package dev.ephemeris.gateway.policy;

import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.metrics.PolicyMetrics;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which policy decides, and what became of the files since.
 *
 * <p>Files that are good replace it whole, after the journal has it, from the next request on.
 * Broken ones change nothing: what was in force stays so until they are good.
 */
public final class PolicyInForce {

  private static final Logger LOG = LoggerFactory.getLogger(PolicyInForce.class);

  private static final int MOST_NOTICES = 50;

  private final PolicyFiles files;
  private final Grants grants;
  private final Journal journal;
  private final PolicyMetrics metrics;
  private final InstantSource clock;

  /** Written by whoever looks, read by all. */
  private volatile State state;

  /** Confined to whoever looks: what was there the last time. */
  private PolicyDigests lastSeen;

  /** Confined to whoever looks: what nothing more is to be done about. */
  private PolicyDigests settled;

  /**
   * What decides, and whether that is what the files say.
   *
   * @param since when it was put in force here
   * @param refusal why the files that are there now aren't in force, if they aren't
   * @param notices what of the catalog in force doesn't count, each with why
   */
  public record State(
      PolicyDigests digests, Instant since, Optional<Refusal> refusal, List<String> notices) {
    public State {
      notices = List.copyOf(notices);
    }

    private State with(Optional<Refusal> other) {
      return new State(digests, since, other, notices);
    }
  }

  /** Files that were refused, since when, and why. */
  public record Refusal(PolicyDigests digests, Instant since, List<String> problems) {
    public Refusal {
      problems = List.copyOf(problems);
    }
  }

  private PolicyInForce(
      PolicyFiles files,
      Grants grants,
      Journal journal,
      PolicyMetrics metrics,
      InstantSource clock,
      State state) {
    this.files = files;
    this.grants = grants;
    this.journal = journal;
    this.metrics = metrics;
    this.clock = clock;
    this.state = state;
    this.lastSeen = state.digests();
    this.settled = state.digests();
  }

  /**
   * What a gateway starts with, put on record.
   *
   * @param loaded from {@code files}, and what {@code grants} has
   * @throws JournalException if it can't be put on record
   */
  public static PolicyInForce of(
      PolicyFiles files,
      FilesAtOnce.Loaded loaded,
      Grants grants,
      Journal journal,
      PolicyMetrics metrics,
      InstantSource clock)
      throws JournalException {
    Instant now = now(clock);
    journal.append(
        new JournalRecord.PolicyChanged(
            now,
            Optional.empty(),
            loaded.digests().policy(),
            Optional.empty(),
            loaded.digests().catalog()));
    return new PolicyInForce(
        files, grants, journal, metrics, clock, told(loaded, now, journal, metrics));
  }

  /** What isn't counted is on record too, if there is any. */
  private static State told(
      FilesAtOnce.Loaded loaded, Instant now, Journal journal, PolicyMetrics metrics)
      throws JournalException {
    List<String> notices = loaded.directory().notices();
    if (!notices.isEmpty()) {
      List<String> first = firstOf(notices);
      journal.append(new JournalRecord.CatalogFlawed(now, loaded.digests().catalog(), first));
      LOG.atWarn()
          .addKeyValue("catalog", loaded.digests().catalog())
          .addKeyValue("notices", first)
          .log("some of the catalog doesn't count");
    }
    metrics.inForce(now, notices.size());
    return new State(loaded.digests(), now, Optional.empty(), firstOf(notices));
  }

  /** So many that whoever makes them can fill neither journal nor log. */
  private static List<String> firstOf(List<String> notices) {
    return notices.size() <= MOST_NOTICES
        ? notices
        : Stream.concat(
                notices.stream().limit(MOST_NOTICES),
                Stream.of("… and " + (notices.size() - MOST_NOTICES) + " more"))
            .toList();
  }

  /** Looks until what is there now is in force. Blocks. Before anybody else looks. */
  public void settle() {
    look();
    look();
  }

  /** Thread-safe. */
  public State state() {
    return state;
  }

  /**
   * Looks at the files, and puts them in force if they have changed and are good. Blocks. For one
   * thread at a time.
   */
  public void look() {
    FilesAtOnce seen = files.read();
    // A file that is being written may be good before it is whole, and then lacks what denies.
    boolean whole = seen.digests().equals(lastSeen);
    lastSeen = seen.digests();
    if (!whole || seen.digests().equals(settled)) {
      return;
    }
    if (seen.digests().equals(state.digests())) {
      refused(Optional.empty());
      settled = seen.digests();
      LOG.atInfo()
          .addKeyValue("policy", seen.digests().policy())
          .addKeyValue("catalog", seen.digests().catalog())
          .log("the files say again what is in force");
      return;
    }
    try {
      replace(seen.load());
      settled = seen.digests();
    } catch (PolicyRefusedException e) {
      try {
        // Who has left a group has left it, whatever becomes of the policy's files.
        Optional<FilesAtOnce.Loaded> catalog = seen.besides(grants.now().policy(), state.digests());
        if (catalog.isPresent()) {
          replace(catalog.get());
        }
      } catch (JournalException unrecorded) {
        refuse(seen.digests(), List.of(String.valueOf(unrecorded.getMessage())));
        return;
      }
      refuse(seen.digests(), e.problems());
      settled = seen.digests();
    } catch (JournalException e) {
      // Not settled: as soon as the journal takes records, it is tried again.
      refuse(seen.digests(), List.of(String.valueOf(e.getMessage())));
    } catch (RuntimeException | StackOverflowError e) {
      LOG.atError().setCause(e).log("policy and catalog can't be read");
      refuse(seen.digests(), List.of("The gateway failed on these files; its log says how."));
      settled = seen.digests();
    }
  }

  private void replace(FilesAtOnce.Loaded loaded) throws JournalException {
    Instant now = now(clock);
    PolicyDigests before = state.digests();
    journal.append(
        new JournalRecord.PolicyChanged(
            now,
            Optional.of(before.policy()),
            loaded.digests().policy(),
            Optional.of(before.catalog()),
            loaded.digests().catalog()));
    State next = told(loaded, now, journal, metrics);
    grants.replace(loaded.policy(), loaded.directory());
    state = next;
    metrics.refused(false);
    LOG.atInfo()
        .addKeyValue("policy", loaded.digests().policy())
        .addKeyValue("catalog", loaded.digests().catalog())
        .log("another policy is in force");
  }

  private void refuse(PolicyDigests digests, List<String> problems) {
    if (state.refusal().filter(refusal -> refusal.digests().equals(digests)).isPresent()) {
      return;
    }
    refused(Optional.of(new Refusal(digests, now(clock), problems)));
    LOG.atError()
        .addKeyValue("policy", digests.policy())
        .addKeyValue("catalog", digests.catalog())
        .addKeyValue("problems", problems)
        .log("policy and catalog have changed and are refused; what was in force stays so");
  }

  private void refused(Optional<Refusal> refusal) {
    state = state.with(refusal);
    metrics.refused(refusal.isPresent());
  }

  private static Instant now(InstantSource clock) {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
