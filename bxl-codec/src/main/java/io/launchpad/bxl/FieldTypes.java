// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.util.List;
import java.util.Objects;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.ArrowType.ExtensionType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// When two fields have the same type: equal Arrow types at all levels and the same extension,
/// names only where a struct needs them to tell its fields apart. Whether a field is nullable or
/// dictionary-encoded is not part of its type.
final class FieldTypes {
  private FieldTypes() {}

  static boolean same(Field one, Field other) {
    if (!sameStorage(storage(one), storage(other))
        || !Objects.equals(extension(one), extension(other))) {
      return false;
    }
    List<Field> some = one.getChildren();
    List<Field> others = other.getChildren();
    if (some.size() != others.size()) {
      return false;
    }
    boolean named = storage(one) instanceof ArrowType.Struct;
    for (int i = 0; i < some.size(); i++) {
      if (!same(some.get(i), others.get(i))
          || (named && !some.get(i).getName().equals(others.get(i).getName()))) {
        return false;
      }
    }
    return true;
  }

  /// @throws BxlException `SCHEMA_MISMATCH` when `actual` has other columns than `declared`
  static void requireSame(Schema declared, List<ColumnPlan> actual, long frame)
      throws BxlException {
    List<Field> wanted = declared.getFields();
    if (wanted.size() != actual.size()) {
      throw BxlException.in(
          BxlError.SCHEMA_MISMATCH,
          frame,
          actual.size() + " columns, but " + wanted.size() + " were declared");
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (!same(wanted.get(i), actual.get(i).field())) {
        throw BxlException.inColumn(
            BxlError.SCHEMA_MISMATCH,
            frame,
            actual.get(i).path(),
            "column " + (i + 1) + " is " + actual.get(i).field() + ", declared " + wanted.get(i));
      }
    }
  }

  /// Whether the keys of a map are sorted is a fact about values, not about the type.
  private static boolean sameStorage(ArrowType one, ArrowType other) {
    return one.equals(other) || (one instanceof ArrowType.Map && other instanceof ArrowType.Map);
  }

  private static ArrowType storage(Field field) {
    return field.getType() instanceof ExtensionType extension
        ? extension.storageType()
        : field.getType();
  }

  private static @Nullable String extension(Field field) {
    return field.getType() instanceof ExtensionType extension
        ? extension.extensionName()
        : field.getMetadata().get(ExtensionType.EXTENSION_METADATA_KEY_NAME);
  }
}
