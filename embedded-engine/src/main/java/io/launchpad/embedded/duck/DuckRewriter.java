// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.embedded.sql.Literals;
import io.launchpad.embedded.sql.Statement.Fragment;
import io.launchpad.embedded.sql.StatementErrors;
import io.launchpad.embedded.sql.Variables;
import io.launchpad.embedded.token.SyntaxErrors;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.type.SqlValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Turns a statement into DuckDB's SQL, token by token, so that strings and comments are never
/// touched.
///
/// `@name` becomes a bound parameter with the variable's type, `[name]` a quoted name, `N'…'` a
/// string, `0x…` a blob, `dbo.` goes away, `TOP n` becomes a LIMIT, and SQL Server's type names are
/// translated in CREATE and ALTER TABLE. Line breaks stay where they are, so that DuckDB's line
/// numbers are right.
public final class DuckRewriter {

  private final Variables variables;
  private final List<Token> tokens;
  private final StringBuilder out = new StringBuilder();
  private final Map<String, Integer> parameters;
  private final List<SqlValue> values;
  private final Map<Integer, String> limits = new LinkedHashMap<>();
  private final ColumnTypes columnTypes;
  private int depth;
  private int endOfSignificant;

  private DuckRewriter(
      Variables variables,
      List<Token> tokens,
      Map<String, Integer> parameters,
      List<SqlValue> values) {
    this.variables = variables;
    this.tokens = tokens;
    this.parameters = parameters;
    this.values = values;
    this.columnTypes = ColumnTypes.in(tokens);
  }

  public static DuckSql rewrite(Fragment fragment, Variables variables) {
    var values = new ArrayList<SqlValue>();
    var rewriter = new DuckRewriter(variables, fragment.tokens(), new LinkedHashMap<>(), values);
    String text = rewriter.run();
    return new DuckSql(text, List.copyOf(values), List.copyOf(rewriter.parameters.keySet()));
  }

  private String run() {
    int i = 0;
    while (i < tokens.size()) {
      i = step(i);
    }
    closeLimits(0);
    return out.toString();
  }

  /// Writes the token at `i`, and those that belong to it, and gives the index of the next.
  private int step(int i) {
    Token token = tokens.get(i);
    if (!token.isSignificant()) {
      out.append(token.text());
      return i + 1;
    }
    Optional<ColumnTypes.Replacement> type = columnTypes.at(i);
    if (type.isPresent()) {
      emit(type.get().text());
      return type.get().end();
    }
    if (isDbo(i)) {
      return dbo(i);
    }
    if (token.isWord("TOP") && isTop(i)) {
      return top(i);
    }
    track(token);
    switch (token.kind()) {
      case VARIABLE -> emit(parameter(i, token));
      case SYSTEM_VARIABLE -> throw StatementErrors.variableUndeclared(token.text()).at(token);
      case NATIONAL_STRING -> emit(token.text().substring(1));
      case BINARY -> emit("unhex('" + Literals.hexDigits(token) + "')");
      case BRACKET_NAME -> emit(DuckTypes.quote(token.value()));
      case WORD -> emit(word(i, token.text()));
      case SYMBOL -> symbol(i, token);
      case QUOTED_NAME, STRING, FOREIGN_STRING, NUMBER -> emit(token.text());
      case COMMENT, SPACE, END -> out.append(token.text());
    }
    return i + 1;
  }

  private void emit(String text) {
    out.append(text);
    endOfSignificant = out.length();
  }

  /// `#t` is a quoted name, and the table it is created as a temporary one.
  private String word(int i, String word) {
    if (word.startsWith("#")) {
      return DuckTypes.quote(word);
    }
    boolean create = word.equalsIgnoreCase("TABLE") && previous(i).isWord("CREATE");
    return create && peek(i).text().startsWith("#") ? "TEMP " + word : word;
  }

  private void symbol(int i, Token token) {
    boolean marker =
        token.text().equals("?")
            || (token.text().equals("$") && peek(i).kind() == Token.Kind.NUMBER);
    if (marker) {
      throw SyntaxErrors.syntax(token, "parameters are written as variables, such as @name");
    }
    emit(token.text());
  }

