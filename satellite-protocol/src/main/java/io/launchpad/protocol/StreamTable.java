// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The open streams of a connection, by number, in both directions. On the event loop.
final class StreamTable {
  private final Map<Integer, InboundStream> inbound = new HashMap<>();
  private final Map<Integer, OutboundStream> outbound = new HashMap<>();

  void add(InboundStream stream) {
    if (inbound.putIfAbsent(stream.number(), stream) != null) {
      throw new IllegalStateException("stream " + stream.number() + " is open");
    }
  }

  void add(OutboundStream stream) {
    if (outbound.putIfAbsent(stream.number(), stream) != null) {
      throw new IllegalStateException("stream " + stream.number() + " is open");
    }
  }

  @Nullable InboundStream inbound(int number) {
    return inbound.get(number);
  }

  /// Credit from the peer. Between sessions it is late; in one it must name a stream of ours.
  void credited(Message.Credit credit, boolean inSession) {
    OutboundStream stream = outbound.get(credit.stream());
    if (stream == null) {
      if (inSession) {
        throw ProtocolException.violation("credit for unknown stream %d", credit.stream());
      }
    } else if (credit.discard()) {
      stream.discard();
    } else {
      stream.grant(credit.bytes());
    }
  }

  /// Ends a session: what waits to be sent is dropped, what still comes is thrown away.
  void endSession() {
    outbound.values().forEach(OutboundStream::discard);
    outbound.clear();
    inbound.values().forEach(InboundStream::close);
  }

  /// Nothing more can come on the streams there were: their numbers are free.
  void forgetInbound() {
    inbound.clear();
  }

  /// The connection is gone.
  void close(ProtocolException cause) {
    outbound.values().forEach(stream -> stream.fail(cause));
    outbound.clear();
    inbound.values().forEach(InboundStream::close);
    inbound.clear();
  }
}
