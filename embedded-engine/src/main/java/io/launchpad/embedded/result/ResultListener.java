// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.result;

import io.launchpad.embedded.error.SqlError;

/// Takes what statements give, in their order.
///
/// All but [#message] is called by the thread that called `EmbeddedEngine.execute`. Messages of a
/// running script come from another thread, also while [#result] is reading, but never two at a
/// time.
public interface ResultListener {

  /// A result to be read now: it is closed when this returns.
  void result(ResultRows rows) throws Exception;

  /// How many rows a statement without result changed.
  void rowCount(long rows);

  void message(SqlMessage message);

  /// The end of a batch: its later statements are not carried out.
  void error(SqlError error);
}
