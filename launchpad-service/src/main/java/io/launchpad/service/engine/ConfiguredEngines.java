// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.engine;

import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.EngineAuthenticator;
import io.launchpad.protocol.PeerIdentity;
import io.launchpad.service.config.EngineConfig;
import io.launchpad.service.config.RuntimeConfig;
import io.launchpad.service.config.Secret;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/// The engines of the configuration: who a peer is, and what it may run.
public final class ConfiguredEngines implements EngineAuthenticator {
  private final Map<Integer, String> byUid = new HashMap<>();
  private final Map<LdapName, String> bySubject = new HashMap<>();
  private final Map<String, EngineConfig> byId = new HashMap<>();
  private final Map<String, EngineRights> rights = new HashMap<>();
  private final List<RuntimeConfig> runtimes;
  private final IntPredicate isAccount;

  /// @param isAccount whether a uid belongs to the worker accounts: such a peer is never an engine
  public ConfiguredEngines(
      List<EngineConfig> engines, List<RuntimeConfig> runtimes, IntPredicate isAccount) {
    this.runtimes = List.copyOf(runtimes);
    this.isAccount = isAccount;
    for (var engine : engines) {
      byId.put(engine.id(), engine);
      rights.put(engine.id(), new EngineRights(engine));
      engine.peerUids().forEach(uid -> byUid.put(uid, engine.id()));
      engine
          .certificateSubject()
          .flatMap(ConfiguredEngines::name)
          .ifPresent(subject -> bySubject.put(subject, engine.id()));
    }
  }

  @Override
  public Demand demand(PeerIdentity peer) {
    return switch (peer) {
      case PeerIdentity.UnixPeer(int uid, _, _) -> {
        String id = isAccount.test(uid) ? null : byUid.get(uid);
        yield id != null
            ? new Known(id)
            : new Unwelcome(
                "the user with uid %d is no engine here; an administrator adds it with engine.NAME.peer-uids"
                    .formatted(uid));
      }
      case PeerIdentity.CertificatePeer(_, String subject) -> {
        String id = name(subject).map(bySubject::get).orElse(null);
        yield id != null
            ? new Known(id)
            : new Unwelcome(
                "no engine has the certificate subject '%s'; an administrator adds it with engine.NAME.certificate-subject"
                    .formatted(subject));
      }
      case PeerIdentity.TcpPeer _ -> new ProveSecret();
      case PeerIdentity.UnknownPeer() ->
          new Unwelcome("this platform does not say who calls on a Unix socket; use TLS");
    };
  }

  @Override
  public List<Bytes> secrets(String engineId) {
    var engine = byId.get(engineId);
    return engine == null
        ? List.of()
        : engine.secrets().stream().map(Secret::bytes).map(Bytes::of).toList();
  }

  @Override
  public Offer offer(String engineId) {
    var allowed =
        runtimes.stream()
            .filter(runtime -> rights(engineId).allowsRuntime(runtime.language(), runtime.name()))
            .toList();
    return new Offer(
        allowed.stream().map(RuntimeConfig::language).distinct().toList(),
        allowed.stream().map(RuntimeConfig::name).toList());
  }

  /// What an engine that was authenticated may do.
  public EngineRights rights(String engineId) {
    var found = rights.get(engineId);
    if (found == null) {
      throw new IllegalArgumentException("no engine " + engineId);
    }
    return found;
  }

  public int connectionsMax(String engineId) {
    var engine = byId.get(engineId);
    return engine == null ? 0 : engine.connectionsMax();
  }

  private static Optional<LdapName> name(String subject) {
    try {
      return Optional.of(new LdapName(subject));
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }
}
