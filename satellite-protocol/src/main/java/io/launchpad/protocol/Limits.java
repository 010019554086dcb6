// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.time.Duration;

/// The numbers of PROTOCOL.md section 11. They are part of the protocol, not of anyone's
/// configuration.
public final class Limits {
  public static final int VERSION_MIN = 1;
  public static final int VERSION_MAX = 1;

  public static final int HANDSHAKE_PAYLOAD_BYTES = 4 << 10;
  public static final int CONTROL_PAYLOAD_BYTES = 64 << 10;
  public static final int FRAGMENT_BYTES = 1 << 20;
  public static final int PING_BYTES = 64;
  public static final int STREAM_NUMBER_MAX = 65_535;
  public static final int INPUTS = 64;
  public static final int OUTPUTS = 64;
  public static final int SCRIPT_BYTES = 16 << 20;
  public static final int INLINE_BYTES = 16 << 10;
  public static final int OUTPUT_TEXT_BYTES = 8 << 10;
  public static final int ERROR_MESSAGE_BYTES = 8 << 10;
  public static final int TRACEBACK_BYTES = 48 << 10;
  public static final int TRACE_EXCEPTIONS = 64;
  public static final int TRACE_FRAMES = 4096;
  public static final int TRACE_SOURCE_BYTES = 1 << 10;
  public static final int TAIL_BYTES = 4 << 10;
  public static final int NAME_BYTES = 256;
  public static final int NONCE_BYTES = 32;
  public static final int LIST_ENTRIES = 1024;

  public static final long INITIAL_CREDIT_MIN = 64L << 10;
  public static final long INITIAL_CREDIT_DEFAULT = 4L << 20;
  public static final long INITIAL_CREDIT_MAX = 64L << 20;

  /// Length of the header of a data frame: the least its first fragment holds.
  public static final int BXL_HEADER_BYTES = 64;

  public static final int UNAUTHENTICATED_CONNECTIONS = 64;
  public static final int UNAUTHENTICATED_CONNECTIONS_OF_A_PEER = 16;

  /// How many connections a client begins at once, so that it keeps clear of the limit above.
  public static final int CLIENT_HANDSHAKES = 8;

  public static final Duration HANDSHAKE_TIME = Duration.ofSeconds(5);

  private Limits() {}
}
