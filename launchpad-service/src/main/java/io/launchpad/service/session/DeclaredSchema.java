// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.bxl.BxlException;
import io.launchpad.bxl.BxlLimits;
import io.launchpad.bxl.BxlValidator;
import io.launchpad.protocol.Content;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// The schema an engine declared for one output, so that the relay can hold the satellite to it.
///
/// It stands in the request, or passes by as a blob: then the relay keeps a copy. The satellite has
/// it before it can send a row, so it is complete here when the first output frame comes.
final class DeclaredSchema {
  /// One schema frame, at most.
  static final int BYTES_MAX = 1 << 20;

  private final BxlLimits limits;
  private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
  private @Nullable Schema schema;

  DeclaredSchema(Content content, BxlLimits limits) {
    this.limits = limits;
    if (content instanceof Content.Inline(var bytes)) {
      collected.writeBytes(bytes.toByteArray());
    }
  }

  synchronized void collect(ByteBuffer fragment) {
    byte[] bytes = new byte[fragment.remaining()];
    fragment.get(bytes);
    collected.writeBytes(bytes);
  }

  /// Refuses a schema that is malformed, where it already stands in the request.
  synchronized void check() throws SessionFailure {
    if (collected.size() > 0) {
      try {
        parse();
      } catch (BxlException e) {
        throw new SessionFailure(
            ErrorInfo.of(
                ErrorCode.BAD_REQUEST, "outputs.schema is no BXL schema frame: " + e.getMessage()));
      }
    }
  }

  /// The schema, or empty when the engine sent none that can be read: the satellite refuses that
  /// one itself.
  synchronized Optional<Schema> schema() {
    try {
      return Optional.ofNullable(schema == null ? parse() : schema);
    } catch (BxlException e) {
      return Optional.empty();
    }
  }

  private @Nullable Schema parse() throws BxlException {
    var validator = new BxlValidator(limits);
    validator.frame(ByteBuffer.wrap(collected.toByteArray()));
    schema = validator.schema().orElse(null);
    return schema;
  }
}
