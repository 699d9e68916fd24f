package dev.ephemeris.gateway.cli;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;

/**
 * Says on a terminal what is waited for, if that takes longer than a moment, and takes it back when
 * it has come.
 *
 * @param terminal none if nobody looks on
 * @param moment what is no wait yet
 */
record Progress(Optional<PrintStream> terminal, Duration moment) {

  /** For what goes on while something else has the terminal. */
  static final Progress NONE = new Progress(Optional.empty(), Duration.ZERO);

  /** ECMA-48: to the start of the line, and erase it. */
  private static final String TAKEN_BACK = "\r\u001b[K";

  /** Something that is waited for until this is closed. */
  interface Wait extends AutoCloseable {
    @Override
    void close();
  }

  /** On stderr, if this process has a terminal. */
  static Progress ofThisProcess() {
    return Optional.ofNullable(System.console())
        .filter(Console::isTerminal)
        .map(console -> new Progress(Optional.of(System.err), Duration.ofSeconds(1)))
        .orElse(NONE);
  }

  Wait waitingFor(String what) {
    return terminal.map(shown -> tell(shown, what)).orElse(() -> {});
  }

  private Wait tell(PrintStream shown, String what) {
    Thread telling =
        Thread.startVirtualThread(
            () -> {
              try {
                Thread.sleep(moment);
              } catch (InterruptedException came) {
                return;
              }
              shown.print("Waiting for " + what + " … ");
              shown.flush();
              try {
                Thread.sleep(Duration.ofSeconds(Long.MAX_VALUE / 1_000_000_000));
              } catch (InterruptedException came) {
                shown.print(TAKEN_BACK);
                shown.flush();
              }
            });
    return () -> {
      telling.interrupt();
      try {
        telling.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }
}
