// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.bxl.BxlFrame;
import io.launchpad.bxl.BxlWriter;
import io.launchpad.bxl.BxlWriterOptions;
import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.OutboundStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/// A thread that feeds one stream towards the script.
final class InputPump {
  private final CountDownLatch ended = new CountDownLatch(1);

  private InputPump() {}

  /// What a pump does; it may block.
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  /// Starts a thread.
  ///
  /// @param failed told when reading the input has failed, not when the connection has
  static InputPump start(String name, Work work, Consumer<Throwable> failed) {
    var pump = new InputPump();
    var _ =
        Thread.ofVirtual()
            .name("launchpad-input-" + name)
            .start(() -> {
              try {
                work.run();
              } catch (IOException | RuntimeException | Error e) {
                // Also when memory is short: the script waits for the rest of its input.
                failed.accept(e);
              } finally {
                pump.ended.countDown();
              }
            });
    return pump;
  }

  /// Waits until the pump no longer touches what it reads.
  void join() {
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Sends a whole table.
  static void send(
      ScriptInput input, BxlWriterOptions options, BufferAllocator allocator, OutboundStream stream)
      throws IOException {
    var sender = new FrameSender(stream);
    try {
      VectorSchemaRoot root = input.data().getVectorSchemaRoot();
      try (var writer = new BxlWriter(root.getSchema(), input.data(), allocator, options, sender)) {
        writer.start();
        while (!sender.isDiscarded() && input.data().loadNextBatch()) {
          writer.write(root);
          if (!input.stable()) {
            sender.drain();
          }
        }
        if (!sender.isDiscarded()) {
          writer.end();
        }
      }
    } finally {
      sender.drain();
    }
  }

  /// Sends frames that are ready.
  static void send(List<BxlFrame> frames, OutboundStream stream) throws IOException {
    var sender = new FrameSender(stream);
    int next = 0;
    try {
      while (next < frames.size()) {
        sender.accept(frames.get(next++));
      }
    } finally {
      frames.subList(next, frames.size()).forEach(BxlFrame::close);
      sender.drain();
    }
  }

  /// Sends a blob; it goes by itself, without a thread.
  static void send(Bytes blob, OutboundStream stream) {
    var _ = stream.send(List.of(Unpooled.wrappedBuffer(blob.asReadOnlyBuffer())));
  }

  /// Waits for all of them.
  static void joinAll(List<InputPump> pumps) {
    pumps.forEach(InputPump::join);
  }
}
