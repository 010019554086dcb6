// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.session;

import io.launchpad.protocol.Payload;
import io.launchpad.protocol.PayloadReceiver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// A blob of the request: in the message, or a stream that is being received.
final class Blob implements PayloadReceiver {
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final CompletableFuture<byte[]> whole = new CompletableFuture<>();

  /// One that is there.
  static Blob of(byte[] bytes) {
    var blob = new Blob();
    blob.whole.complete(bytes);
    return blob;
  }

  @Override
  public ByteBuf allocate(int bytes) {
    return Unpooled.directBuffer(bytes, bytes);
  }

  @Override
  public void received(Payload payload) {
    try (payload) {
      byte[] part = new byte[payload.bytes().readableBytes()];
      payload.bytes().readBytes(part);
      received.writeBytes(part);
      if (payload.last()) {
        whole.complete(received.toByteArray());
      }
    }
  }

  /// All of it; waits.
  byte[] bytes() throws InterruptedException {
    try {
      return whole.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
