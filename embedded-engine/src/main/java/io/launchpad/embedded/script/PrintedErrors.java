// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.script;

/// What a task has printed to stderr lately, so that its failure need not say it again.
///
/// A process that crashes writes why to its descriptor 2. That is passed on as it comes, and comes
/// once more as the last output in the failure.
final class PrintedErrors {

  /// More than a failure brings.
  private static final int CHARACTERS_KEPT = 16_384;

  /// The first character of a last output may be the rest of one that was cut.
  private static final int CHARACTERS_CUT = 1;

  private final StringBuilder printed = new StringBuilder();

  synchronized void add(String text) {
    printed.append(text);
    if (printed.length() > 2 * CHARACTERS_KEPT) {
      printed.delete(0, printed.length() - CHARACTERS_KEPT);
    }
  }

  /// Whether a last output has been printed as a whole.
  synchronized boolean hold(String lastOutput) {
    String whole = lastOutput.strip();
    return printed.indexOf(whole.substring(Math.min(CHARACTERS_CUT, whole.length()))) >= 0;
  }
}
