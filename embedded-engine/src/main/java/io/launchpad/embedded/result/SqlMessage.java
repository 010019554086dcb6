// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.result;

/// What a statement has to say besides its results: PRINT, a script's output, a notice.
///
/// @param number 0 for PRINT, 39005 for a script's stdout, 39022 for its stderr, 39019 for the text
///   of a script's error
/// @param severity below 11, as messages are no errors
/// @param text as to be shown; a script's output comes in pieces as it is printed, the first piece
///   of a call under the heading SQL Server gives it
public record SqlMessage(int number, int severity, String text) {

  public static final int STDOUT = 39005;
  public static final int STDERR = 39022;
  public static final int SCRIPT_ERROR_TEXT = 39019;
}
