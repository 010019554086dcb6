// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One connection of either leg, in either transport profile, once or while the handshake is done.
///
/// All state lives on one event loop, also when the split profile gives it two channels. The public
/// methods may be called from any thread; streams must be opened on the event loop when they must
/// be there before the next frame is read, which is where [ConnectionHandler] is called.
///
/// A connection carries one session at a time. Its user opens the session's streams, and calls
/// [#closeStreams] when it has what it wants of them.
public final class Connection implements AutoCloseable {
  /// How long the second channel of the split profile may be silent when the first has ended.
  private static final Duration HALF_CLOSED_TIME = Duration.ofMillis(500);

  /// How long the channels may be silent when nobody is left who could write to them.
  private static final Duration ABANDONED_TIME = Duration.ofMillis(100);

  private final Channel control;
  private final @Nullable Channel data;
  private final EventLoop loop;
  private final FrameReceiver controlReceiver;
  private final @Nullable FrameReceiver dataReceiver;
  private final FrameWriter controlWriter;
  private final FrameWriter dataWriter;
  private final long initialCredit;
  private final Map<Integer, InboundStream> inbound = new HashMap<>();
  private final Map<Integer, OutboundStream> outbound = new HashMap<>();
  private final Map<Bytes, CompletableFuture<@Nullable Void>> pings = new HashMap<>();
  private final CompletableFuture<ProtocolException> closed = new CompletableFuture<>();

  private @Nullable Handshaker handshaker;
  private @Nullable ConnectionHandler handler;
  private @Nullable SessionOrder order;
  private volatile @Nullable PeerInfo peer;
  private volatile @Nullable ProtocolException cause;
  private long pingNumber;
  private int openChannels;

  Connection(Channel control, @Nullable Channel data, EventLoop loop, LocalInfo local) {
    this.control = control;
    this.data = data;
    this.loop = loop;
    initialCredit = local.initialCredit();
    controlWriter = new FrameWriter(control, this);
    if (data == null) {
      controlReceiver = new FrameReceiver(ChannelKind.SINGLE, new Frames());
      dataReceiver = null;
      dataWriter = controlWriter;
      openChannels = 1;
    } else {
      controlReceiver = new FrameReceiver(ChannelKind.CONTROL, new Frames());
      dataReceiver = new FrameReceiver(ChannelKind.DATA, new Frames());
      dataWriter = new FrameWriter(data, this);
      openChannels = 2;
    }
  }

  FrameReceiver controlReceiver() {
    return controlReceiver;
  }

  @Nullable FrameReceiver dataReceiver() {
    return dataReceiver;
  }

  /// Sends the preface and lets the handshake begin; the channels are active.
  void start(Handshaker begun) {
    handshaker = begun;
    controlWriter.preface();
    begun.begin(this);
  }

  /// Sends the peer away before a handshake.
  void refuse(ErrorInfo error) {
    controlWriter.preface();
    controlWriter.control(new Message.Refused(error));
    finish(new ProtocolException(error));
  }

  void peerKnown(PeerInfo info) {
    peer = info;
  }

  void handshakeOver(SessionOrder.Side side, ConnectionHandler sessions) {
    handshaker = null;
    order = new SessionOrder(side);
    handler = sessions;
    controlReceiver.handshakeOver();
  }

  /// What the handshake said about the peer. There from the first call of the [ConnectionHandler]
  /// on.
  public PeerInfo peer() {
    PeerInfo info = peer;
    if (info == null) {
      throw new IllegalStateException("the handshake is not over");
    }
    return info;
  }

