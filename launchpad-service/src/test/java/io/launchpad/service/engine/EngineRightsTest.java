// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.EngineAuthenticator;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.PeerIdentity;
import io.launchpad.service.config.DataSize;
import io.launchpad.service.config.EngineConfig;
import io.launchpad.service.config.Secret;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EngineRightsTest {
  private static final EngineConfig ENGINE =
      new EngineConfig(
          "w",
          List.of(1000),
          Optional.of("CN=w,O=Example"),
          List.of(new Secret("0123456789abcdef".getBytes(StandardCharsets.UTF_8))),
          List.of("python"),
          List.of("python*"),
          List.of("finance/*", "root"),
          5,
          DataSize.mib(1));
  private final ConfiguredEngines engines =
      new ConfiguredEngines(List.of(ENGINE), List.of(), uid -> uid == 1000_000);

  @Test
  void rights_followThePatterns() {
    var rights = engines.rights("w");
    assertEquals(Optional.empty(), rights.refusal("python", "python-ml", "finance/ann"));
    assertEquals(
        Optional.of(ErrorCode.LANGUAGE_UNKNOWN),
        rights.refusal("R", "r", "root").map(io.launchpad.protocol.ErrorInfo::code));
    assertEquals(
        Optional.of(ErrorCode.LANGUAGE_UNKNOWN),
        rights.refusal("python", "other", "root").map(io.launchpad.protocol.ErrorInfo::code));
    assertEquals(
        Optional.of(ErrorCode.NOT_ALLOWED),
        rights.refusal("python", "python", "sales").map(io.launchpad.protocol.ErrorInfo::code));
  }

  @Test
  void wildcard_takesEverythingElseLiterally() {
    assertTrue(Wildcard.of("a.b*").matches("a.bc"));
    assertFalse(Wildcard.of("a.b*").matches("axbc"));
    assertTrue(Wildcard.of("*").matches(""));
    assertTrue(Wildcard.of("a*z").matches("a\nz"));
  }

  @Test
  void unixPeers_areKnownByTheirUid() {
    assertEquals(
        new EngineAuthenticator.Known("w"),
        engines.demand(new PeerIdentity.UnixPeer(1000, 1000, 1)));
    assertInstanceOf(
        EngineAuthenticator.Unwelcome.class,
        engines.demand(new PeerIdentity.UnixPeer(1001, 1001, 1)));
    assertInstanceOf(
        EngineAuthenticator.Unwelcome.class,
        engines.demand(new PeerIdentity.UnixPeer(1_000_000, 1, 1)));
  }

  @Test
  void certificates_areComparedAsNamesNotAsText() {
    var address = InetAddress.getLoopbackAddress();
    assertEquals(
        new EngineAuthenticator.Known("w"),
        engines.demand(new PeerIdentity.CertificatePeer(address, "cn=w, o=Example")));
    assertInstanceOf(
        EngineAuthenticator.Unwelcome.class,
        engines.demand(new PeerIdentity.CertificatePeer(address, "CN=x,O=Example")));
  }

  @Test
  void tcpPeers_proveASecret() {
    assertEquals(
        new EngineAuthenticator.ProveSecret(),
        engines.demand(new PeerIdentity.TcpPeer(InetAddress.getLoopbackAddress(), false)));
    assertEquals(1, engines.secrets("w").size());
    assertEquals(List.of(), engines.secrets("nobody"));
  }
}
