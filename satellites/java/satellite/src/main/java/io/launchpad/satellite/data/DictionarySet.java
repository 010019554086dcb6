// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.jspecify.annotations.Nullable;

/// The dictionaries that were in force when a batch came. A later one of the same number replaces
/// it for later batches only, so each is kept as long as a batch needs it.
///
/// Not thread-safe.
final class DictionarySet implements DictionaryProvider {
  private static final class Shared {
    final Dictionary dictionary;
    int users;

    Shared(Dictionary dictionary) {
      this.dictionary = dictionary;
    }
  }

  private final Map<Long, Shared> all;
  private int users = 1;

  private DictionarySet(Map<Long, Shared> all) {
    this.all = all;
    all.values().forEach(shared -> shared.users++);
  }

  static DictionarySet of(Map<Long, Dictionary> dictionaries) {
    Map<Long, Shared> all = new HashMap<>();
    dictionaries.forEach((id, dictionary) -> all.put(id, new Shared(dictionary)));
    return new DictionarySet(all);
  }

  /// The set with one replaced; takes the place of this one, which is released.
  DictionarySet with(long id, Dictionary dictionary) {
    Map<Long, Shared> changed = new HashMap<>(all);
    changed.put(id, new Shared(dictionary));
    var next = new DictionarySet(changed);
    release();
    return next;
  }

  DictionarySet retain() {
    users++;
    return this;
  }

  void release() {
    users--;
    if (users > 0) {
      return;
    }
    for (Shared shared : all.values()) {
      shared.users--;
      if (shared.users == 0) {
        shared.dictionary.getVector().close();
      }
    }
  }

  @Override
  public @Nullable Dictionary lookup(long id) {
    Shared shared = all.get(id);
    return shared == null ? null : shared.dictionary;
  }

  @Override
  public Set<Long> getDictionaryIds() {
    return all.keySet();
  }
}
