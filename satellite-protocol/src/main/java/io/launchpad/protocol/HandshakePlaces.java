// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The places of connections that have not shown who they are: few in all, and of these few for one
/// peer, so that nobody can hold all of them and keep the others out.
final class HandshakePlaces {
  private static final int IPV6_NETWORK_BYTES = 8;

  private final int all;
  private final int ofPeer;
  private final Map<Peer, Integer> byPeer = new HashMap<>();
  private int taken;

  /// Who counts as one peer.
  private sealed interface Peer {}

  private record User(int uid) implements Peer {}

  /// @param address the bytes of an IPv4 address, or of an IPv6 network, whose addresses one peer
  ///   has at will
  private record Network(Bytes address) implements Peer {}

  /// The transport does not tell peers apart.
  private record Anybody() implements Peer {}

  /// A place that was taken, to be given back once.
  final class Place implements AutoCloseable {
    private final Peer peer;
    private boolean given;

    private Place(Peer peer) {
      this.peer = peer;
    }

    @Override
    public void close() {
      synchronized (HandshakePlaces.this) {
        if (!given) {
          given = true;
          taken--;
          byPeer.computeIfPresent(peer, (_, count) -> count == 1 ? null : count - 1);
        }
      }
    }
  }

  HandshakePlaces(int all, int ofPeer) {
    this.all = all;
    this.ofPeer = ofPeer;
  }

  /// Takes a place, if there is one for this peer.
  synchronized Optional<Place> take(PeerIdentity identity) {
    Peer peer = peer(identity);
    int own = byPeer.getOrDefault(peer, 0);
    if (taken >= all || (own >= ofPeer && !(peer instanceof Anybody))) {
      return Optional.empty();
    }
    taken++;
    byPeer.put(peer, own + 1);
    return Optional.of(new Place(peer));
  }

  private static Peer peer(PeerIdentity identity) {
    return switch (identity) {
      case PeerIdentity.UnixPeer(var uid, _, _) -> new User(uid);
      case PeerIdentity.CertificatePeer(var address, _) -> network(address);
      case PeerIdentity.TcpPeer(var address, _) -> network(address);
      case PeerIdentity.UnknownPeer() -> new Anybody();
    };
  }

  private static Network network(InetAddress address) {
    byte[] bytes = address.getAddress();
    return new Network(
        Bytes.of(
            address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES) : bytes));
  }
}
