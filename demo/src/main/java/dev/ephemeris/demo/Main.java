package dev.ephemeris.demo;

import dev.ephemeris.gateway.cli.Ephemeris;

/** Runs the {@code ephemeris} command as a checkout of the source has it. */
public final class Main {

  private Main() {}

  /** Ends the process with the command's exit code. */
  public static void main(String[] args) {
    System.exit(Ephemeris.commandLine(new Demo()).execute(args));
  }
}
