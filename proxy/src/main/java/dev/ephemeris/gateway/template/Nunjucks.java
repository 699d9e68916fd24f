package dev.ephemeris.gateway.template;

import dev.ephemeris.policy.Quoted;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a skeleton, which Backstage's scaffolder fills in with Nunjucks: {@code ${{ … }}} is
 * an expression, <code>{% … %}</code> a statement, <code>{# … #}</code> a comment.
 */
final class Nunjucks {
  private static final Pattern EXPRESSION =
      Pattern.compile("\\$\\{\\{ (?:values\\.(?<name>[A-Za-z0-9]+)|\"(?<text>[${])\") }}");
  private static final List<String> OPENING = List.of("${{", "{%", "{#");

  private Nunjucks() {}

  /** Any text as text, in which nothing is filled in. */
  static String literal(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      int here = i;
      out.append(
          OPENING.stream().anyMatch(opening -> text.startsWith(opening, here))
              ? "${{ " + Quoted.json(text.substring(i, i + 1)) + " }}"
              : text.substring(i, i + 1));
    }
    return out.toString();
  }

  /** Where one of the values is filled in. */
  static String value(String name) {
    return "${{ values." + name + " }}";
  }

  /**
   * What the scaffolder makes of a skeleton of ours.
   *
   * @throws UnreadableTemplate if there is anything else in it to fill in
   */
  static String render(String skeleton, Map<String, String> values) {
    StringBuilder out = new StringBuilder();
    Matcher matcher = EXPRESSION.matcher(skeleton);
    int from = 0;
    while (matcher.find()) {
      out.append(plain(skeleton.substring(from, matcher.start())));
      out.append(
          Optional.ofNullable(matcher.group("text"))
              .or(() -> Optional.ofNullable(values.get(String.valueOf(matcher.group("name")))))
              .orElseThrow(
                  () -> new UnreadableTemplate("no value is called " + matcher.group("name"))));
      from = matcher.end();
    }
    return out.append(plain(skeleton.substring(from))).toString();
  }

  private static String plain(String text) {
    if (OPENING.stream().anyMatch(text::contains)) {
      throw new UnreadableTemplate("something else to be filled in");
    }
    return text;
  }
}
