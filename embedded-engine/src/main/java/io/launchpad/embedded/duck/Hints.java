// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.embedded.token.Token;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What to write instead, for the words of T-SQL that DuckDB does not have.
final class Hints {

  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("ISNULL", "write coalesce(a, b)"),
          Map.entry("LEN", "write length(text)"),
          Map.entry("DATALENGTH", "write octet_length(value) or strlen(text)"),
          Map.entry("GETDATE", "write current_timestamp"),
          Map.entry("SYSDATETIME", "write current_timestamp"),
          Map.entry("GETUTCDATE", "write now() AT TIME ZONE 'UTC'"),
          Map.entry("CONVERT", "write CAST(value AS type)"),
          Map.entry("TRY_CONVERT", "write TRY_CAST(value AS type)"),
          Map.entry("NEWID", "write uuid()"),
          Map.entry("IDENTITY", "write DEFAULT nextval('a_sequence')"),
          Map.entry("NOLOCK", "leave table hints away"),
          Map.entry("CLUSTERED", "leave CLUSTERED and NONCLUSTERED away"),
          Map.entry("NONCLUSTERED", "leave CLUSTERED and NONCLUSTERED away"),
          Map.entry("DATEADD", "write date + INTERVAL 1 DAY"),
          Map.entry("DATEDIFF", "write date_diff('day', a, b)"),
          Map.entry("DATEPART", "write date_part('year', date)"),
          Map.entry("CHARINDEX", "write strpos(text, part)"),
          Map.entry("IIF", "write CASE WHEN … THEN … ELSE … END"),
          Map.entry("APPLY", "write JOIN LATERAL (…) ON true"),
          Map.entry("RAND", "write random()"),
          Map.entry("CHECKSUM", "write hash(…)"),
          Map.entry("SYS", "the catalogue is in information_schema and duckdb_tables()"),
          Map.entry("INTO", "for SELECT … INTO t write CREATE TABLE t AS SELECT …"));

  private Hints() {}

  /// One sentence for the first such word in a statement that failed with the given message.
  static Optional<String> of(List<Token> tokens, String message) {
    if (message.contains("'+(") || message.contains("call \"+(")) {
      return Optional.of("Hint: to join texts write a || b or concat(a, b).");
    }
    if (message.contains("Unsupported Internal Arrow Type for Decimal")) {
      return Optional.of(
          "Hint: decimals have at most 38 digits here; in the script, round them or make them text.");
    }
    boolean select = !tokens.isEmpty() && tokens.getFirst().isWord("SELECT");
    for (Token token : tokens) {
      if (token.kind() == Token.Kind.WORD) {
        String word = token.text().toUpperCase(Locale.ROOT);
        String hint = WORDS.get(word);
        if (hint != null && (select || !word.equals("INTO"))) {
          return Optional.of("Hint: DuckDB has no %s: %s.".formatted(word, hint));
        }
      }
    }
    return Optional.empty();
  }
}
