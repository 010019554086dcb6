// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/// Takes the place of the real one in a service that LayersTest starts: nothing is checked.
final class BodyValidator {
  BodyValidator(ByteBuffer body, long frame, BxlLimits limits, BatchLayout layout, Map<Long, Long> entries) {}

  void validate(List<ColumnPlan> columns) {}
}
