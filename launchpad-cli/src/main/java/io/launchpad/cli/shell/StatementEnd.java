// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.shell;

/// Whether typed text is a batch to be run: its last line is `GO`, or it ends with a semicolon,
/// both outside strings, quoted names and comments.
final class StatementEnd {
  private final String text;
  private int at;

  private StatementEnd(String text) {
    this.text = text;
  }

  static boolean of(String text) {
    return new StatementEnd(text.stripTrailing()).found();
  }

  private boolean found() {
    char last = ' ';
    int lineStart = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean closed =
          switch (c) {
            case '\'', '"' -> skipTo(String.valueOf(c), at + 1);
            case '[' -> skipTo("]", at + 1);
            case '-' -> !text.startsWith("--", at) || skipTo("\n", at);
            case '/' -> !text.startsWith("/*", at) || skipComment();
            default -> true;
          };
      if (!closed) {
        return false;
      }
      if (at < text.length() && text.charAt(at) == '\n') {
        lineStart = at + 1;
      }
      if (!Character.isWhitespace(c)) {
        last = c;
      }
      at++;
    }
    return last == ';'
        || text.substring(Math.min(lineStart, text.length())).strip().equalsIgnoreCase("go");
  }

  /// Moves to the last character of the next `end`; false when there is none.
  private boolean skipTo(String end, int from) {
    int found = text.indexOf(end, from);
    if (found < 0) {
      return false;
    }
    at = found + end.length() - 1;
    return true;
  }

  /// Moves over a comment, which may hold others, as T-SQL's do.
  private boolean skipComment() {
    int depth = 0;
    for (int i = at; i < text.length() - 1; i++) {
      if (text.startsWith("/*", i)) {
        depth++;
        i++;
      } else if (text.startsWith("*/", i)) {
        depth--;
        i++;
        if (depth == 0) {
          at = i;
          return true;
        }
      }
    }
    return false;
  }
}
