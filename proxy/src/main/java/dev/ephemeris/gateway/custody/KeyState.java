package dev.ephemeris.gateway.custody;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where the keys of an account are in their life.
 *
 * @param inUse which key signs
 * @param inUseSince since when; empty if no rotation of the gateway's has changed it
 * @param rotatedAt when the last rotation was complete, if there was one
 * @param rotation what is under way
 */
public record KeyState(
    String account,
    KeyName inUse,
    Optional<Instant> inUseSince,
    Optional<Instant> rotatedAt,
    Optional<Rotation> rotation) {

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

  /** As it is before anything has happened. */
  static KeyState first(String account) {
    return new KeyState(
        account, KeyName.PRIMARY, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Whether no rotation was ever complete, or is under way. */
  public boolean isUntouched() {
    return rotatedAt.isEmpty() && rotation.isEmpty();
  }

  KeyState with(Rotation changed) {
    return new KeyState(account, inUse, inUseSince, rotatedAt, Optional.of(changed));
  }

  /** With the other key in use. */
  KeyState switched(Instant now) {
    return new KeyState(account, inUse.other(), Optional.of(now), rotatedAt, rotation);
  }

  KeyState complete(Instant now) {
    return new KeyState(account, inUse, inUseSince, Optional.of(now), Optional.empty());
  }

  /** As text, in one order, for what proves that the gateway wrote it. */
  List<String> columns() {
    return List.of(
        account,
        inUse.name(),
        inUseSince.map(Instant::toString).orElse(""),
        rotatedAt.map(Instant::toString).orElse(""),
        rotation.map(run -> run.step().name()).orElse(""),
        rotation.map(run -> run.dueAt().toString()).orElse(""),
        rotation.map(run -> run.startedAt().toString()).orElse(""),
        rotation.map(Rotation::startedBy).orElse(""),
        rotation.flatMap(Rotation::failure).orElse(""));
  }
}
