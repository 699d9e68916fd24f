package dev.ephemeris.policy;

import dev.ephemeris.policy.yaml.Suggestion;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** How a credential is handed over to whoever asked for it. */
public enum Delivery {
  /** By itself. */
  TOKEN("token"),
  /** In a connection string, with the endpoint. */
  CONNECTION_STRING("connectionString"),
  /** In the environment of a process that the command line starts, and nowhere else. */
  ENV("env"),
  /** In a file that only its owner reads. */
  FILE("file");

  /** Of rules that don't say. */
  static final Set<Delivery> UNLESS_SAID = Set.copyOf(EnumSet.allOf(Delivery.class));

  private final String spelling;

  Delivery(String spelling) {
    this.spelling = spelling;
  }

  /**
   * Reads {@code token}, {@code connectionString}, {@code env} or {@code file}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Delivery parse(String text) {
    return Suggestion.choose("delivery", text, List.of(values()));
  }

  @Override
  public String toString() {
    return spelling;
  }
}
