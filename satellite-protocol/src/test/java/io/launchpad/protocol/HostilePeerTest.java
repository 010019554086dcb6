// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A server against clients that break the rules, over a real socket.
@Timeout(60)
class HostilePeerTest {
  private final BlockingQueue<Payload> arrived = new LinkedBlockingQueue<>();

  @AfterEach
  void giveBack() {
    arrived.forEach(Payload::close);
  }

  private Ends serving() throws IOException {
    return Ends.open()
        .onServer((connection, message) -> {
          if (message instanceof Execute) {
            connection.openInbound(InboundSpec.frames(1, 1 << 20), arrived::add);
          }
        });
  }

  @Test
  void session_isReceivedByteByByte() throws Exception {
    try (Ends ends = serving();
        RawPeer peer = new RawPeer(ends.socket())) {
      peer.greet();
      byte[] frame = RawPeer.bytes(Frames.bxl(640, true));
      byte[] all = concat(Frames.frame(Ends.request(), 1), Frames.frame(0x30, 0, 1, 2, frame));
      for (byte one : all) {
        peer.write(new byte[] {one});
      }
      assertEquals(Ends.request(), ends.server.next(Execute.class));
      try (Payload payload = arrived.take()) {
        assertTrue(payload.last());
        assertEquals(640, payload.bytes().readableBytes());
      }
    }
  }

  @Test
  void overrunOfCredit_failsTheSessionAndCloses() throws Exception {
    try (Ends ends = serving();
        RawPeer peer = new RawPeer(ends.socket())) {
      peer.greet();
      peer.send(Ends.request());
      byte[] frame = RawPeer.bytes(Frames.bxl(1 << 20, false));
      for (int i = 0; i < 4; i++) {
        peer.data(1, false, frame);
      }
      // The whole window is used and nobody has freed anything.
      peer.data(1, false, RawPeer.bytes(Frames.bxl(64, false)));
      Message.Failed failed = (Message.Failed) peer.next().message().getFirst();
      assertEquals(ErrorCode.PROTOCOL_VIOLATION, failed.error().code());
      assertEquals(0, peer.readToEnd().length);
      assertEquals(ErrorCode.PROTOCOL_VIOLATION, ends.server.awaitClosed().error().code());
      release(4);
    }
  }

  @Test
  void emptyPingsWhoseAnswersNobodyReads_endTheConnectionBeforeTheyFillTheHeap() throws Exception {
    try (Ends ends = serving();
        RawPeer peer = new RawPeer(ends.socket())) {
      peer.greet();
      peer.send(Ends.request());
      // The bytes of all these answers stay below every limit on bytes.
      assertThrows(
          IOException.class,
          () -> {
            for (int i = 0; i < 900; i++) {
              peer.emptyPings(1000);
            }
            peer.readToEnd();
            throw new IOException("all was read and the connection is closed");
          });
      assertEquals(ErrorCode.PROTOCOL_VIOLATION, ends.server.awaitClosed().error().code());
    }
  }

  @Test
  void frameBeyondItsLimit_isRefusedBeforeItsMemoryIsTaken() throws Exception {
    try (Ends ends = serving();
        RawPeer peer = new RawPeer(ends.socket())) {
      peer.greet();
      peer.send(Ends.request());
      byte[] first = RawPeer.bytes(Frames.bxl(128, false));
      Arrays.fill(first, 8, 15, (byte) 0xff);
      peer.data(1, true, first);
      assertTrue(peer.next().message().getFirst() instanceof Message.Failed);
    }
  }

  @Test
  void fragmentsThatDoNotAddUp_areAViolation() throws Exception {
    byte[] frame = RawPeer.bytes(Frames.bxl(256, false));
    for (boolean more : new boolean[] {true, false}) {
      try (Ends ends = serving();
          RawPeer peer = new RawPeer(ends.socket())) {
        peer.greet();
        peer.send(Ends.request());
        // Too many bytes for the frame, or too few when it says that it is complete.
        peer.data(1, more, more ? Arrays.copyOf(frame, 300) : Arrays.copyOf(frame, 200));
        assertTrue(peer.next().message().getFirst() instanceof Message.Failed);
      }
    }
  }

  @Test
  void dataAfterTheEndOrOnAStrangeStream_isAViolation() throws Exception {
    byte[] end = RawPeer.bytes(Frames.bxl(64, true));
    for (int stream : new int[] {1, 2}) {
      try (Ends ends = serving();
          RawPeer peer = new RawPeer(ends.socket())) {
        peer.greet();
        peer.send(Ends.request());
        peer.data(1, false, end);
        peer.data(stream, false, end);
        assertTrue(peer.next().message().getFirst() instanceof Message.Failed);
        release(1);
      }
    }
  }

