// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds the known word that a mistyped one was most likely meant to be.
final class Suggestions {
  private Suggestions() {}

  static Optional<String> nearest(String typed, Collection<String> known) {
    int allowed = Math.max(2, typed.length() / 4);
    return known.stream()
        .filter(word -> distance(typed, word) <= allowed)
        .min(Comparator.comparingInt((String word) -> distance(typed, word)).thenComparing(w -> w));
  }

  /// Levenshtein distance, one row at a time.
  static int distance(String left, String right) {
    int[] row = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int substituted = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[right.length()];
  }
}
