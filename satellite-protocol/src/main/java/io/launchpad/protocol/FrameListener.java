// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// What a [FrameReceiver] tells, on the event loop. Every method may throw [ProtocolException],
/// which ends the connection.
interface FrameListener {
  void message(Message message);

  /// Where the payload of a fragment goes: at the writer index of the buffer that is returned. The
  /// listener owns the buffer. Null throws the payload away.
  ///
  /// @param prefix the first bytes of the payload, up to 64, to be read but not kept
  @Nullable ByteBuf reserve(FrameHeader header, ByteBuf prefix);

  /// The payload that was reserved for, or thrown away, has arrived.
  void received(FrameHeader header);

  void failed(ProtocolException violation);

  /// The peer has closed this channel, or the channel broke.
  void ended();
}
