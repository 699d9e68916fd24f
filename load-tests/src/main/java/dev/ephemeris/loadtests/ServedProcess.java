package dev.ephemeris.loadtests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Something in a process of its own, bound to one core (Linux {@code taskset}), so that its
 * processor time can be told from its client's. It ends when its standard input does, so that it
 * never outlives whoever started it.
 */
final class ServedProcess implements AutoCloseable {

  private static final String TASKSET = "/usr/bin/taskset";

  private final Process process;
  private final BufferedReader out;

  private ServedProcess(Process process) {
    this.process = process;
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static ServedProcess start(int core, List<String> command) throws IOException {
    List<String> bound = new ArrayList<>();
    if (Files.isExecutable(Path.of(TASKSET))) {
      bound.addAll(List.of(TASKSET, "-c", String.valueOf(core)));
    }
    bound.addAll(command);
    return new ServedProcess(
        new ProcessBuilder(bound).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** A main class of this class path. */
  static ServedProcess java(int core, Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-classpath");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return start(core, command);
  }

  /** Binds this process, the one that measures, to a core: all of its threads until now. */
  static void bindThis(int core) throws IOException, InterruptedException {
    if (Files.isExecutable(Path.of(TASKSET))) {
      String pid = String.valueOf(ProcessHandle.current().pid());
      new ProcessBuilder(TASKSET, "-a", "-c", "-p", String.valueOf(core), pid)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start()
          .waitFor();
    }
  }

  /** The next line that it prints. */
  String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("what was started has ended; see its messages above");
    }
    return line;
  }

  /** Of all of its threads and of the processes that it started, since it was. */
  Duration processorTime() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
