// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;

/// One field of a schema as the validator walks it.
///
/// @param path names from the top down, joined by dots
/// @param field the field as it stood in the schema
/// @param type how its buffers lie; [ColumnType.Index] when it is dictionary-encoded
/// @param nullable whether nulls are allowed
/// @param children the fields below; none for a dictionary-encoded field
record ColumnPlan(
    String path, Field field, ColumnType type, boolean nullable, List<ColumnPlan> children) {

  ColumnPlan withNullable(boolean value) {
    return new ColumnPlan(path, field, type, value, children);
  }
}
