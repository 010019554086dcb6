// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.engine;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.service.config.EngineConfig;
import java.util.List;
import java.util.Optional;

/// What one authenticated engine may ask for.
public final class EngineRights {
  private final String engineId;
  private final List<Wildcard> languages;
  private final List<Wildcard> runtimes;
  private final List<Wildcard> principals;

  public EngineRights(EngineConfig config) {
    engineId = config.id();
    languages = Wildcard.of(config.languages());
    runtimes = Wildcard.of(config.runtimes());
    principals = Wildcard.of(config.principals());
  }

  public String engineId() {
    return engineId;
  }

  /// Why the engine may not do this, or empty when it may.
  ///
  /// A language or runtime that is not allowed is answered as one that does not exist.
  public Optional<ErrorInfo> refusal(String language, String runtime, String principal) {
    if (!any(languages, language)) {
      return Optional.of(
          ErrorInfo.of(
              ErrorCode.LANGUAGE_UNKNOWN,
              "language '" + language + "' does not exist here or is not open to this engine"));
    }
    if (!any(runtimes, runtime)) {
      return Optional.of(
          ErrorInfo.of(
              ErrorCode.LANGUAGE_UNKNOWN,
              "runtime '" + runtime + "' does not exist here or is not open to this engine"));
    }
    if (!any(principals, principal)) {
      return Optional.of(
          ErrorInfo.of(
              ErrorCode.NOT_ALLOWED, "engine " + engineId + " may not act for this principal"));
    }
    return Optional.empty();
  }

  public boolean allowsRuntime(String language, String runtime) {
    return any(languages, language) && any(runtimes, runtime);
  }

  private static boolean any(List<Wildcard> patterns, String text) {
    return patterns.stream().anyMatch(pattern -> pattern.matches(text));
  }
}
