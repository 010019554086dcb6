// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.shell;

import java.util.Locale;
import java.util.Set;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.impl.DefaultParser;

/// Tells the line editor when what is typed is whole: until then Enter begins another line of it.
///
/// So the unit that is edited and kept in the history is a batch, whatever lines it has.
final class BatchInput implements Parser {

  private static final Set<String> GOODBYES = Set.of("\\q", "exit", "quit");

  /// Words for completion; quotes and backslashes mean nothing to it.
  private final DefaultParser words =
      new DefaultParser().quoteChars(new char[0]).escapeChars(new char[0]);

  BatchInput() {}

  static boolean isGoodbye(String typed) {
    return GOODBYES.contains(typed.strip().toLowerCase(Locale.ROOT));
  }

  @Override
  public ParsedLine parse(String typed, int cursor, ParseContext context) {
    boolean entered = context == ParseContext.ACCEPT_LINE;
    if (entered && !typed.isBlank() && !isGoodbye(typed) && !StatementEnd.of(typed)) {
      throw new EOFError(-1, -1, "the batch goes on");
    }
    return words.parse(typed, cursor, context);
  }

  /// A backslash at the end of a line is a character like any other.
  @Override
  public boolean isEscapeChar(char ch) {
    return false;
  }
}
