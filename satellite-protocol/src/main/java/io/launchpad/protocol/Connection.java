// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
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
  private static final Duration REFUSAL_TIME = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final FrameChannel control;
  private final @Nullable FrameChannel data;
  private final long initialCredit;
  private final StreamTable streams = new StreamTable();
  private final Pings pings = new Pings();
  private final SilenceWatch silence;
  private final CompletableFuture<ProtocolException> closed = new CompletableFuture<>();

  private @Nullable ConnectionPhase phase;
  private volatile @Nullable PeerInfo peer;
  private volatile @Nullable ProtocolException cause;
  private int openChannels;

  /// @param dataSocket the second channel of the split profile
  Connection(Channel socket, @Nullable Channel dataSocket, EventLoop loop, LocalInfo local) {
    this.loop = loop;
    initialCredit = local.initialCredit();
    silence = new SilenceWatch(loop, this::bytesReceived, () -> finish(peerGone()));
    if (dataSocket == null) {
      control = new FrameChannel(socket, ChannelKind.SINGLE, this, streams);
      data = null;
      openChannels = 1;
    } else {
      control = new FrameChannel(socket, ChannelKind.CONTROL, this, streams);
      data = new FrameChannel(dataSocket, ChannelKind.DATA, this, streams);
      openChannels = 2;
    }
  }

  FrameReceiver controlReceiver() {
    return control.receiver();
  }

  @Nullable FrameReceiver dataReceiver() {
    return data == null ? null : data.receiver();
  }

  /// Sends the preface and lets the handshake begin; the channels are active.
  void start(Handshaker begun) {
    phase = begun;
    try {
      control.writer().preface();
      begun.begin();
    } catch (RuntimeException e) {
      // Who calls may be nobody who hears of it.
      finish(ProtocolException.defect(e));
    }
  }

  /// Sends the peer away before a handshake. Its first words, which nobody reads, are awaited for a
  /// moment: to close in their face could take the answer away from it.
  void refuse(ErrorInfo error) {
    control.writer().preface();
    control.writer().control(new Message.Refused(error));
    var _ =
        loop.schedule(
            () -> finish(new ProtocolException(error)),
            REFUSAL_TIME.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  void peerKnown(PeerInfo info) {
    peer = info;
  }

  void handshakeOver(SessionOrder.Side side, ConnectionHandler sessions) {
    phase = new SessionPhase(this, new SessionOrder(side), sessions, streams, pings);
    controlReceiver().handshakeOver();
  }

  /// Reads what may have come on the data channel, now that somebody knows what it is.
  void readData() {
    if (data != null) {
      data.read();
    }
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
      // Before the phase takes note of it: what is never sent must not count.
      byte[] payload = FrameWriter.encode(message);
      if (phase != null) {
        phase.sending(message);
      }
      control
          .writer()
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
    FrameWriter writer = (data == null ? control : data).writer();
    var opened = new OutboundStream(this, writer, stream, type, peer().initialCredit());
    if (isClosed()) {
      opened.fail(lost());
    } else {
      streams.add(opened);
    }
    return opened;
  }

  /// Opens a stream from the peer. To be called on the event loop, before the peer can send on it.
  public InboundStream openInbound(InboundSpec spec, PayloadReceiver receiver) {
    requireLoop();
    var opened = new InboundStream(this, spec, receiver, initialCredit);
    if (isClosed()) {
      opened.close();
    } else {
      streams.add(opened);
    }
    return opened;
  }

  /// Ends the streams of a session: what waits to be sent is dropped. The server's end goes on to
  /// throw away what the client has under way until the next request.
  public void closeStreams() {
    onLoop(
        () -> {
          streams.endSession();
          if (phase instanceof SessionPhase sessions && sessions.isClient()) {
            streams.forgetInbound();
          }
        },
        () -> {});
  }

  /// Sends nothing more, and reads until the peer closes: a socket that is closed over bytes from
  /// the peer, as credit is, breaks the peer's end, and what was sent last may be lost there.
  public void shutdownOutput() {
    onLoop(
        () -> {
          control.shutdownOutput();
          if (data != null) {
            data.shutdownOutput();
          }
        },
        () -> {});
  }

  /// Completes when the peer has answered.
  public CompletionStage<@Nullable Void> ping() {
    var answered = new CompletableFuture<@Nullable Void>();
    onLoop(
        () ->
            send(pings.next(answered))
                .whenComplete((_, failure) -> {
                  if (failure != null) {
                    answered.completeExceptionally(failure);
                  }
                }),
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

  /// A channel has brought what breaks a rule. Only a server is asked for something: the peer of a
  /// client that sends a bad request breaks the order of messages, and nobody has asked badly.
  void violated(ProtocolException violation) {
    boolean asked =
        violation.error().code() == ErrorCode.BAD_REQUEST
            && phase instanceof SessionPhase sessions
            && sessions.isClient();
    fail(asked ? ProtocolException.violation("EXECUTE from a server") : violation);
  }

  private void answer(ErrorInfo error) {
    if (phase != null && !controlReceiver().isStrange()) {
      phase.lastWord(error).ifPresent(control.writer()::control);
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
    onLoop(() -> silence.begin(SilenceWatch.ABANDONED_TIME), () -> {});
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
        ? control.closed()
        : CompletableFuture.allOf(control.closed(), data.closed());
  }

  /// Payload and control bytes that were copied once more after the kernel's copy.
  long bytesCopied() {
    return control.receiver().bytesCopied() + (data == null ? 0 : data.receiver().bytesCopied());
  }

  /// Payload bytes that a socket wrote to their final place.
  long bytesDirect() {
    return control.receiver().bytesDirect() + (data == null ? 0 : data.receiver().bytesDirect());
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
    control.close();
    if (data != null) {
      data.close();
    }
    try {
      streams.close(why);
      pings.fail(why);
      if (phase != null) {
        phase.closed(why);
      }
    } finally {
      closed.complete(why);
    }
  }

  /// What a channel brought.
  void received(Message message) {
    ConnectionPhase now = phase;
    if (now == null) {
      throw ProtocolException.violation("%s before the handshake", message.type());
    }
    now.received(message);
  }

  /// A channel has brought its end.
  void channelEnded() {
    openChannels--;
    if (openChannels == 0) {
      finish(peerGone());
    } else {
      // The other channel may still hold what was sent before; it has the time to bring it.
      silence.begin(SilenceWatch.HALF_CLOSED_TIME);
    }
  }
}
