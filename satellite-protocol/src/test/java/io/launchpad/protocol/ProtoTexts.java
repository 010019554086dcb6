// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import com.google.protobuf.Message;

/// The Protocol Buffers message of each control frame.
final class ProtoTexts {
  private ProtoTexts() {}

  static Message.Builder builder(FrameType type) {
    return switch (type) {
      case HELLO -> io.launchpad.protocol.wire.Hello.newBuilder();
      case WELCOME -> io.launchpad.protocol.wire.Welcome.newBuilder();
      case AUTHENTICATE -> io.launchpad.protocol.wire.Authenticate.newBuilder();
      case AUTHENTICATED -> io.launchpad.protocol.wire.Authenticated.newBuilder();
      case REFUSED -> io.launchpad.protocol.wire.Refused.newBuilder();
      case EXECUTE -> io.launchpad.protocol.wire.Execute.newBuilder();
      case QUEUED -> io.launchpad.protocol.wire.Queued.newBuilder();
      case STARTED -> io.launchpad.protocol.wire.Started.newBuilder();
      case COMPLETED -> io.launchpad.protocol.wire.Completed.newBuilder();
      case FAILED -> io.launchpad.protocol.wire.Failed.newBuilder();
      case CANCELLED -> io.launchpad.protocol.wire.Cancelled.newBuilder();
      case EXITED -> io.launchpad.protocol.wire.Exited.newBuilder();
      case CANCEL -> io.launchpad.protocol.wire.Cancel.newBuilder();
      case CREDIT -> io.launchpad.protocol.wire.Credit.newBuilder();
      case OUTPUT -> io.launchpad.protocol.wire.Output.newBuilder();
      case PING, PONG, DATA, BLOB -> throw new IllegalArgumentException(type.toString());
    };
  }
}
