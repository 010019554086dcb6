// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.call.BoundCall.OrderColumn;
import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.token.SyntaxErrors;
import io.launchpad.embedded.token.TokenCursor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/// Lists of column names in an argument: `a, [b c] DESC`.
final class ColumnList {

  private ColumnList() {}

  static List<String> names(String text, String argument) {
    return parse(text, argument, false).stream().map(OrderColumn::name).toList();
  }

  static List<OrderColumn> ordered(String text, String argument) {
    return parse(text, argument, true);
  }

  private static List<OrderColumn> parse(String text, String argument, boolean directions) {
    var columns = new ArrayList<OrderColumn>();
    var seen = new HashSet<String>();
    try {
      var cursor = new TokenCursor(text);
      if (cursor.atEnd()) {
        return columns;
      }
      do {
        String name = cursor.expectName("the name of a column").value();
        if (!seen.add(name.toLowerCase(Locale.ROOT))) {
          throw CallErrors.columnListedTwice(name, argument);
        }
        boolean descending = directions && cursor.acceptWord("DESC");
        if (directions && !descending) {
          cursor.acceptWord("ASC");
        }
        columns.add(new OrderColumn(name, descending));
      } while (cursor.acceptSymbol(","));
      if (!cursor.atEnd()) {
        throw SyntaxErrors.syntax(cursor.peek(), "a comma or the end is expected here");
      }
      return columns;
    } catch (StatementFailure e) {
      SqlError error = e.error();
      throw new StatementFailure(error.saying("In " + argument + ": " + error.message()));
    }
  }
}
