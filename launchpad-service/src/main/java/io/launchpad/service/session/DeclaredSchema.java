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
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// The schema an engine declared for one output, so that the relay can hold the satellite to it.
///
/// It stands in the request, or passes by as a blob: then the relay keeps a copy until it is
/// complete. A satellite that speaks the protocol has it before it can send a row. One that sends a
/// frame before has not been told what it may send, and fails: without the schema nothing passes.
final class DeclaredSchema {
  /// One schema frame, at most.
  static final int BYTES_MAX = 1 << 20;

  /// All schemas of a request together, at most.
  static final int ALL_BYTES_MAX = 4 << 20;

  private final BxlLimits limits;
  private final AtomicInteger bytesLeft;
  private ByteArrayOutputStream collected = new ByteArrayOutputStream(0);
  private boolean complete;
  private @Nullable Schema schema;

  /// @param bytesLeft what the request may still hold of schemas, shared by all of them
  DeclaredSchema(Content content, BxlLimits limits, AtomicInteger bytesLeft) {
    this.limits = limits;
    this.bytesLeft = bytesLeft;
    if (content instanceof Content.Inline(var bytes)) {
      collected.writeBytes(bytes.toByteArray());
      complete = true;
    }
  }

  /// One more fragment of the blob.
  ///
  /// @param more whether another follows
  /// @throws SessionFailure the blob is complete, and no schema; or too much
  synchronized void collect(ByteBuffer fragment, boolean more) throws SessionFailure {
    if (bytesLeft.addAndGet(-fragment.remaining()) < 0) {
      throw new SessionFailure(
          ErrorInfo.of(
              ErrorCode.BAD_REQUEST,
              "the declared schemas of the request have more than %d bytes together"
                  .formatted(ALL_BYTES_MAX)));
    }
    byte[] bytes = new byte[fragment.remaining()];
    fragment.get(bytes);
    collected.writeBytes(bytes);
    if (!more) {
      complete = true;
      parse();
    }
  }

  /// Refuses a schema that is malformed, where it already stands in the request.
  synchronized void check() throws SessionFailure {
    if (complete) {
      parse();
    }
  }

  /// The schema that every frame of the output must have.
  ///
  /// @throws SessionFailure there is none yet, or it cannot be read
  synchronized Schema schema() throws SessionFailure {
    if (!complete) {
      throw new SessionFailure(
          ErrorInfo.of(
              ErrorCode.OUTPUT_INVALID,
              "the satellite sent output before it had the output's declared schema, and was killed"));
    }
    return parse();
  }

  private Schema parse() throws SessionFailure {
    if (schema == null) {
      var validator = new BxlValidator(limits);
      try {
        validator.frame(ByteBuffer.wrap(collected.toByteArray()));
      } catch (BxlException e) {
        throw malformed(e.getMessage());
      }
      schema = validator.schema().orElseThrow(() -> malformed("it is a frame of another kind"));
      collected = new ByteArrayOutputStream(0);
    }
    return schema;
  }

  private static SessionFailure malformed(@Nullable String why) {
    return new SessionFailure(
        ErrorInfo.of(ErrorCode.BAD_REQUEST, "outputs.schema is no BXL schema frame: " + why));
  }
}