  @Test
  void badRequest_isAnsweredWithWhatIsWrong() throws Exception {
    try (Ends ends = serving();
        RawPeer peer = new RawPeer(ends.socket())) {
      peer.greet();
      byte[] noPrincipal =
          io.launchpad.protocol.wire.Execute.newBuilder()
              .setRequestId("r")
              .setLanguage("Python")
              .build()
              .toByteArray();
      peer.write(Frames.frame(FrameType.EXECUTE.code(), 0, 0, 1, noPrincipal));
      Message.Failed failed = (Message.Failed) peer.next().message().getFirst();
      assertEquals(ErrorCode.BAD_REQUEST, failed.error().code());
      assertTrue(failed.error().message().contains("principal"));
    }
  }

  @Test
  void strangerOfAnotherProtocol_isSentAwayWithoutAnAnswer() throws Exception {
    try (Ends ends = serving();
        RawPeer peer = new RawPeer(ends.socket())) {
      peer.write("GET / HTTP/1.1\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      byte[] all;
      try {
        all = peer.readToEnd();
      } catch (IOException reset) {
        // The server closed with bytes of ours unread.
        return;
      }
      assertArrayEquals(FrameReceiver.PREFACE, all);
    }
  }

  @Test
  void secondExecuteInASession_isAViolation() throws Exception {
    try (Ends ends = serving();
        RawPeer peer = new RawPeer(ends.socket())) {
      peer.greet();
      peer.send(Ends.request());
      peer.send(Ends.request());
      assertTrue(peer.next().message().getFirst() instanceof Message.Failed);
    }
  }

  @Test
  void messageOfTheWrongDirection_closesTheConnection() throws Exception {
    try (Ends ends = serving();
        RawPeer peer = new RawPeer(ends.socket())) {
      peer.greet();
      peer.send(new Message.Queued(1, 1));
      assertEquals(0, peer.readToEnd().length);
    }
  }

  @Test
  void truncatedFrame_endsAsALostConnection() throws Exception {
    try (Ends ends = serving()) {
      try (RawPeer peer = new RawPeer(ends.socket())) {
        peer.greet();
        peer.send(Ends.request());
        byte[] frame = Frames.frame(0x30, 0, 1, 2, RawPeer.bytes(Frames.bxl(100_000, false)));
        peer.write(Arrays.copyOf(frame, 60_000));
      }
      assertEquals(ErrorCode.CONNECTION_LOST, ends.server.awaitClosed().error().code());
    }
  }

  @Test
  void flippedBits_neverDoMoreThanCloseTheConnection() throws Exception {
    byte[] good =
        concat(
            FrameReceiver.PREFACE,
            Frames.frame(RawPeer.hello(), 0),
            Frames.frame(Ends.request(), 1),
            Frames.frame(0x30, 0, 1, 2, RawPeer.bytes(Frames.bxl(640, false))));
    var random = new Random(42);
    try (Ends ends = serving()) {
      for (int round = 0; round < 200; round++) {
        byte[] bad = good.clone();
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        try (RawPeer peer = new RawPeer(ends.socket())) {
          peer.write(bad);
        } catch (IOException closed) {
          assertTrue(closed.getMessage() != null);
        }
      }
      // It still serves.
      ends.connected(new RecordingHandler());
    }
    release(arrived.size());
  }

  @Test
  void peerThatNeverGrantsCredit_getsNoMoreThanTheFirstWindow() throws Exception {
    CompletableFuture<OutboundStream> opened = new CompletableFuture<>();
    try (Ends ends =
            Ends.open()
                .onServer((connection, _) ->
                    opened.complete(connection.openOutbound(2, FrameType.DATA)));
        RawPeer peer = new RawPeer(ends.socket())) {
      peer.greet();
      peer.send(Ends.request());
      var sent = opened.get().send(List.of(Frames.bxl(16 << 20, false)));
      long received = 0;
      while (received < Limits.INITIAL_CREDIT_DEFAULT) {
        received += peer.next().header().length();
      }
      assertEquals(Limits.INITIAL_CREDIT_DEFAULT, received);
      peer.send(new Message.Ping(Bytes.EMPTY));
      // The next frame is the answer, not data.
      assertEquals(FrameType.PONG, peer.next().header().type());
      assertTrue(!sent.toCompletableFuture().isDone());
      peer.send(new Message.Credit(2, 0, true));
      assertEquals(SendOutcome.DISCARDED, sent.toCompletableFuture().get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void control_overtakesDataPastAReaderThatHardlyReads() throws Exception {
    CompletableFuture<OutboundStream> opened = new CompletableFuture<>();
    try (Ends ends =
            Ends.open()
                .onServer((connection, _) ->
                    opened.complete(connection.openOutbound(2, FrameType.DATA)));
        RawPeer peer = new RawPeer(ends.socket())) {
      peer.greet();
      peer.send(Ends.request());
      peer.send(new Message.Credit(2, 1L << 40, false));
      List<ByteBuf> frames = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        frames.add(Frames.bxl(1 << 20, false));
      }
      var sent = opened.get().send(frames);
      // The reader takes one byte: the socket is full now. Then comes the control frame.
      byte first = peer.read(1)[0];
      ends.accepted.take().send(new Message.Queued(1, 2));
      byte[] header = concat(new byte[] {first}, peer.read(FrameHeader.BYTES - 1));
      FrameHeader now = FrameHeader.read(io.netty.buffer.Unpooled.wrappedBuffer(header));
      int fragmentsBefore = 0;
      while (now.type() == FrameType.DATA) {
        peer.read(now.length());
        fragmentsBefore++;
        now =
            FrameHeader.read(io.netty.buffer.Unpooled.wrappedBuffer(peer.read(FrameHeader.BYTES)));
      }
      assertEquals(FrameType.QUEUED, now.type());
      // What the kernel's buffers held already, and one that was queued.
      assertTrue(fragmentsBefore <= 20, fragmentsBefore + " fragments came before");
      ends.accepted.clear();
      assertTrue(!sent.toCompletableFuture().isDone());
    }
  }

  @Test
  void unauthenticatedFlood_isBoundedAndRecoveredFrom() throws Exception {
    try (Ends ends = Ends.open()) {
      List<RawPeer> flood = new ArrayList<>();
      for (int i = 0; i < Limits.UNAUTHENTICATED_CONNECTIONS_OF_A_PEER; i++) {
        RawPeer silent = new RawPeer(ends.socket());
        silent.read(8);
        flood.add(silent);
      }
      try (RawPeer oneMore = new RawPeer(ends.socket())) {
        assertThrows(IOException.class, () -> oneMore.read(8));
      }
      for (RawPeer silent : flood) {
        silent.close();
      }
      Eventually.holds("the flood noticed to be gone", () -> ends.listener.connections() == 0);
      ends.connected(new RecordingHandler());
    }
  }

  @Test
  void unauthenticatedFloodOfOneAddress_leavesRoomForAnother() throws Exception {
    try (NetworkLoops loops = NetworkLoops.start("test", 2);
        Listener listener =
            Listener.bind(
                new Transport.Tcp("127.0.0.1", 0),
                loops,
                new ListenerSettings(LocalInfo.of("test"), "test", Ends.ANYBODY, 100),
                new SecureRandom(),
                _ -> new RecordingHandler())) {
      List<Socket> flood = new ArrayList<>();
      for (int i = 0; i < Limits.UNAUTHENTICATED_CONNECTIONS_OF_A_PEER; i++) {
        flood.add(connect("127.0.0.1", listener.port()));
        assertEquals(8, flood.getLast().getInputStream().readNBytes(8).length);
      }
      try (Socket oneMore = connect("127.0.0.1", listener.port());
          Socket another = connect("127.0.0.2", listener.port())) {
        assertEquals(0, oneMore.getInputStream().readNBytes(8).length);
        assertArrayEquals(FrameReceiver.PREFACE, another.getInputStream().readNBytes(8));
      }
      for (Socket silent : flood) {
        silent.close();
      }
    }
  }

  private static Socket connect(String from, int port) throws IOException {
    var socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }

  @Test
  void silentPeer_isSentAwayAfterTheHandshakeTime() throws Exception {
    try (Ends ends = Ends.open();
        RawPeer peer = new RawPeer(ends.socket())) {
      long start = System.nanoTime();
      peer.read(8);
      assertEquals(FrameType.REFUSED, peer.next().header().type());
      assertEquals(0, peer.readToEnd().length);
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
      assertTrue(seconds >= 4 && seconds < 20, seconds + " s");
    }
  }

  @Test
  void connectionBeyondTheMaximum_isToldWhy() throws Exception {
    NetworkLoops loops = NetworkLoops.start("test", 2);
    try (Ends ends = Ends.open(loops, 1)) {
      ends.connected(new RecordingHandler());
      var refused =
          assertThrows(
              java.util.concurrent.ExecutionException.class,
              () -> ends.connected(new RecordingHandler()));
      var cause = assertInstanceOf(ProtocolException.class, refused.getCause());
      assertEquals(ErrorCode.TOO_MANY_CONNECTIONS, cause.error().code());
    }
  }

  private void release(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      arrived.take().close();
    }
  }

  private static byte[] concat(byte[]... parts) {
    var out = new java.io.ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
