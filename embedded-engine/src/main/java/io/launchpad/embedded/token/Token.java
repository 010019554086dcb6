// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.token;

import io.launchpad.embedded.error.Located;

/// A piece of SQL text with its place.
///
/// @param text exactly as written, so that the texts of all tokens give the source back
/// @param start where it begins in the text that was cut up
/// @param line from 1
/// @param column from 1
public record Token(Kind kind, String text, int start, int line, int column) implements Located {

  /// What the piece is.
  public enum Kind {
    WORD,
    /// `"name"`
    QUOTED_NAME,
    /// `[name]`
    BRACKET_NAME,
    /// `'text'`
    STRING,
    /// `N'text'`
    NATIONAL_STRING,
    /// DuckDB's `E'text'` and `$tag$text$tag$`, which we pass on without looking inside
    FOREIGN_STRING,
    NUMBER,
    /// `0xAB`
    BINARY,
    /// `@name`
    VARIABLE,
    /// `@@name`
    SYSTEM_VARIABLE,
    SYMBOL,
    COMMENT,
    SPACE,
    /// After the last piece; its text is empty.
    END
  }

  public boolean isWord(String word) {
    return kind == Kind.WORD && text.equalsIgnoreCase(word);
  }

  public boolean isSymbol(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  public int end() {
    return start + text.length();
  }

  /// Whether it means something to SQL.
  public boolean isSignificant() {
    return kind != Kind.SPACE && kind != Kind.COMMENT;
  }

  public boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED_NAME || kind == Kind.BRACKET_NAME;
  }

  public boolean isString() {
    return kind == Kind.STRING || kind == Kind.NATIONAL_STRING;
  }

  /// What a string or name says, without its quotes; other pieces as written.
  public String value() {
    return switch (kind) {
      case STRING -> inner(1, "''", "'");
      case NATIONAL_STRING -> inner(2, "''", "'");
      case QUOTED_NAME -> inner(1, "\"\"", "\"");
      case BRACKET_NAME -> inner(1, "]]", "]");
      case WORD,
          FOREIGN_STRING,
          NUMBER,
          BINARY,
          VARIABLE,
          SYSTEM_VARIABLE,
          SYMBOL,
          COMMENT,
          SPACE,
          END ->
          text;
    };
  }

  private String inner(int skip, String doubled, String single) {
    return text.substring(skip, text.length() - 1).replace(doubled, single);
  }

  @Override
  public String toString() {
    return kind == Kind.END ? "end of text" : text;
  }
}
