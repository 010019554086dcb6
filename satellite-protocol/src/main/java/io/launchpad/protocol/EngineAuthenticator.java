// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.List;

/// Decides which engine a connection belongs to. The service implements it over its configuration.
///
/// Called on event loops, so it must answer from memory.
public interface EngineAuthenticator {
  /// How this peer is to show who it is.
  Demand demand(PeerIdentity peer);

  /// The secrets that are valid for an engine id, none when it is unknown. Two during a rotation.
  List<Bytes> secrets(String engineId);

  /// What an engine may run.
  Offer offer(String engineId);

  /// An answer to [#demand].
  sealed interface Demand {}

  /// The transport has said enough.
  record Known(String engineId) implements Demand {}

  /// It must prove that it holds a shared secret.
  record ProveSecret() implements Demand {}

  /// It is not let in.
  ///
  /// @param advice a sentence that says what to configure
  record Unwelcome(String advice) implements Demand {}

  /// What an engine may run.
  record Offer(List<String> languages, List<String> runtimes) {
    public Offer {
      languages = List.copyOf(languages);
      runtimes = List.copyOf(runtimes);
    }
  }
}
