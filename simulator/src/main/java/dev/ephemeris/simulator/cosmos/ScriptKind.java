package dev.ephemeris.simulator.cosmos;

import java.util.Optional;

/** The JavaScript that a container can hold. */
enum ScriptKind {
  STORED_PROCEDURE("sprocs", "StoredProcedures"),
  TRIGGER("triggers", "Triggers"),
  USER_DEFINED_FUNCTION("udfs", "UserDefinedFunctions");

  private final String segment;
  private final String property;

  ScriptKind(String segment, String property) {
    this.segment = segment;
    this.property = property;
  }

  /** Which kind lives under this segment of a path; empty if none. */
  static Optional<ScriptKind> in(String segment) {
    for (ScriptKind kind : values()) {
      if (kind.segment.equals(segment)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** The segment of paths that it lives under. */
  String segment() {
    return segment;
  }

  /** What a feed calls its list of them. */
  String property() {
    return property;
  }
}
