package dev.ephemeris.gateway.custody;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where the keys of an account are in their life.
 *
 * @param inUse which key signs
 * @param inUseSince since when; empty if no rotation of the gateway's has changed it
 * @param rotatedAt when the last rotation was complete, if there was one
 * @param rotation what is under way
 * @param panic the last time that a key may have leaked; if that is under way, it is the rotation
 */
public record KeyState(
    String account,
    KeyName inUse,
    Optional<Instant> inUseSince,
    Optional<Instant> rotatedAt,
    Optional<Rotation> rotation,
    Optional<Panic> panic) {

  /**
   * A rotation that isn't complete.
   *
   * @param step what is done next, or is being done
   * @param dueAt not before
   * @param startedBy a principal, or {@code schedule}
   * @param failure why the step couldn't be done the last time, if it couldn't
   */
  public record Rotation(
      RotationStep step,
      Instant dueAt,
      Instant startedAt,
      String startedBy,
      Optional<String> failure) {}

  /**
   * A rotation that waits for nothing, as a key may have leaked.
   *
   * @param on whether it is under way
   * @param startedBy a principal
   * @param tokensWorkUntil the end of the last resource token that the gateway had given; empty if
   *     none was good any more
   * @param sighting what became of resource tokens of before, once that was looked for
   */
  public record Panic(
      boolean on,
      Instant startedAt,
      String startedBy,
      Optional<Instant> tokensWorkUntil,
      Optional<Sighting> sighting) {}

  /** What becomes of resource tokens when the keys are made anew, as far as one was seen to. */
  public enum Fate {
    /** The account lets them in all the same, until their end. */
    GO_ON,
    /** The account refuses them. */
    DIED,
    NOT_SEEN;

    /** For programs and records: {@code not-seen}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * What was seen.
   *
   * @param reason why it wasn't seen, if it wasn't
   */
  public record Sighting(Fate fate, Optional<String> reason) {}

  /** As it is before anything has happened. */
  static KeyState first(String account) {
    return new KeyState(
        account,
        KeyName.PRIMARY,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Whether no rotation was ever complete, or is under way. */
  public boolean isUntouched() {
    return rotatedAt.isEmpty() && rotation.isEmpty();
  }

  /** Whether what is under way is a panic. */
  public boolean isPanicking() {
    return panic.filter(Panic::on).isPresent();
  }

  KeyState with(Rotation changed) {
    return new KeyState(account, inUse, inUseSince, rotatedAt, Optional.of(changed), panic);
  }

  /** A panic from now on, in the place of what else is under way. */
  KeyState panicking(Instant now, String by, Optional<Instant> tokensWorkUntil) {
    return new KeyState(
        account,
        inUse,
        inUseSince,
        rotatedAt,
        Optional.of(new Rotation(RotationStep.first(), now, now, by, Optional.empty())),
        Optional.of(new Panic(true, now, by, tokensWorkUntil, Optional.empty())));
  }

  /** The panic with what was seen in it. */
  KeyState with(Sighting seen) {
    return new KeyState(
        account,
        inUse,
        inUseSince,
        rotatedAt,
        rotation,
        panic.map(
            of ->
                new Panic(
                    of.on(),
                    of.startedAt(),
                    of.startedBy(),
                    of.tokensWorkUntil(),
                    Optional.of(seen))));
  }

  /** With the other key in use. */
  KeyState switched(Instant now) {
    return new KeyState(account, inUse.other(), Optional.of(now), rotatedAt, rotation, panic);
  }

  KeyState complete(Instant now) {
    return new KeyState(
        account,
        inUse,
        inUseSince,
        Optional.of(now),
        Optional.empty(),
        panic.map(
            of ->
                new Panic(
                    false, of.startedAt(), of.startedBy(), of.tokensWorkUntil(), of.sighting())));
  }

  /** As text, in one order, for what proves that the gateway wrote it. */
  List<String> columns() {
    List<String> columns = new ArrayList<>();
    columns.add(account);
    columns.add(inUse.name());
    columns.add(text(inUseSince));
    columns.add(text(rotatedAt));
    columns.add(rotation.map(run -> run.step().name()).orElse(""));
    columns.add(rotation.map(run -> run.dueAt().toString()).orElse(""));
    columns.add(rotation.map(run -> run.startedAt().toString()).orElse(""));
    columns.add(rotation.map(Rotation::startedBy).orElse(""));
    columns.add(rotation.flatMap(Rotation::failure).orElse(""));
    // Rows from before there were panics are as they were.
    panic.ifPresent(
        of -> {
          columns.add(Boolean.toString(of.on()));
          columns.add(of.startedAt().toString());
          columns.add(of.startedBy());
          columns.add(text(of.tokensWorkUntil()));
          columns.add(of.sighting().map(seen -> seen.fate().name()).orElse(""));
          columns.add(of.sighting().flatMap(Sighting::reason).orElse(""));
        });
    return List.copyOf(columns);
  }

  private static String text(Optional<Instant> instant) {
    return instant.map(Instant::toString).orElse("");
  }
}
