// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.token;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The words that tell where a statement, a name or an expression begins or ends.
public final class Keywords {

  /// After these a name follows.
  private static final Set<String> EXPECTS_NAME =
      Set.of(
          "AS",
          "FROM",
          "JOIN",
          "INTO",
          "TABLE",
          "UPDATE",
          "VIEW",
          "SCHEMA",
          "INDEX",
          "COLUMN",
          "CONSTRAINT",
          "REFERENCES",
          "DATABASE",
          "EXISTS",
          "EXEC",
          "EXECUTE");

  /// Words that are never an operand, so that a bracket directly after them is no index.
  private static final Set<String> RESERVED =
      Set.of(
          "SELECT",
          "DISTINCT",
          "ALL",
          "WHERE",
          "AND",
          "OR",
          "NOT",
          "ON",
          "BY",
          "HAVING",
          "WHEN",
          "THEN",
          "ELSE",
          "CASE",
          "IN",
          "LIKE",
          "BETWEEN",
          "IS",
          "SET",
          "VALUES",
          "LIMIT",
          "TOP",
          "RETURN",
          "RETURNING",
          "USING",
          "UNION",
          "EXCEPT",
          "INTERSECT",
          "WITH",
          "ADD");

  /// The words that T-SQL's statements begin with.
  private static final Set<String> VERBS =
      Set.of(
          "EXEC",
          "EXECUTE",
          "DECLARE",
          "SET",
          "PRINT",
          "SELECT",
          "INSERT",
          "UPDATE",
          "DELETE",
          "CREATE",
          "DROP",
          "ALTER",
          "TRUNCATE",
          "BEGIN",
          "COMMIT",
          "ROLLBACK",
          "MERGE",
          "USE",
          "WHILE",
          "RETURN",
          "RAISERROR",
          "THROW");

  /// At the beginning of a line, outside parentheses, one of these begins a statement.
  private static final Set<String> STATEMENT_STARTS =
      verbsAnd("COPY", "ATTACH", "DETACH", "PRAGMA", "CHECKPOINT", "INSTALL", "LOAD", "IF");

  /// After one of these, a word that could begin a statement goes on with the one at hand.
  private static final Set<String> CONTINUES =
      Set.of(
          "UNION",
          "ALL",
          "EXCEPT",
          "INTERSECT",
          "DISTINCT",
          "AS",
          "EXPLAIN",
          "ANALYZE",
          "DO",
          "ON",
          "FOR",
          "THEN",
          "NAME",
          "NOT",
          "OR",
          "REPLACE",
          "DESCRIBE",
          "SUMMARIZE",
          "PREPARE");

  /// These end an expression of `DECLARE`, `SET` and `PRINT` wherever they stand.
  private static final Set<String> EXPRESSION_ENDS = verbsAnd("WITH");

  /// T-SQL statements of procedural code, which are not carried out here.
  private static final Set<String> PROCEDURAL =
      Set.of(
          "IF",
          "WHILE",
          "RETURN",
          "RAISERROR",
          "THROW",
          "GOTO",
          "WAITFOR",
          "RECONFIGURE",
          "GRANT",
          "REVOKE",
          "DENY",
          "OPEN",
          "FETCH",
          "CLOSE",
          "DEALLOCATE");

  private Keywords() {}

  static boolean expectsName(String word) {
    return EXPECTS_NAME.contains(upper(word));
  }

  static boolean isReserved(String word) {
    return RESERVED.contains(upper(word));
  }

  public static boolean startsStatement(Token token) {
    return token.kind() == Token.Kind.WORD && STATEMENT_STARTS.contains(upper(token.text()));
  }

  /// Whether two words together begin a statement wherever they stand outside parentheses.
  public static boolean startsStatement(Token first, Token second) {
    String word = upper(first.text());
    boolean transaction = second.isWord("TRAN") || second.isWord("TRANSACTION");
    boolean object = second.isWord("TABLE") || second.isWord("VIEW") || second.isWord("TEMP");
    return switch (word) {
      case "INSERT" -> second.isWord("INTO");
      case "DELETE" -> second.isWord("FROM");
      case "CREATE", "DROP", "TRUNCATE" -> object;
      case "BEGIN", "COMMIT", "ROLLBACK" -> transaction;
      default -> false;
    };
  }

  /// Whether the statement cannot end after this token.
  public static boolean continues(Token token) {
    return switch (token.kind()) {
      case WORD -> CONTINUES.contains(upper(token.text()));
      case SYMBOL ->
          !token.text().equals(")") && !token.text().equals("]") && !token.text().equals("*");
      case QUOTED_NAME,
          BRACKET_NAME,
          STRING,
          NATIONAL_STRING,
          FOREIGN_STRING,
          NUMBER,
          BINARY,
          VARIABLE,
          SYSTEM_VARIABLE,
          COMMENT,
          SPACE,
          END ->
          false;
    };
  }

  public static boolean endsExpression(Token token) {
    return token.kind() == Token.Kind.WORD && EXPRESSION_ENDS.contains(upper(token.text()));
  }

  public static boolean isProcedural(Token token) {
    return token.kind() == Token.Kind.WORD && PROCEDURAL.contains(upper(token.text()));
  }

  private static Set<String> verbsAnd(String... others) {
    return Stream.concat(VERBS.stream(), Stream.of(others)).collect(Collectors.toUnmodifiableSet());
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }
}
