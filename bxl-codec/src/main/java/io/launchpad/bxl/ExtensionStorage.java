// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.ArrowType.ExtensionType;

/// The storage each extension type of FORMAT.md section 4 must have. Other names are not checked.
final class ExtensionStorage {
  private static final ArrowType INT64 = new ArrowType.Int(64, true);
  private static final ArrowType INT16 = new ArrowType.Int(16, true);

  private ExtensionStorage() {}

  static void require(
      Map<String, String> metadata,
      ArrowType storage,
      List<ColumnPlan> children,
      long frame,
      String path)
      throws BxlException {
    String name = metadata.get(ExtensionType.EXTENSION_METADATA_KEY_NAME);
    if (name != null && !fits(name, storage, children)) {
      throw BxlException.inColumn(
          BxlError.BAD_SCHEMA, frame, path, "extension type " + name + " over " + storage);
    }
  }

  private static boolean fits(String name, ArrowType storage, List<ColumnPlan> children) {
    return switch (name) {
      case "arrow.uuid" -> storage.equals(new ArrowType.FixedSizeBinary(16));
      case "arrow.json" ->
          storage instanceof ArrowType.Utf8 || storage instanceof ArrowType.LargeUtf8;
      case "launchpad.xml" ->
          storage instanceof ArrowType.Utf8 || storage instanceof ArrowType.LargeUtf8;
      case "launchpad.datetime2", "launchpad.time" -> storage.equals(INT64);
      case "launchpad.datetimeoffset" ->
          storage instanceof ArrowType.Struct
              && children.size() == 2
              && isField(children.get(0), "ticks", INT64)
              && isField(children.get(1), "offset_minutes", INT16);
      default -> true;
    };
  }

  private static boolean isField(ColumnPlan plan, String name, ArrowType type) {
    return plan.field().getName().equals(name)
        && plan.field().getType().equals(type)
        && plan.field().getDictionary() == null
        && !plan.nullable();
  }
}
