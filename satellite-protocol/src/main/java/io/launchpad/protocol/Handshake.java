// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One end of the handshake of PROTOCOL.md section 5 as a machine without input or output: messages
/// go in, [Step]s come out. A [ProtocolException] means that the handshake has failed.
interface Handshake {
  /// What to send before anything is received.
  List<Message> open();

  Step receive(Message message);

  /// How long all of it may take.
  default Duration time() {
    return Limits.HANDSHAKE_TIME;
  }

  /// Which end of sessions this end will be.
  SessionOrder.Side side();

  /// What to do next.
  sealed interface Step {}

  /// Send these and wait.
  record Continue(List<Message> send) implements Step {}

  /// Send these; the handshake is over.
  record Done(List<Message> send, PeerInfo peer) implements Step {}

  /// Send `REFUSED` after a delay, then close.
  record Refuse(ErrorInfo error, Duration delay) implements Step {}

  static Set<String> common(Set<String> ours, List<String> theirs) {
    Set<String> both = new HashSet<>(ours);
    both.retainAll(theirs);
    return both;
  }

  static ProtocolException unexpected(Message message) {
    return ProtocolException.violation("%s does not belong to the handshake here", message.type());
  }

  /// The highest version both ends speak.
  static int chooseVersion(Message.Hello hello) {
    int version = Math.min(Limits.VERSION_MAX, hello.versionMax());
    if (version < Limits.VERSION_MIN || version < hello.versionMin()) {
      throw ProtocolException.of(
          ErrorCode.VERSION_UNSUPPORTED,
          "the peer speaks versions %d to %d of the protocol, this end %d to %d",
          hello.versionMin(),
          hello.versionMax(),
          Limits.VERSION_MIN,
          Limits.VERSION_MAX);
    }
    return version;
  }

  static void checkVersion(Message.Welcome welcome) {
    if (welcome.version() < Limits.VERSION_MIN || welcome.version() > Limits.VERSION_MAX) {
      throw ProtocolException.violation("the peer chose version %d", welcome.version());
    }
  }
}
