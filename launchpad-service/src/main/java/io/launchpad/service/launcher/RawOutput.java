// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.protocol.Message.OutputChannel;
import io.launchpad.sandbox.OutputListener;
import io.launchpad.sandbox.OutputStreamKind;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What one satellite and its descendants write raw to their descriptors, as text for the session
/// that leases it.
///
/// Without a session it is dropped; its end is kept by the sandbox for error texts.
public final class RawOutput implements OutputListener {
  private final RawText stdout = new RawText(text -> print(OutputChannel.STDOUT, text));
  private final RawText stderr = new RawText(text -> print(OutputChannel.STDERR, text));
  private volatile @Nullable BiConsumer<OutputChannel, String> target;

  /// Sends what follows to `listener`: pieces that fit one message, on the thread that drains the
  /// pipes.
  public void attach(BiConsumer<OutputChannel, String> listener) {
    target = listener;
  }

  @Override
  public void written(OutputStreamKind stream, byte[] bytes) {
    text(stream).write(bytes);
  }

  @Override
  public void closed(OutputStreamKind stream) {
    text(stream).end();
  }

  private RawText text(OutputStreamKind stream) {
    return switch (stream) {
      case STDOUT -> stdout;
      case STDERR -> stderr;
    };
  }

  private void print(OutputChannel channel, String text) {
    BiConsumer<OutputChannel, String> listener = target;
    if (listener != null) {
      listener.accept(channel, text);
    }
  }
}
