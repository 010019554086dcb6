// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandshakePlacesTest {
  private final HandshakePlaces places = new HandshakePlaces(8, 2);

  private static PeerIdentity user(int uid) {
    return new PeerIdentity.UnixPeer(uid, uid, 1);
  }

  private static PeerIdentity host(String address) {
    return new PeerIdentity.TcpPeer(InetAddress.ofLiteral(address), true);
  }

  private int takeAll(PeerIdentity peer) {
    int taken = 0;
    while (taken < 100 && places.take(peer).isPresent()) {
      taken++;
    }
    return taken;
  }

  @Test
  void take_leavesPlacesForOtherPeers() {
    assertEquals(2, takeAll(user(1000)));
    assertEquals(2, takeAll(user(1001)));
    assertEquals(2, takeAll(host("192.0.2.1")));
    assertEquals(2, takeAll(host("192.0.2.2")));
    assertEquals(0, takeAll(host("192.0.2.3")), "all are taken");
  }

  @Test
  void take_countsAnIpv6NetworkAsOnePeer() {
    assertTrue(places.take(host("2001:db8:1:2::1")).isPresent());
    assertTrue(places.take(host("2001:db8:1:2:ffff::2")).isPresent());
    assertEquals(0, takeAll(host("2001:db8:1:2::3")));
    assertEquals(2, takeAll(host("2001:db8:1:3::1")));
  }

  @Test
  void take_hasOnlyTheCommonLimitWherePeersCannotBeToldApart() {
    assertEquals(8, takeAll(new PeerIdentity.UnknownPeer()));
  }

  @Test
  void close_givesThePlaceBackOnce() {
    List<HandshakePlaces.Place> taken = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      taken.add(places.take(user(1)).orElseThrow());
    }
    taken.getFirst().close();
    taken.getFirst().close();
    assertEquals(1, takeAll(user(1)));
  }
}
