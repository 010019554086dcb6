// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.result.ResultListener;
import io.launchpad.embedded.result.ResultRows;
import io.launchpad.embedded.result.SqlMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Keeps everything a listener is told.
class Recorder implements ResultListener {

  record Result(List<ResultRows.Column> columns, List<List<Object>> rows) {
    List<String> names() {
      return columns.stream().map(ResultRows.Column::name).toList();
    }

    List<String> types() {
      return columns.stream().map(c -> c.type().sql()).toList();
    }
  }

  final List<Result> results = new ArrayList<>();
  final List<Long> rowCounts = new ArrayList<>();
  final List<SqlMessage> messages = Collections.synchronizedList(new ArrayList<>());
  final List<SqlError> errors = new ArrayList<>();

  @Override
  public void result(ResultRows rows) throws Exception {
    results.add(new Result(rows.columns(), Rows.all(rows.reader())));
  }

  @Override
  public void rowCount(long rows) {
    rowCounts.add(rows);
  }

  @Override
  public void message(SqlMessage message) {
    messages.add(message);
  }

  @Override
  public void error(SqlError error) {
    errors.add(error);
  }

  List<List<Object>> rows() {
    return results.getLast().rows();
  }

  SqlError error() {
    return errors.getLast();
  }
}
