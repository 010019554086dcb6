// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.token;

import io.launchpad.embedded.token.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Cuts SQL text into tokens without losing a character.
///
/// The one ambiguity between T-SQL and DuckDB's dialect is the square bracket: a quoted name in the
/// one, a list or an index in the other. In [Brackets#NAMES] it is always a name. In
/// [Brackets#MIXED] it is an index when it follows an operand without a space, a list when its
/// content can only be one, and a name otherwise; after `AS`, a dot and the words that a table's
/// name follows it is always a name.
public final class Lexer {

  /// How to read `[`.
  public enum Brackets {
    NAMES,
    MIXED
  }

  private final String text;
  private final Brackets brackets;
  private int position;
  private int line;
  private int column;
  private @Nullable Token last;
  private @Nullable Token lastSignificant;

  /// @param position where to begin, which is at the given line and column
  public Lexer(String text, Brackets brackets, int position, int line, int column) {
    this.text = text;
    this.brackets = brackets;
    this.position = position;
    this.line = line;
    this.column = column;
  }

  /// All tokens of a text; the last is of kind [Kind#END].
  public static List<Token> lex(String text, Brackets brackets) {
    var lexer = new Lexer(text, brackets, 0, 1, 1);
    var tokens = new ArrayList<Token>();
    do {
      tokens.add(lexer.next());
    } while (tokens.getLast().kind() != Kind.END);
    return tokens;
  }

  /// The next token; at the end of the text, and ever after, one of kind [Kind#END].
  public Token next() {
    if (position == text.length()) {
      return new Token(Kind.END, "", position, line, column);
    }
    char c = text.charAt(position);
    char after = peek(1);
    if (Character.isWhitespace(c)) {
      return token(Kind.SPACE, endWhile(position, Character::isWhitespace));
    } else if (c == '-' && after == '-') {
      return token(Kind.COMMENT, endOfLine());
    } else if (c == '/' && after == '*') {
      return token(Kind.COMMENT, endOfBlockComment());
    } else if (c == '\'') {
      return token(Kind.STRING, endOfQuoted(position + 1, '\''));
    } else if ((c == 'N' || c == 'n') && after == '\'') {
      return token(Kind.NATIONAL_STRING, endOfQuoted(position + 2, '\''));
    } else if ((c == 'E' || c == 'e') && after == '\'') {
      return token(Kind.FOREIGN_STRING, endOfEscaped());
    } else if (c == '"') {
      return token(Kind.QUOTED_NAME, endOfQuoted(position + 1, '"'));
    } else if (c == '[' && isBracketName()) {
      return token(Kind.BRACKET_NAME, endOfQuoted(position + 1, ']'));
    } else if (c == '$' && endOfDollarTag() > 0) {
      return token(Kind.FOREIGN_STRING, endOfDollarString());
    } else if (c == '@') {
      return variable(after);
    } else if (c == '0' && (after == 'x' || after == 'X')) {
      return token(Kind.BINARY, endWhile(position + 2, d -> Character.digit(d, 16) >= 0));
    } else if (isDigit(c) || (c == '.' && isDigit(after) && !operandBefore())) {
      return token(Kind.NUMBER, endOfNumber());
    } else if (isWordStart(c) && !(c == '#' && isDigit(after))) {
      return token(Kind.WORD, endWhile(position + 1, Lexer::isWordPart));
    } else {
      return token(Kind.SYMBOL, position + 1);
    }
  }

  private Token variable(char after) {
    boolean system = after == '@';
    int start = position + (system ? 2 : 1);
    int end = endWhile(start, Lexer::isWordPart);
    if (end == start) {
      return token(Kind.SYMBOL, start);
    }
    return token(system ? Kind.SYSTEM_VARIABLE : Kind.VARIABLE, end);
  }

  private Token token(Kind kind, int end) {
    var token = new Token(kind, text.substring(position, end), position, line, column);
    last = token;
    if (token.isSignificant()) {
      lastSignificant = token;
    }
    for (; position < end; position++) {
      if (text.charAt(position) == '\n') {
        line++;
        column = 1;
      } else {
        column++;
      }
    }
    return token;
  }

