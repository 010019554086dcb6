// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.token;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/// A place in the tokens of a text that sees only the significant ones. Text is cut as far as it is
/// looked at, so that what follows a statement need not be well-formed to read the statement.
public final class TokenCursor {

  private final Supplier<Token> source;
  private final List<Token> tokens = new ArrayList<>();
  private int index;

  /// @param source gives END tokens for ever after the last
  public TokenCursor(Supplier<Token> source) {
    this.source = source;
    this.index = skip(0);
  }

  /// Over text in which brackets are always names.
  public TokenCursor(String text) {
    this(new Lexer(text, Lexer.Brackets.NAMES, 0, 1, 1)::next);
  }

  /// Over tokens that have been cut before.
  public static TokenCursor over(List<Token> tokens, Token end) {
    Iterator<Token> iterator = tokens.iterator();
    return new TokenCursor(() -> iterator.hasNext() ? iterator.next() : end);
  }

  public Token peek() {
    return get(index);
  }

  /// The significant token `ahead` places further on, or END.
  public Token peek(int ahead) {
    int at = index;
    for (int i = 0; i < ahead && !isEnd(at); i++) {
      at = skip(at + 1);
    }
    return get(at);
  }

  public Token next() {
    Token token = get(index);
    if (token.kind() != Token.Kind.END) {
      index = skip(index + 1);
    }
    return token;
  }

  public boolean atEnd() {
    return isEnd(index);
  }

  /// Where the current token stands in the list, insignificant tokens counted.
  public int index() {
    return index;
  }

  public void moveTo(int newIndex) {
    index = skip(newIndex);
  }

  /// Whether only spaces and comments stand before the current token on its line.
  public boolean beginsLine() {
    return beginsLine(tokens, index);
  }

  public boolean acceptWord(String word) {
    if (peek().isWord(word)) {
      next();
      return true;
    }
    return false;
  }

  public boolean acceptSymbol(String symbol) {
    if (peek().isSymbol(symbol)) {
      next();
      return true;
    }
    return false;
  }

  public Token expectSymbol(String symbol) {
    if (!peek().isSymbol(symbol)) {
      throw SyntaxErrors.syntax(peek(), "'" + symbol + "' is expected here");
    }
    return next();
  }

  public Token expectWord(String word) {
    if (!peek().isWord(word)) {
      throw SyntaxErrors.syntax(peek(), word + " is expected here");
    }
    return next();
  }

  public Token expectName(String what) {
    if (!peek().isName()) {
      throw SyntaxErrors.syntax(peek(), what + " is expected here");
    }
    return next();
  }

  /// A whole number that is no more than an int.
  public int expectCount(String what) {
    Token token = peek();
    if (token.kind() != Token.Kind.NUMBER || !token.text().matches("[0-9]{1,9}")) {
      throw SyntaxErrors.syntax(token, what + " is expected here");
    }
    return Integer.parseInt(next().text());
  }

  private int skip(int from) {
    int at = from;
    while (!get(at).isSignificant()) {
      at++;
    }
    return at;
  }

  /// The tokens from one place to another, insignificant ones too.
  public List<Token> between(int from, int to) {
    return List.copyOf(tokens.subList(from, to));
  }

  private Token get(int at) {
    while (tokens.size() <= at) {
      tokens.add(source.get());
    }
    return tokens.get(at);
  }

  private boolean isEnd(int at) {
    return get(at).kind() == Token.Kind.END;
  }

  /// Whether only spaces stand before a token on its line.
  public static boolean beginsLine(List<Token> tokens, int i) {
    int first = i;
    while (first > 0 && tokens.get(first - 1).kind() == Token.Kind.COMMENT) {
      first--;
    }
    if (first == 0) {
      return true;
    }
    Token before = tokens.get(first - 1);
    return before.kind() == Token.Kind.SPACE && (first == 1 || before.text().indexOf('\n') >= 0);
  }
}
