// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

/// The memory a receiver has set aside for one stream, and what of it the sender knows.
///
/// Every byte of the window is either *outstanding* (granted, not yet received), held by a
/// consumer, or *withheld* (freed, not yet granted again). Withholding keeps credit messages few;
/// it ends at once when the unit that is arriving could not arrive without it.
final class ReceiveWindow {
  private long window;
  private long outstanding;
  private long withheld;
  private long needed;
  private long grantedInAll;

  ReceiveWindow(long window) {
    this.window = window;
    outstanding = window;
    grantedInAll = window;
  }

  /// Counts bytes that are about to be received; more than was granted is a violation.
  void receive(int stream, int bytes) {
    if (bytes > outstanding) {
      throw ProtocolException.violation(
          "%d bytes on stream %d with credit for %d", bytes, stream, outstanding);
    }
    outstanding -= bytes;
    needed = Math.max(0, needed - bytes);
  }

  /// A unit of this many bytes starts to arrive into memory of its own. Returns the credit it will
  /// give back: what exceeds the window is granted besides and not given back.
  long begin(long unitBytes) {
    needed = unitBytes;
    withheld += Math.max(0, unitBytes - window);
    return Math.min(unitBytes, window);
  }

  /// Bytes of the unit that has begun were received together with its header.
  void arrived(int bytes) {
    needed = Math.max(0, needed - bytes);
  }

  /// More memory is set aside, where it was less.
  void widen(long bytes) {
    withheld += Math.max(0, bytes - window);
    window = Math.max(window, bytes);
  }

  /// Memory has become free.
  void release(long bytes) {
    withheld += bytes;
  }

  /// The credit that should be granted now, or 0.
  long takeGrant() {
    if (withheld == 0 || (withheld < window / 4 && outstanding >= needed)) {
      return 0;
    }
    long grant = Math.min(withheld, Long.MAX_VALUE - grantedInAll);
    grantedInAll += grant;
    outstanding += grant;
    withheld = 0;
    return grant;
  }

  long outstanding() {
    return outstanding;
  }
}
