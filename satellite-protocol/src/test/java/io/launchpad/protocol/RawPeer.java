// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;

/// A peer that writes what it likes onto a blocking socket: the one whom no rule holds.
final class RawPeer implements AutoCloseable {
  private final SocketChannel channel;
  private long sequence;

  RawPeer(Path path) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(path));
  }

  /// A server's end.
  RawPeer(SocketChannel accepted) {
    channel = accepted;
  }

  void write(byte[] bytes) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(bytes);
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  void send(Message message) throws IOException {
    write(Frames.frame(message, sequence++));
  }

  void data(int stream, boolean more, byte[] payload) throws IOException {
    write(Frames.frame(FrameType.DATA.code(), more ? 1 : 0, stream, sequence++, payload));
  }

  void emptyPings(int count) throws IOException {
    var all = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      all.writeBytes(Frames.frame(new Message.Ping(Bytes.EMPTY), sequence++));
    }
    write(all.toByteArray());
  }

  byte[] read(int count) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(count);
    while (in.hasRemaining()) {
      if (channel.read(in) < 0) {
        throw new EOFException("after " + in.position() + " of " + count + " bytes");
      }
    }
    return in.array();
  }

  /// A frame's header and, of a control frame, its message.
  record Received(FrameHeader header, List<Message> message) {}

  Received next() throws IOException {
    ByteBuf bytes = Unpooled.wrappedBuffer(read(FrameHeader.BYTES));
    FrameHeader header = FrameHeader.read(bytes);
    byte[] payload = read(header.length());
    return new Received(
        header,
        header.type().isPayload() ? List.of() : List.of(MessageWire.read(header.type(), payload)));
  }

  /// Goes through an engine's handshake.
  void greet() throws IOException {
    write(FrameReceiver.PREFACE);
    send(hello());
    read(8);
    next();
    next();
  }

  /// Goes through a server's handshake.
  void welcome() throws IOException {
    answerHello();
    send(new Message.Authenticated("tests", Bytes.EMPTY, List.of(), List.of()));
  }

  /// Tells the client that it need not prove anything.
  void answerHello() throws IOException {
    read(8);
    next();
    write(FrameReceiver.PREFACE);
    send(
        new Message.Welcome(
            1,
            Role.LAUNCHPAD,
            "raw",
            List.of(),
            Limits.INITIAL_CREDIT_DEFAULT,
            Bytes.of(new byte[Limits.NONCE_BYTES]),
            AuthMethod.NONE,
            "raw",
            ""));
  }

  static Message.Hello hello() {
    return new Message.Hello(
        1,
        1,
        Role.ENGINE,
        "raw",
        List.of(),
        Limits.INITIAL_CREDIT_DEFAULT,
        Bytes.of(new byte[Limits.NONCE_BYTES]),
        List.of(),
        "",
        "");
  }

  /// Reads until the other end closes.
  byte[] readToEnd() throws IOException {
    var all = new ByteArrayOutputStream();
    ByteBuffer in = ByteBuffer.allocate(8192);
    while (channel.read(in.clear()) >= 0) {
      all.write(in.array(), 0, in.position());
    }
    return all.toByteArray();
  }

  static byte[] bytes(ByteBuf buffer) {
    try {
      return ByteBufUtil.getBytes(buffer);
    } finally {
      buffer.release();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
