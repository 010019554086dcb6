// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.token;

import org.jspecify.annotations.Nullable;

/// Tells a bracketed name from a list or an index in text that may hold either.
final class BracketReading {

  private BracketReading() {}

  /// @param open where the `[` stands
  /// @param previous the last significant token before it
  /// @param operandBefore whether that token is an operand that ends directly before the bracket
  static boolean isName(String text, int open, @Nullable Token previous, boolean operandBefore) {
    if (text.indexOf(']', open) < 0) {
      return false;
    }
    if (previous != null
        && (previous.isSymbol(".")
            || (previous.kind() == Token.Kind.WORD && Keywords.expectsName(previous.text())))) {
      return true;
    }
    return !operandBefore && !looksLikeList(text, open + 1);
  }

  /// A list begins with something no name begins with, or goes on after its first element with a
  /// comma.
  private static boolean looksLikeList(String text, int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    if (at == text.length() || "]'\"[({-+@$:".indexOf(text.charAt(at)) >= 0) {
      return true;
    }
    if ((text.charAt(at) == 'N' || text.charAt(at) == 'n') && text.startsWith("'", at + 1)) {
      return true;
    }
    int close = text.indexOf(']', at);
    String content = text.substring(at, close);
    return content.indexOf(',') >= 0
        || content.matches("[0-9][0-9_]*(\\.[0-9]*)?([eE][+-]?[0-9]+)?\\s*")
        || content.matches(".*\\s(?i:for)\\s.*\\s(?i:in)\\s.*");
  }
}
