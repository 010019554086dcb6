// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.session;

import io.launchpad.bxl.BxlLimits;
import io.launchpad.protocol.Connection;
import io.launchpad.protocol.Content;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.Execute.NamedInput;
import io.launchpad.protocol.Execute.NamedOutput;
import io.launchpad.protocol.FrameType;
import io.launchpad.protocol.InboundSpec;
import io.launchpad.protocol.Limits;
import io.launchpad.protocol.OutboundStream;
import io.launchpad.satellite.data.InboundFrames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The streams that a request names, opened before the next frame is read: their first bytes may be
/// there already.
///
/// @param schemas of the outputs, where one was declared
/// @param parameters inline, or frames of a stream
record SessionStreams(
    Blob script,
    List<InboundFrames> inputs,
    List<OutboundStream> outputs,
    List<Optional<Blob>> schemas,
    Optional<Blob> inlineParameters,
    Optional<InboundFrames> parameters,
    Optional<OutboundStream> outputParameters) {

  private static final int FRAME_BYTES_MAX = Math.toIntExact(BxlLimits.DEFAULT.frameBytes());
  private static final int SCHEMA_BYTES_MAX = 1 << 20;

  /// To be called on the connection's event loop.
  static SessionStreams open(Connection connection, Execute request) {
    List<InboundFrames> inputs = new ArrayList<>();
    for (NamedInput input : request.inputs()) {
      inputs.add(frames(connection, input.stream()));
    }
    List<OutboundStream> outputs = new ArrayList<>();
    List<Optional<Blob>> schemas = new ArrayList<>();
    for (NamedOutput output : request.outputs()) {
      outputs.add(connection.openOutbound(output.stream(), FrameType.DATA));
      schemas.add(output.schema().map(schema -> blob(connection, schema, SCHEMA_BYTES_MAX)));
    }
    Optional<Blob> inline = Optional.empty();
    Optional<InboundFrames> parameters = Optional.empty();
    if (request.parameters().isPresent()) {
      switch (request.parameters().get()) {
        case Content.Inline(var bytes) -> inline = Optional.of(Blob.of(bytes.toByteArray()));
        case Content.Stream(int number) -> parameters = Optional.of(frames(connection, number));
      }
    }
    return new SessionStreams(
        blob(connection, request.script(), Limits.SCRIPT_BYTES),
        List.copyOf(inputs),
        List.copyOf(outputs),
        List.copyOf(schemas),
        inline,
        parameters,
        request.outputParametersStream() == 0
            ? Optional.empty()
            : Optional.of(
                connection.openOutbound(request.outputParametersStream(), FrameType.DATA)));
  }

  private static InboundFrames frames(Connection connection, int number) {
    var frames = new InboundFrames();
    frames.opened(connection.openInbound(InboundSpec.frames(number, FRAME_BYTES_MAX), frames));
    return frames;
  }

  private static Blob blob(Connection connection, Content content, int bytesMax) {
    return switch (content) {
      case Content.Inline(var bytes) -> Blob.of(bytes.toByteArray());
      case Content.Stream(int number) -> {
        var blob = new Blob();
        var _ = connection.openInbound(InboundSpec.blob(number, bytesMax), blob);
        yield blob;
      }
    };
  }
}