  /// Runs a task on the event loop everything of this connection happens on, behind what was given
  /// to it before.
  ///
  /// @return false when the loop has ended, and with it everything of this connection
  public boolean execute(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException shutDown) {
      return false;
    }
  }

  /// Runs a task on the event loop after a time. To be called on the event loop; gives what takes
  /// the task back, to be called there too.
  public Runnable schedule(Duration delay, Runnable task) {
    requireLoop();
    ScheduledFuture<?> timer = loop.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    return () -> timer.cancel(false);
  }

  /// Sends a message. Control frames overtake data that waits; the stage completes when the socket
  /// has taken the message. A sender of a terminal message waits for its data first.
  public CompletionStage<@Nullable Void> send(Message message) {
    var sent = new CompletableFuture<@Nullable Void>();
    onLoop(() -> sendNow(message, sent), () -> sent.completeExceptionally(lost()));
    return sent.minimalCompletionStage();
  }

  private void sendNow(Message message, CompletableFuture<@Nullable Void> sent) {
    if (isClosed()) {
      sent.completeExceptionally(lost());
      return;
    }
    try {
      // Before the order takes note of it: what is never sent must not count.
      byte[] payload = FrameWriter.encode(message);
      if (order != null) {
        order.sending(message);
      }
      controlWriter
          .control(message.type(), payload)
          .addListener(written -> {
            if (written.isSuccess()) {
              sent.complete(null);
            } else {
              sent.completeExceptionally(lost());
            }
          });
    } catch (IllegalArgumentException | IllegalStateException e) {
      sent.completeExceptionally(e);
    }
  }

  /// Opens a stream towards the peer with the credit that it grants from the start. To be called on
  /// the event loop.
  public OutboundStream openOutbound(int stream, FrameType type) {
    requireLoop();
    var opened = new OutboundStream(this, dataWriter, stream, type, peer().initialCredit());
    if (isClosed()) {
      opened.fail(lost());
    } else if (outbound.putIfAbsent(stream, opened) != null) {
      throw new IllegalStateException("stream " + stream + " is open");
    }
    return opened;
  }

  /// Opens a stream from the peer. To be called on the event loop, before the peer can send on it.
  public InboundStream openInbound(InboundSpec spec, PayloadReceiver receiver) {
    requireLoop();
    var opened = new InboundStream(this, spec, receiver, initialCredit);
    if (isClosed()) {
      opened.close();
    } else if (inbound.putIfAbsent(spec.stream(), opened) != null) {
      throw new IllegalStateException("stream " + spec.stream() + " is open");
    }
    return opened;
  }

  /// Ends the streams of a session: what waits to be sent is dropped. The server's end goes on to
  /// throw away what the client has under way until the next request.
  public void closeStreams() {
    onLoop(
        () -> {
          outbound.values().forEach(OutboundStream::discard);
          outbound.clear();
          inbound.values().forEach(InboundStream::close);
          if (order != null && order.side() == SessionOrder.Side.CLIENT) {
            inbound.clear();
          }
        },
        () -> {});
  }

  /// Completes when the peer has answered.
  public CompletionStage<@Nullable Void> ping() {
    var answered = new CompletableFuture<@Nullable Void>();
    onLoop(
        () -> {
          Bytes payload = Bytes.utf8(Long.toString(pingNumber++));
          pings.put(payload, answered);
          send(new Message.Ping(payload))
              .whenComplete((_, failure) -> {
                if (failure != null) {
                  answered.completeExceptionally(failure);
                }
              });
        },
        () -> answered.completeExceptionally(lost()));
    return answered.minimalCompletionStage();
  }

  /// Ends the connection because the peer broke a rule, and tells it if there is a way to.
  public void fail(ProtocolException violation) {
    onLoop(
        () -> {
          if (isClosed()) {
            return;
          }
          answer(violation.error());
          finish(violation);
        },
        () -> {});
  }

  private void answer(ErrorInfo error) {
    SessionOrder checks = order;
    if (handshaker != null) {
      if (!controlReceiver.isStrange()) {
        controlWriter.control(new Message.Refused(error));
      }
    } else if (checks != null
        && checks.side() == SessionOrder.Side.SERVER
        && (checks.inSession() || error.code() == ErrorCode.BAD_REQUEST)) {
      // A bad request has begun no session, but who sent it waits for its end.
      controlWriter.control(new Message.Failed(error, Message.Times.ZERO, Optional.empty()));
    }
  }

  /// Closes at once. To close after a message, wait for the stage that [#send] returned.
  @Override
  public void close() {
    close(ProtocolException.of(ErrorCode.CONNECTION_LOST, "the connection was closed"));
  }

  /// Closes at once; who uses the connection at this end is told why.
  void close(ProtocolException why) {
    onLoop(() -> finish(why), () -> {});
  }

  /// Tells that the peer's process is gone: what it sent before is read, then the connection is
  /// closed, even if somebody else holds the peer's end of a channel open.
  public void peerEnded() {
    onLoop(() -> finishWhenSilent(ABANDONED_TIME), () -> {});
  }

  private void finishWhenSilent(Duration time) {
    long before = bytesReceived();
    var _ =
        loop.schedule(
            () -> {
              if (bytesReceived() == before) {
                finish(peerGone());
              } else if (!isClosed()) {
                finishWhenSilent(time);
              }
            },
            time.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private long bytesReceived() {
    return bytesCopied() + bytesDirect();
  }

  private static ProtocolException peerGone() {
    return ProtocolException.of(ErrorCode.CONNECTION_LOST, "the peer closed the connection");
  }

  public boolean isClosed() {
    return cause != null;
  }

  /// Completes with the cause when the connection is gone.
  public CompletionStage<ProtocolException> closed() {
    return closed.minimalCompletionStage();
  }

  /// Completes when the channels are closed, also those that have never been connected.
  CompletableFuture<?> channelsClosed() {
    return data == null
        ? channelClosed(control)
        : CompletableFuture.allOf(channelClosed(control), channelClosed(data));
  }

  private static CompletableFuture<?> channelClosed(Channel channel) {
    var ended = new CompletableFuture<@Nullable Void>();
    channel.closeFuture().addListener(_ -> ended.complete(null));
    return ended;
  }

  /// Payload and control bytes that were copied once more after the kernel's copy.
  long bytesCopied() {
    return controlReceiver.bytesCopied() + (dataReceiver == null ? 0 : dataReceiver.bytesCopied());
  }

  /// Payload bytes that a socket wrote to their final place.
  long bytesDirect() {
    return controlReceiver.bytesDirect() + (dataReceiver == null ? 0 : dataReceiver.bytesDirect());
  }

  ProtocolException lost() {
    ProtocolException known = cause;
    return known != null
        ? known
        : ProtocolException.of(ErrorCode.CONNECTION_LOST, "the connection was lost");
  }

  void onLoop(Runnable task, Runnable rejected) {
    if (loop.inEventLoop()) {
      task.run();
      return;
    }
    if (!execute(task)) {
      rejected.run();
    }
  }

  private void requireLoop() {
    if (!loop.inEventLoop()) {
      throw new IllegalStateException("this is done on the connection's event loop");
    }
  }

  void finish(ProtocolException why) {
    if (isClosed()) {
      return;
    }
    cause = why;
    controlReceiver.stop();
    control.close();
    if (dataReceiver != null && data != null) {
      dataReceiver.stop();
      data.close();
    }
    outbound.values().forEach(stream -> stream.fail(why));
    outbound.clear();
    inbound.values().forEach(InboundStream::close);
    inbound.clear();
    pings.values().forEach(ping -> ping.completeExceptionally(why));
    pings.clear();
    Handshaker shaking = handshaker;
    if (shaking != null) {
      shaking.failed(why);
    }
    ConnectionHandler told = handler;
    if (told != null) {
      told.closed(this, why);
    }
    closed.complete(why);
  }

  private void dispatch(Message message) {
    Handshaker shaking = handshaker;
    if (shaking != null) {
      if (message instanceof Message.Refused(var error)) {
        finish(new ProtocolException(error));
      } else {
        shaking.receive(this, message);
      }
      return;
    }
    SessionOrder checks = order;
    ConnectionHandler sessions = handler;
    if (checks == null || sessions == null) {
      throw ProtocolException.violation("%s before the handshake", message.type());
    }
    boolean current = checks.received(message);
    switch (message) {
      case Message.Ping(var payload) -> send(new Message.Pong(payload));
      case Message.Pong(var payload) -> {
        CompletableFuture<@Nullable Void> ping = pings.remove(payload);
        if (ping != null) {
          ping.complete(null);
        }
      }
      case Message.Credit credit -> credited(checks, credit);
      case Execute _ -> {
        // The peer has seen the terminal message: nothing of the old session can follow.
        inbound.clear();
        sessions.message(this, message);
        if (data != null) {
          // The handler has opened the streams that may have come ahead on the other channel.
          data.config().setAutoRead(true);
        }
      }
      default -> {
        if (current) {
          sessions.message(this, message);
        }
      }
    }
  }

  private void credited(SessionOrder checks, Message.Credit credit) {
    OutboundStream stream = outbound.get(credit.stream());
    if (stream == null) {
      // Between sessions it is late; in one it names a stream that is none of ours.
      if (checks.inSession()) {
        throw ProtocolException.violation("credit for unknown stream %d", credit.stream());
      }
      return;
    }
    if (credit.discard()) {
      stream.discard();
    } else {
      stream.grant(credit.bytes());
    }
  }

  /// What the receivers of both channels tell.
  private final class Frames implements FrameListener {
    private @Nullable InboundStream receiving;

    @Override
    public void message(Message message) {
      dispatch(message);
    }

    @Override
    public @Nullable ByteBuf reserve(FrameHeader header, ByteBuf prefix) {
      receiving = inbound.get(header.stream());
      if (receiving == null) {
        throw ProtocolException.violation(
            "%s frame on stream %d, which is not open", header.type(), header.stream());
      }
      return receiving.reserve(header, prefix);
    }

    @Override
    public void received(FrameHeader header) {
      if (receiving != null) {
        receiving.received(header);
      }
    }

    @Override
    public void failed(ProtocolException violation) {
      fail(violation);
    }

    @Override
    public void ended() {
      openChannels--;
      if (openChannels == 0) {
        finish(peerGone());
      } else {
        // The other channel may still hold what was sent before; it has the time to bring it.
        finishWhenSilent(HALF_CLOSED_TIME);
      }
    }
  }
}
