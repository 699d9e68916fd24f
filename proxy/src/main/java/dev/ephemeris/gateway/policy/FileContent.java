package dev.ephemeris.gateway.policy;

import java.nio.file.Path;

/** What a file said when it was read. */
sealed interface FileContent {

  Path file();

  record Text(Path file, String text) implements FileContent {}

  /** Nothing, and why. */
  record Unreadable(Path file, String why) implements FileContent {}
}
