// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.sql;

import io.launchpad.embedded.token.Lexer;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.token.TokenCursor;
import java.util.ArrayList;
import java.util.List;

/// The text between two `GO` lines.
///
/// @param text begins at the given line
/// @param repeat how often `GO n` asks for it to be run
public record Batch(String text, int line, int repeat) {

  private static final int REPEAT_MAX = 1_000_000;

  /// Cuts a text at the lines that hold `GO` and nothing else; strings and comments are no lines of
  /// their own.
  public static List<Batch> split(String text) {
    List<Token> tokens = Lexer.lex(text, Lexer.Brackets.MIXED);
    var batches = new ArrayList<Batch>();
    int start = 0;
    int line = 1;
    for (int i = 0; i < tokens.size(); i++) {
      int end = endOfGo(tokens, i);
      if (end > 0) {
        Token go = tokens.get(i);
        batches.add(new Batch(text.substring(start, go.start()), line, repeat(tokens, i, end)));
        start = tokens.get(end).start();
        line = tokens.get(end).line();
        i = end - 1;
      }
    }
    batches.add(new Batch(text.substring(start), line, 1));
    return batches;
  }

  /// The index after the `GO` line that begins at `i`, or 0 when none does.
  private static int endOfGo(List<Token> tokens, int i) {
    if (!tokens.get(i).isWord("GO") || !TokenCursor.beginsLine(tokens, i)) {
      return 0;
    }
    int at = i + 1;
    boolean counted = false;
    while (true) {
      Token token = tokens.get(at);
      boolean comment = token.kind() == Token.Kind.COMMENT && token.text().startsWith("--");
      if (token.kind() == Token.Kind.NUMBER && !counted && token.text().matches("[0-9]+")) {
        counted = true;
      } else if (token.kind() == Token.Kind.END
          || (token.kind() == Token.Kind.SPACE && token.text().indexOf('\n') >= 0)) {
        return at;
      } else if (!comment && token.kind() != Token.Kind.SPACE && !token.isSymbol(";")) {
        return 0;
      }
      at++;
    }
  }

  private static int repeat(List<Token> tokens, int from, int to) {
    for (Token token : tokens.subList(from, to)) {
      if (token.kind() == Token.Kind.NUMBER) {
        int count = token.text().length() > 7 ? REPEAT_MAX : Integer.parseInt(token.text());
        return Math.min(count, REPEAT_MAX);
      }
    }
    return 1;
  }
}
