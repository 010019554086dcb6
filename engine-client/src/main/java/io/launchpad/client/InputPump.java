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

/// Feeds one stream towards the script: from a thread what has to be read first, by itself what is
/// ready.
final class InputPump {
  private final CountDownLatch ended;

  /// @param parts how many parts have to end before it has ended
  private InputPump(int parts) {
    ended = new CountDownLatch(parts);
  }

  /// What a pump does; it may block.
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  /// Starts a thread.
  ///
  /// @param failed told when reading the input has failed, not when the connection has
  static InputPump start(String name, Work work, Consumer<Throwable> failed) {
    var pump = new InputPump(1);
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
      ScriptInput.Batches input,
      BxlWriterOptions options,
      BufferAllocator allocator,
      OutboundStream stream)
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

  /// Sends frames that are ready. They wait in the stream, whose credit paces them, and need no
  /// thread. To be called on the event loop, right behind the request, to go in one write with it.
  static InputPump send(List<BxlFrame> frames, OutboundStream stream) {
    var pump = new InputPump(frames.size());
    for (BxlFrame frame : frames) {
      var _ =
          stream
              .send(FrameSender.buffers(frame))
              .whenComplete((_, _) -> {
                frame.close();
                pump.ended.countDown();
              });
    }
    return pump;
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