  private interface CharTest {
    boolean test(char c);
  }

  private int endWhile(int from, CharTest test) {
    int end = from;
    while (end < text.length() && test.test(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private int endOfLine() {
    int end = text.indexOf('\n', position);
    return end < 0 ? text.length() : end;
  }

  private int endOfBlockComment() {
    int depth = 1;
    int at = position + 2;
    while (at < text.length()) {
      if (text.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (text.startsWith("*/", at)) {
        at += 2;
        if (--depth == 0) {
          return at;
        }
      } else {
        at++;
      }
    }
    throw SyntaxErrors.unclosedComment().at(line, column);
  }

  /// The end of a quoted piece in which the closing character stands doubled for itself.
  private int endOfQuoted(int from, char close) {
    int at = from;
    while (true) {
      at = text.indexOf(close, at);
      if (at < 0) {
        throw SyntaxErrors.unclosedQuote(text.substring(from)).at(line, column);
      }
      if (at + 1 < text.length() && text.charAt(at + 1) == close) {
        at += 2;
      } else {
        return at + 1;
      }
    }
  }

  private int endOfEscaped() {
    for (int at = position + 2; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\\') {
        at++;
      } else if (c == '\'') {
        if (at + 1 < text.length() && text.charAt(at + 1) == '\'') {
          at++;
        } else {
          return at + 1;
        }
      }
    }
    throw SyntaxErrors.unclosedQuote(text.substring(position + 2)).at(line, column);
  }

  /// The end of `$tag$` at the current position, or 0 when there is none.
  private int endOfDollarTag() {
    int end = endWhile(position + 1, c -> Character.isLetterOrDigit(c) || c == '_');
    boolean tag = end < text.length() && text.charAt(end) == '$' && !isDigit(peek(1));
    return tag ? end + 1 : 0;
  }

  private int endOfDollarString() {
    int open = endOfDollarTag();
    String tag = text.substring(position, open);
    int close = text.indexOf(tag, open);
    if (close < 0) {
      throw SyntaxErrors.unclosedQuote(text.substring(open)).at(line, column);
    }
    return close + tag.length();
  }

  private int endOfNumber() {
    int end = endWhile(position, c -> isDigit(c) || c == '_');
    if (end < text.length() && text.charAt(end) == '.' && charAt(end + 1) != '.') {
      end = endWhile(end + 1, c -> isDigit(c) || c == '_');
    }
    if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
      int digits = end + 1;
      if (charAt(digits) == '+' || charAt(digits) == '-') {
        digits++;
      }
      if (isDigit(charAt(digits))) {
        end = endWhile(digits, Lexer::isDigit);
      }
    }
    return end;
  }

  private boolean isBracketName() {
    return brackets == Brackets.NAMES
        || BracketReading.isName(text, position, lastSignificant, operandBefore());
  }

  /// Whether an operand ends directly before the current position, without a space.
  private boolean operandBefore() {
    if (last == null) {
      return false;
    }
    return switch (last.kind()) {
      case WORD -> !Keywords.expectsName(last.text()) && !Keywords.isReserved(last.text());
      case QUOTED_NAME,
          BRACKET_NAME,
          STRING,
          NATIONAL_STRING,
          FOREIGN_STRING,
          NUMBER,
          VARIABLE,
          SYSTEM_VARIABLE ->
          true;
      case SYMBOL -> last.text().equals(")") || last.text().equals("]");
      case BINARY, COMMENT, SPACE, END -> false;
    };
  }

  private char peek(int ahead) {
    return charAt(position + ahead);
  }

  private char charAt(int index) {
    return index < text.length() ? text.charAt(index) : '\0';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordStart(char c) {
    return Character.isLetter(c) || c == '_' || c == '#' || Character.isSurrogate(c);
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c)
        || c == '_'
        || c == '#'
        || c == '@'
        || c == '$'
        || Character.isSurrogate(c);
  }
}