  /// Keeps the depth, and puts a LIMIT at the end of a SELECT that had TOP.
  private void track(Token token) {
    if (token.isSymbol("(")) {
      depth++;
    } else if (token.isSymbol(")")) {
      closeLimits(depth);
      depth--;
    } else if (limits.containsKey(depth)
        && (token.isWord("UNION") || token.isWord("EXCEPT") || token.isWord("INTERSECT"))) {
      throw SyntaxErrors.syntax(
          token, "a SELECT with TOP inside " + token.text() + " must stand in parentheses");
    }
  }

  private void closeLimits(int atDepth) {
    String limit = limits.remove(atDepth);
    if (limit != null) {
      String after = out.substring(endOfSignificant);
      out.setLength(endOfSignificant);
      emit(limit);
      out.append(after);
    }
  }

  private String parameter(int i, Token variable) {
    SqlValue value = variables.require(variable, variable.text());
    Moments.require(variable, value, Moments.meant(previous(i), peek(i), tokens));
    String key = variable.text().toLowerCase(Locale.ROOT);
    Integer known = parameters.get(key);
    if (known == null) {
      values.add(value);
      known = values.size();
      parameters.put(key, known);
    }
    return "CAST($%d AS %s)".formatted(known, DuckValues.typeName(value));
  }

  /// Whether `dbo.` stands at `i`.
  private boolean isDbo(int i) {
    Token token = tokens.get(i);
    return token.isName() && token.value().equalsIgnoreCase("dbo") && peek(i).isSymbol(".");
  }

  /// `dbo.t` is `t`; `base.dbo.t` is `base.main.t`.
  private int dbo(int i) {
    if (endOfSignificant > 0 && out.charAt(endOfSignificant - 1) == '.') {
      emit("main");
      return i + 1;
    }
    return nextSignificant(nextSignificant(i + 1) + 1);
  }

  private static final Set<String> BEFORE_TOP = Set.of("SELECT", "DISTINCT", "ALL");

  private boolean isTop(int i) {
    Token before = previous(i);
    Token after = peek(i);
    return before.kind() == Token.Kind.WORD
        && BEFORE_TOP.contains(before.text().toUpperCase(Locale.ROOT))
        && (after.kind() == Token.Kind.NUMBER
            || after.kind() == Token.Kind.VARIABLE
            || after.isSymbol("("));
  }

  private int top(int i) {
    int from = nextSignificant(i + 1);
    int to = tokens.get(from).isSymbol("(") ? closing(from) + 1 : from + 1;
    var count = new DuckRewriter(variables, tokens.subList(from, to), parameters, values);
    String limit = " LIMIT " + count.run();
    int next = nextSignificant(to);
    if (isWordAt(next, "PERCENT")) {
      limit += "%";
      next = nextSignificant(next + 1);
    }
    if (isWordAt(next, "WITH")) {
      throw SyntaxErrors.syntax(tokens.get(next), "TOP … WITH TIES is not supported: use rank()");
    }
    limits.put(depth, limit);
    return next;
  }

  private int closing(int open) {
    int level = 0;
    for (int i = open; i < tokens.size(); i++) {
      level += tokens.get(i).isSymbol("(") ? 1 : tokens.get(i).isSymbol(")") ? -1 : 0;
      if (level == 0) {
        return i;
      }
    }
    throw SyntaxErrors.syntax(tokens.get(open), "the parenthesis is not closed");
  }

  private boolean isWordAt(int i, String word) {
    return i < tokens.size() && tokens.get(i).isWord(word);
  }

  private int nextSignificant(int from) {
    int at = from;
    while (at < tokens.size() && !tokens.get(at).isSignificant()) {
      at++;
    }
    return at;
  }

  /// The significant token after `i`, or the one at `i` when it is the last.
  private Token peek(int i) {
    int next = nextSignificant(i + 1);
    return next < tokens.size() ? tokens.get(next) : tokens.get(i);
  }

  private Token previous(int i) {
    int at = Math.max(i - 1, 0);
    while (at > 0 && !tokens.get(at).isSignificant()) {
      at--;
    }
    return tokens.get(at);
  }
}
