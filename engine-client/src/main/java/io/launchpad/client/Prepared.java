// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.bxl.BxlFrame;
import io.launchpad.bxl.BxlWriterOptions;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/// What of a request is encoded on the caller's thread, before anything is sent: the parameters,
/// and the inputs that are there as a whole. Closes what nobody has taken to send it.
final class Prepared implements AutoCloseable {
  private final @Nullable Parameters parameters;

  /// By place among the inputs.
  private final Map<Integer, ReadyFrames> inputs = new HashMap<>();

  /// @param options how the inputs are written; those that read parameters know no options
  Prepared(
      List<ScriptInput> inputs,
      @Nullable VectorSchemaRoot parameterRow,
      BxlWriterOptions options,
      BufferAllocator allocator)
      throws IOException {
    parameters = parameterRow == null ? null : new Parameters(parameterRow, allocator);
    try {
      for (int i = 0; i < inputs.size(); i++) {
        if (inputs.get(i) instanceof ScriptInput.Rows(var _, var rows, var dictionaries)) {
          this.inputs.put(i, new ReadyFrames(rows, dictionaries, options, allocator));
        }
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  @Nullable Parameters parameters() {
    return parameters;
  }

  /// Hands the frames of an input that is there as a whole over to who sends them.
  List<BxlFrame> takeFrames(int input) {
    return Objects.requireNonNull(inputs.get(input), "an input that has to be read").take();
  }

  @Override
  public void close() {
    if (parameters != null) {
      parameters.close();
    }
    inputs.values().forEach(ReadyFrames::close);
  }
}
