// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import io.launchpad.protocol.wire.Authenticate;
import io.launchpad.protocol.wire.Authenticated;
import io.launchpad.protocol.wire.Cancel;
import io.launchpad.protocol.wire.Cancelled;
import io.launchpad.protocol.wire.Completed;
import io.launchpad.protocol.wire.Credit;
import io.launchpad.protocol.wire.Exited;
import io.launchpad.protocol.wire.Failed;
import io.launchpad.protocol.wire.Hello;
import io.launchpad.protocol.wire.Output;
import io.launchpad.protocol.wire.Queued;
import io.launchpad.protocol.wire.Refused;
import io.launchpad.protocol.wire.Started;
import io.launchpad.protocol.wire.Welcome;

/// Control messages as bytes: the one place where [Message]s and Protocol Buffers meet. Reading
/// never throws anything but [ProtocolException].
final class MessageWire {
  private MessageWire() {}

  static byte[] write(Message message) {
    return switch (message) {
      case Message.Hello m -> HandshakeWire.write(m).toByteArray();
      case Message.Welcome m -> HandshakeWire.write(m).toByteArray();
      case Message.Authenticate m -> HandshakeWire.write(m).toByteArray();
      case Message.Authenticated m -> HandshakeWire.write(m).toByteArray();
      case Message.Refused m ->
          Refused.newBuilder().setError(ErrorWire.write(m.error())).build().toByteArray();
      case Execute m -> ExecuteWire.write(m).toByteArray();
      case Message.Queued m -> SessionWire.write(m).toByteArray();
      case Message.Started m -> SessionWire.write(m).toByteArray();
      case Message.Completed m -> SessionWire.write(m).toByteArray();
      case Message.Failed m -> SessionWire.write(m).toByteArray();
      case Message.Cancelled m -> SessionWire.write(m).toByteArray();
      case Message.Exited m -> SessionWire.write(m).toByteArray();
      case Message.Cancel m -> SessionWire.write(m).toByteArray();
      case Message.Credit m -> SessionWire.write(m).toByteArray();
      case Message.Output m -> SessionWire.write(m).toByteArray();
      case Message.Ping m -> m.payload().toByteArray();
      case Message.Pong m -> m.payload().toByteArray();
    };
  }

  static Message read(FrameType type, byte[] payload) {
    try {
      return switch (type) {
        case HELLO -> HandshakeWire.read(Hello.parseFrom(payload));
        case WELCOME -> HandshakeWire.read(Welcome.parseFrom(payload));
        case AUTHENTICATE -> HandshakeWire.read(Authenticate.parseFrom(payload));
        case AUTHENTICATED -> HandshakeWire.read(Authenticated.parseFrom(payload));
        case REFUSED -> new Message.Refused(ErrorWire.read(Refused.parseFrom(payload).getError()));
        case EXECUTE -> ExecuteWire.read(io.launchpad.protocol.wire.Execute.parseFrom(payload));
        case QUEUED -> SessionWire.read(Queued.parseFrom(payload));
        case STARTED -> SessionWire.read(Started.parseFrom(payload));
        case COMPLETED -> SessionWire.read(Completed.parseFrom(payload));
        case FAILED -> SessionWire.read(Failed.parseFrom(payload));
        case CANCELLED -> SessionWire.read(Cancelled.parseFrom(payload));
        case EXITED -> SessionWire.read(Exited.parseFrom(payload));
        case CANCEL -> SessionWire.read(Cancel.parseFrom(payload));
        case CREDIT -> SessionWire.read(Credit.parseFrom(payload));
        case OUTPUT -> SessionWire.read(Output.parseFrom(payload));
        case PING -> new Message.Ping(Bytes.of(payload));
        case PONG -> new Message.Pong(Bytes.of(payload));
        case DATA, BLOB -> throw new IllegalArgumentException(type + " is no control message");
      };
    } catch (InvalidProtocolBufferException e) {
      throw ProtocolException.violation("%s message is malformed: %s", type, e.toString());
    }
  }
}
