// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

/// Hears what a satellite and its descendants write raw to their descriptors 1 and 2.
///
/// Called on the one thread that drains the pipes of all satellites: must not block.
public interface OutputListener {

  /// Drops everything; the last bytes are still kept by {@link SatelliteOutput}.
  OutputListener DISCARD =
      new OutputListener() {
        @Override
        public void written(OutputStreamKind stream, byte[] bytes) {}

        @Override
        public void closed(OutputStreamKind stream) {}
      };

  /// A piece of at most 64 KiB, which the listener now owns.
  void written(OutputStreamKind stream, byte[] bytes);

  /// Nobody holds the write end any more; nothing follows on this stream.
  void closed(OutputStreamKind stream);
}
