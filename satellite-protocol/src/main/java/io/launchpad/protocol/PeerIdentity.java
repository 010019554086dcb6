// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.net.InetAddress;

/// What the transport itself says about who is at the other end.
public sealed interface PeerIdentity {
  /// A Unix socket's peer, from the kernel.
  record UnixPeer(int uid, int gid, int pid) implements PeerIdentity {}

  /// A TLS peer that showed a certificate which the configured authority signed.
  ///
  /// @param subject the distinguished name in RFC 2253 form
  record CertificatePeer(InetAddress address, String subject) implements PeerIdentity {}

  /// A TCP peer that the transport says nothing more about.
  record TcpPeer(InetAddress address, boolean encrypted) implements PeerIdentity {}

  /// A Unix socket's peer on a platform that does not say who it is.
  record UnknownPeer() implements PeerIdentity {}
}
