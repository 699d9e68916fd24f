package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a command prints on stdout: for people, or the API's document for programs. */
final class Output {

  private enum Format {
    TABLE,
    JSON,
    YAML;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "table (for people, the default), or json or yaml (for programs).")
  private Format format = Format.TABLE;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  /** Prints the reply's document, or what {@code people} make of its value. */
  <T> void print(Reply<T> reply, Function<T, String> people) {
    print(reply.document(), () -> line(people.apply(reply.value())));
    if (reply.document().has("next")) {
      err()
          .println("There is more than this. The API has it, page by page: docs/api.md, \"next\".");
    }
  }

  /** Prints the document, or has it printed for people. */
  void print(Object document, Runnable people) {
    switch (format) {
      case TABLE -> people.run();
      case JSON -> out().println(Json.pretty(document));
      case YAML -> out().println(Json.yaml(document));
    }
  }

  /** The same for one of many documents, the next of which may be long in coming. */
  void printOneOfMany(JsonNode document, Runnable people) {
    switch (format) {
      case TABLE -> people.run();
      case JSON -> out().println(document);
      case YAML -> out().println("---\n" + Json.yaml(document));
    }
  }

  /** Prints a line where there is no document: for people only. */
  void people(String text) {
    if (format == Format.TABLE) {
      line(text);
    }
  }

  /** Prints text whatever the format. */
  void line(String text) {
    out().println(Text.printable(text));
  }

  PrintWriter out() {
    return command.commandLine().getOut();
  }

  PrintWriter err() {
    return command.commandLine().getErr();
  }

  /** Rows under a header, each column as wide as its widest cell. */
  static String table(List<String> header, List<List<String>> rows) {
    int[] widths = header.stream().mapToInt(String::length).toArray();
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder out = new StringBuilder(row(header, widths));
    rows.forEach(row -> out.append('\n').append(row(row, widths)));
    return out.toString();
  }

  private static String row(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(cells.get(i)).repeat(' ', widths[i] - cells.get(i).length() + 2);
    }
    return line.toString().stripTrailing();
  }
}
