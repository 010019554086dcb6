// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import java.util.Set;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.jspecify.annotations.Nullable;

/// The dictionaries of what is being written now: each write may bring others.
final class CurrentDictionaries implements DictionaryProvider {
  private DictionaryProvider current = new MapDictionaryProvider();

  void use(DictionaryProvider provider) {
    current = provider;
  }

  @Override
  public @Nullable Dictionary lookup(long id) {
    return current.lookup(id);
  }

  @Override
  public Set<Long> getDictionaryIds() {
    return current.getDictionaryIds();
  }
}
