// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/// The frame codec on one thread, without a socket. It lies in the protocol's own package because
/// its parts are nobody else's business.
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrameBenchmark {
  private static final int FRAMES = 1_000;

  /// What the frames hold: a printed line each, or a fragment of 64 KiB.
  @Param({"lines", "fragments"})
  public String content = "lines";

  private final Message line =
      new Message.Output(
          7, Message.OutputChannel.STDOUT, Message.OutputSource.INTERPRETER, "a printed line\n", 0);
  private final Message execute = makeExecute();
  private ByteBuf stream = Unpooled.EMPTY_BUFFER;

  /// JMH makes it.
  public FrameBenchmark() {}

  /// Counts what passes.
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Passed {
    /// Frames, as a rate.
    public long frames;

    /// Their bytes, as a rate.
    public long bytes;

    /// JMH makes it.
    public Passed() {}
  }

  @Setup
  public void makeStream() {
    boolean lines = content.equals("lines");
    FrameType type = lines ? FrameType.OUTPUT : FrameType.DATA;
    byte[] payload = lines ? MessageWire.write(line) : new byte[64 << 10];
    stream = PooledByteBufAllocator.DEFAULT.directBuffer();
    if (lines) {
      stream.writeBytes(FrameReceiver.PREFACE);
    }
    for (int i = 0; i < FRAMES; i++) {
      stream.writeIntLE(payload.length);
      stream.writeByte(type.code());
      stream.writeByte(0);
      stream.writeShortLE(lines ? 0 : 2);
      stream.writeLongLE(i);
      stream.writeBytes(payload);
    }
  }

  /// A connection's worth of frames, in pieces as large as the lookahead: payloads are copied, as
  /// they are not when a socket writes them to their place.
  @Benchmark
  public void receive(Passed passed, Blackhole hole) {
    boolean lines = content.equals("lines");
    var receiver =
        new FrameReceiver(lines ? ChannelKind.CONTROL : ChannelKind.DATA, new Listener(hole));
    receiver.handshakeOver();
    var channel = new EmbeddedChannel(receiver);
    for (int at = 0; at < stream.readableBytes(); at += ReceiveAllocator.LOOKAHEAD_BYTES) {
      int length = Math.min(ReceiveAllocator.LOOKAHEAD_BYTES, stream.readableBytes() - at);
      channel.writeInbound(stream.retainedSlice(at, length));
    }
    channel.finishAndReleaseAll();
    passed.frames += FRAMES;
    passed.bytes += stream.readableBytes();
  }

  /// A message written and read, without its frame: an OUTPUT, or else an EXECUTE with a script of
  /// 2 kB.
  @Benchmark
  public Message message(Passed passed) {
    Message message = content.equals("lines") ? line : execute;
    byte[] payload = MessageWire.write(message);
    passed.frames++;
    passed.bytes += payload.length;
    return MessageWire.read(message.type(), payload);
  }

  private static Message makeExecute() {
    return Execute.builder()
        .requestId("r-1")
        .principal("alice")
        .language("Python")
        .script(new Content.Inline(Bytes.of(new byte[2_000])))
        .inputs(List.of(new Execute.NamedInput("InputDataSet", 2)))
        .build();
  }

  @TearDown
  public void free() {
    stream.release();
  }

  /// Takes everything and keeps nothing.
  private static final class Listener implements FrameListener {
    private final Blackhole hole;
    private final ByteBuf place = Unpooled.directBuffer(Limits.FRAGMENT_BYTES);

    Listener(Blackhole hole) {
      this.hole = hole;
    }

    @Override
    public void message(Message message) {
      hole.consume(message);
    }

    @Override
    public ByteBuf reserve(FrameHeader header, ByteBuf prefix) {
      return place.clear();
    }

    @Override
    public void received(FrameHeader header) {
      hole.consume(header);
    }

    @Override
    public void failed(ProtocolException violation) {
      throw violation;
    }

    @Override
    public void ended() {
      place.release();
    }
  }
}
