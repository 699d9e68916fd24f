package dev.ephemeris.gateway.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * A process that this one stands for: its input and output are this one's, this one ends with its
 * exit code, and not before it, and a signal that asks this one to end is passed on.
 *
 * <p>SIGINT isn't: from a terminal it reaches both, and whether it ends anything is the child's to
 * say, as where an interpreter only ends the line.
 */
final class Child implements AutoCloseable {

  private static final long LOOK_MILLIS = 100;

  private final CompletableFuture<Process> process = new CompletableFuture<>();
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();
  private final Thread hook = new Thread(this::outlive, "child-end");

  private Child() {}

  /**
   * @param environment all of it
   * @throws IOException if it can't be started
   */
  static Child start(List<String> command, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().clear();
    builder.environment().putAll(environment);
    Child child = new Child();
    // Before it is there: a signal that came in between would leave it alone, and with its lease.
    Runtime.getRuntime().addShutdownHook(child.hook);
    try {
      child.process.complete(builder.start());
    } catch (IOException e) {
      child.done();
      throw e;
    }
    return child;
  }

  /** Waits for its end. */
  int await() throws InterruptedException {
    return process.join().waitFor();
  }

  /** To be told when all is done that its end asks for: this process may then end, too. */
  int ended(int exitCode) {
    ended.complete(exitCode);
    return exitCode;
  }

  /** While the JVM ends by a signal: what it would make of that as an exit code isn't ours. */
  private void outlive() {
    boolean told = false;
    while (true) {
      if (!told && process.isDone() && isAskedToEnd()) {
        process.join().destroy(); // SIGTERM
        told = true;
      }
      try {
        Runtime.getRuntime().halt(ended.get(LOOK_MILLIS, TimeUnit.MILLISECONDS));
      } catch (TimeoutException running) {
        // and may be told yet
      } catch (Exception e) {
        return;
      }
    }
  }

  /**
   * Whether it was another signal than SIGINT, which runs on a thread that is named for it. There
   * is no other way to know that javac lets anybody use: sun.misc.Signal is a warning that nothing
   * suppresses.
   */
  private static boolean isAskedToEnd() {
    Set<String> signals =
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.matches("SIG[A-Z]+ handler"))
            .collect(Collectors.toSet());
    return !signals.equals(Set.of("SIGINT handler"));
  }

  /** Ends it if it still runs. */
  @Override
  public void close() {
    process.join().destroy();
    done();
  }

  private void done() {
    ended.complete(1);
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // by the hook
    }
  }
}
