package dev.ephemeris.gateway.template;

import dev.ephemeris.policy.Quoted;

/** How Bicep and HCL write literals and comments. */
enum Language {
  /** Literals in single quotes, in which a dollar sign with a brace begins an expression. */
  BICEP('\'', "//", "$") {
    @Override
    String quoted(String text) {
      return Quoted.bicep(text);
    }
  },

  /** Literals in double quotes, in which a dollar or percent sign with a brace does. */
  HCL('"', "#", "$%") {
    @Override
    String quoted(String text) {
      return Quoted.hcl(text);
    }
  };

  private final char quote;
  private final String comment;
  private final String opening;

  Language(char quote, String comment, String opening) {
    this.quote = quote;
    this.comment = comment;
    this.opening = opening;
  }

  /** Any text as a literal, and as nothing but that. */
  abstract String quoted(String text);

  /** The same, after an expression. */
  String joined(Value.Joined joined) {
    return quote + "${" + joined.first().name() + "}" + quoted(joined.rest()).substring(1);
  }

  char quote() {
    return quote;
  }

  /** What begins a comment to the end of the line. */
  String comment() {
    return comment;
  }

  /** What begins an expression in a literal, if a brace follows. */
  boolean opens(char c) {
    return opening.indexOf(c) >= 0;
  }

  /** Lines of comment: whatever they hold, they are that. */
  String comments(Iterable<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append((comment + " " + Quoted.line(line)).strip()).append('\n'));
    return text.toString();
  }
}
