package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.policy.PolicyDiff;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Way;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a change of policy does, as Markdown for pull requests and as JSON. */
final class DiffText {

  private DiffText() {}

  /** A table for all whom the same happens to. Nothing in it is taken for Markdown or HTML. */
  static String markdown(PolicyDiff diff) {
    if (diff.isEmpty()) {
      return "Nobody gains or loses anything.";
    }
    List<String> lines = new ArrayList<>();
    for (PolicyDiff.Affected affected : diff.people()) {
      if (!lines.isEmpty()) {
        lines.add("");
      }
      lines.add("**" + escaped(String.join(", ", affected.names())) + "**");
      lines.add("");
      lines.add("| | actions | where | how | rule |");
      lines.add("| --- | --- | --- | --- | --- |");
      affected.changes().forEach(change -> lines.add(row(change)));
    }
    return String.join("\n", lines);
  }

  private static String row(PolicyDiff.Change change) {
    String except =
        change.except().isEmpty() ? "" : ", but not " + String.join(", ", change.except());
    return "| "
        + List.of(
                kind(change),
                words(change.actions()),
                change.scope() + except,
                words(change.ways()) + terms(change),
                change.by().map(RuleName::value).orElse(""))
            .stream()
            .map(DiffText::escaped)
            .collect(Collectors.joining(" | "))
        + " |";
  }

  private static String terms(PolicyDiff.Change change) {
    return switch (change.kind()) {
      case LOSES -> "";
      case GAINS -> ": " + GivenText.of(change.after().orElseThrow());
      case CHANGES ->
          ": "
              + GivenText.of(change.before().orElseThrow())
              + " → "
              + GivenText.of(change.after().orElseThrow());
    };
  }

  static ObjectNode json(PolicyDiff diff) {
    ObjectNode document = Json.object();
    ArrayNode people = document.putArray("people");
    for (PolicyDiff.Affected affected : diff.people()) {
      ObjectNode entry = people.addObject();
      affected.names().forEach(entry.putArray("names")::add);
      ArrayNode changes = entry.putArray("changes");
      for (PolicyDiff.Change change : affected.changes()) {
        ObjectNode json =
            changes.addObject().put("kind", kind(change)).put("scope", change.scope());
        change.except().forEach(json.putArray("except")::add);
        change.actions().forEach(action -> json.withArray("actions").add(action.shortName()));
        change.ways().forEach(way -> json.withArray("ways").add(way.toString()));
        put(json, "before", change.before());
        put(json, "after", change.after());
        change.by().ifPresent(rule -> json.put("rule", rule.value()));
      }
    }
    return document;
  }

  private static void put(ObjectNode json, String key, Optional<Way.Given> given) {
    given.ifPresent(present -> json.set(key, GivenText.json(present)));
  }

  private static String kind(PolicyDiff.Change change) {
    return change.kind().name().toLowerCase(Locale.ROOT);
  }

  private static String words(Collection<?> values) {
    return values.stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  /** On one line, with whatever Markdown and HTML would take for theirs made harmless. */
  private static String escaped(String text) {
    return Text.line(text)
        .replaceAll("([\\\\`*_\\[\\]|~#])", "\\\\$1")
        .replace("&", "&amp;")
        .replace("<", "&lt;");
  }
}
