package dev.ephemeris.gateway.template;

/** What a text in Bicep or HCL is made of; comments and spaces aren't. */
sealed interface Token {

  /** A word: a name, or part of one. */
  record Word(String text) implements Token {}

  /** A literal, or one after an expression. */
  record Literal(Value value) implements Token {}

  record Whole(long number) implements Token {}

  /** A sign of one character. */
  record Sign(char sign) implements Token {}

  /** The end of a line, or of several. */
  record EndOfLine() implements Token {}

  /** The end of the text. */
  record End() implements Token {}
}
