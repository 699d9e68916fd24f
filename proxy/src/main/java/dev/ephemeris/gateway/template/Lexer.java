package dev.ephemeris.gateway.template;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes a text in Bicep or HCL apart: what templates use of these languages, and whatever else is
 * there is refused. Escapes are those of the languages' own specifications:
 *
 * @see <a href="https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings">
 *     Bicep: strings</a>
 * @see <a
 *     href="https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#template-literals">HCL:
 *     template literals</a>
 */
final class Lexer {
  private static final int HEX = 16;

  private final Language language;
  private final String text;
  private int position;

  private Lexer(Language language, String text) {
    this.language = language;
    this.text = text;
  }

  /**
   * @throws UnreadableTemplate if there is anything else in it
   */
  static List<Token> tokens(Language language, String text) {
    return new Lexer(language, text).tokens();
  }

  private List<Token> tokens() {
    List<Token> tokens = new ArrayList<>();
    while (position < text.length()) {
      char c = text.charAt(position);
      if (c == ' ') {
        position++;
      } else if (text.startsWith(language.comment(), position)) {
        position = endOfLine();
      } else if (c == '\n') {
        position++;
        if (!tokens.isEmpty() && !(tokens.getLast() instanceof Token.EndOfLine)) {
          tokens.add(new Token.EndOfLine());
        }
      } else if (c == language.quote()) {
        tokens.add(literal());
      } else if (isDigit(c) || c == '-') {
        tokens.add(number());
      } else if (isLetter(c)) {
        tokens.add(new Token.Word(word()));
      } else if ("{}[]():=,.@".indexOf(c) >= 0) {
        position++;
        tokens.add(new Token.Sign(c));
      } else {
        throw unreadable("a character that is no part of a template");
      }
    }
    tokens.add(new Token.End());
    return tokens;
  }

  private int endOfLine() {
    int end = text.indexOf('\n', position);
    int here = end < 0 ? text.length() : end;
    // What else some reader might take for the end of a line would end the comment there.
    if (text.substring(position, here).chars().anyMatch(Lexer::endsLines)) {
      throw unreadable("a comment with an end of line in it");
    }
    return here;
  }

  private static boolean endsLines(int c) {
    return Character.isISOControl(c)
        || Character.getType(c) == Character.LINE_SEPARATOR
        || Character.getType(c) == Character.PARAGRAPH_SEPARATOR;
  }

  private Token number() {
    int start = position++;
    while (position < text.length() && isDigit(text.charAt(position))) {
      position++;
    }
    try {
      return new Token.Whole(Long.parseLong(text.substring(start, position)));
    } catch (NumberFormatException e) {
      throw unreadable("no number");
    }
  }

  private String word() {
    int start = position;
    while (position < text.length()
        && (isLetter(text.charAt(position)) || isDigit(text.charAt(position)))) {
      position++;
    }
    return text.substring(start, position);
  }

  private Token literal() {
    position++;
    StringBuilder literal = new StringBuilder();
    List<Value.Reference> first = new ArrayList<>();
    if (text.startsWith("${", position)) {
      first.add(expression());
    }
    while (next() != language.quote()) {
      char c = next();
      if (c == '\\') {
        literal.appendCodePoint(escape());
      } else if (language.opens(c) && text.startsWith("{", position + 1)) {
        throw unreadable("an expression within a literal");
      } else if (c == '\n' || Character.isISOControl(c)) {
        throw unreadable("a literal that isn't ended");
      } else {
        literal.append(c);
        position++;
      }
    }
    position++;
    if (position < text.length() && text.charAt(position) == language.quote()) {
      throw unreadable("a literal right after another"); // ''' begins one of many lines
    }
    return new Token.Literal(
        first.isEmpty()
            ? new Value.Text(literal.toString())
            : new Value.Joined(first.getFirst(), literal.toString()));
  }

  private Value.Reference expression() {
    position += 2;
    StringBuilder name = new StringBuilder(word());
    while (next() == '.') {
      position++;
      name.append('.').append(word());
    }
    if (next() != '}') {
      throw unreadable("an expression that isn't just a name");
    }
    position++;
    return new Value.Reference(name.toString());
  }

  private int escape() {
    position++;
    char c = next();
    position++;
    if (c == '\\' || c == language.quote() || (language == Language.BICEP && c == '$')) {
      return c;
    }
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> language == Language.BICEP ? braced() : digits(4);
      case 'U' -> language == Language.HCL ? digits(8) : refused();
      default -> refused();
    };
  }

  private int braced() {
    if (next() != '{') {
      throw unreadable("an escape without a brace");
    }
    int end = text.indexOf('}', position);
    if (end < 0) {
      throw unreadable("an escape that isn't ended");
    }
    position++;
    int character = digits(end - position);
    position++;
    return character;
  }

  private int digits(int count) {
    try {
      String digits = text.substring(position, position + count);
      position += count;
      int character = Integer.parseUnsignedInt(digits, HEX);
      if (digits.startsWith("+") || !Character.isValidCodePoint(character)) {
        return refused();
      }
      return character;
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      return refused();
    }
  }

  private int refused() {
    throw unreadable("an escape that there isn't");
  }

  private char next() {
    if (position >= text.length()) {
      throw unreadable("an end too soon");
    }
    return text.charAt(position);
  }

  private UnreadableTemplate unreadable(String what) {
    long line = text.substring(0, Math.min(position, text.length())).lines().count();
    return new UnreadableTemplate(what + ", in line " + line);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }
}
