// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.service.config.RuntimeConfig;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The configured runtimes, found by what a request says.
public final class Runtimes {
  private final List<RuntimeConfig> all;

  public Runtimes(List<RuntimeConfig> all) {
    this.all = List.copyOf(all);
  }

  public List<RuntimeConfig> all() {
    return all;
  }

  /// The runtime of this name and language; an empty name means the language's default. A
  /// language's name is compared without regard to case, as in SQL Server. Where a language is
  /// wanted, a runtime may be named in its place: a SQL call has no other way to choose one.
  public Optional<RuntimeConfig> find(String language, String runtime) {
    String wanted = language.toLowerCase(Locale.ROOT);
    var ofLanguage =
        all.stream().filter(r -> r.language().toLowerCase(Locale.ROOT).equals(wanted)).toList();
    if (!runtime.isEmpty()) {
      return ofLanguage.stream().filter(r -> r.name().equals(runtime)).findFirst();
    }
    if (ofLanguage.isEmpty()) {
      return all.stream().filter(r -> r.name().toLowerCase(Locale.ROOT).equals(wanted)).findFirst();
    }
    return ofLanguage.size() == 1
        ? Optional.of(ofLanguage.getFirst())
        : ofLanguage.stream().filter(RuntimeConfig::standard).findFirst();
  }

  public Optional<RuntimeConfig> byName(String name) {
    return all.stream().filter(r -> r.name().equals(name)).findFirst();
  }
}
