// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/// One SQL engine: how it proves who it is, and what it may ask for.
///
/// `languages`, `runtimes` and `principals` are patterns in which `*` stands for any text.
public record EngineConfig(
    String id,
    List<Integer> peerUids,
    Optional<String> certificateSubject,
    List<Secret> secrets,
    List<String> languages,
    List<String> runtimes,
    List<String> principals,
    int connectionsMax,
    DataSize transitMemory) {

  private static final List<String> ANY = List.of("*");

  public EngineConfig {
    peerUids = List.copyOf(peerUids);
    secrets = List.copyOf(secrets);
    languages = List.copyOf(languages);
    runtimes = List.copyOf(runtimes);
    principals = List.copyOf(principals);
  }

  static EngineConfig read(ConfigReader in, SecretReader secretReader, String id) {
    String prefix = "engine." + id + ".";
    var secrets =
        Stream.of("secret", "previous-secret")
            .flatMap(name -> secretReader.read(in, prefix + name).stream())
            .toList();
    var engine =
        new EngineConfig(
            id,
            in.integers(prefix + "peer-uids"),
            in.optional(prefix + "certificate-subject"),
            secrets,
            in.list(prefix + "languages", ANY),
            in.list(prefix + "runtimes", ANY),
            in.list(prefix + "principals", ANY),
            in.integer(prefix + "connections-max", 64, 1, 65_536),
            in.size(
                prefix + "transit-memory", DataSize.mib(480), DataSize.mib(1), DataSize.gib(1024)));
    engine.certificateSubject().ifPresent(subject -> checkSubject(in, prefix, subject));
    boolean secretWanted =
        Stream.of("secret-file", "secret-env")
            .anyMatch(name -> !in.effective().getOrDefault(prefix + name, "").isEmpty());
    if (engine.peerUids().isEmpty() && engine.certificateSubject().isEmpty() && !secretWanted) {
      in.problem(
          prefix + "languages",
          "engine "
              + id
              + " cannot authenticate: set "
              + prefix
              + "peer-uids, certificate-subject, secret-file or secret-env");
    }
    return engine;
  }

  static List<EngineConfig> readAll(ConfigReader in, SecretReader secretReader) {
    var engines = new ArrayList<EngineConfig>();
    for (String id : in.names("engine")) {
      engines.add(read(in, secretReader, id));
    }
    if (engines.isEmpty()) {
      in.problem("engine", "no engine: set engine.NAME.peer-uids or another way to authenticate");
    }
    reportShared(in, engines);
    return List.copyOf(engines);
  }

  private static void reportShared(ConfigReader in, List<EngineConfig> engines) {
    for (int i = 0; i < engines.size(); i++) {
      for (int j = i + 1; j < engines.size(); j++) {
        var first = engines.get(i);
        var second = engines.get(j);
        first.peerUids().stream()
            .filter(second.peerUids()::contains)
            .forEach(uid ->
                in.problem(
                    "engine." + second.id() + ".peer-uids",
                    "uid " + uid + " is already engine " + first.id()));
        if (first.certificateSubject().isPresent()
            && first.certificateSubject().equals(second.certificateSubject())) {
          in.problem(
              "engine." + second.id() + ".certificate-subject",
              "this certificate-subject is already engine " + first.id());
        }
      }
    }
  }

  private static void checkSubject(ConfigReader in, String prefix, String subject) {
    try {
      new LdapName(subject);
    } catch (InvalidNameException e) {
      in.problem(
          prefix + "certificate-subject",
          prefix + "certificate-subject: not a distinguished name such as CN=warehouse,O=Example");
    }
  }
}
