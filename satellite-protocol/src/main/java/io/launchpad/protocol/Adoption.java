// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Makes one connection of the two sockets of the split profile, which others have connected.
///
/// The descriptors are its own from the start: whatever fails, they are closed and the stage says
/// so.
final class Adoption {
  private final NetworkLoops loops;
  private final EventLoop loop;
  private final LocalInfo local;
  private final Function<Connection, ConnectionHandler> established;
  private final Handshake handshake;
  private final CompletableFuture<Connection> done = new CompletableFuture<>();

  Adoption(
      NetworkLoops loops,
      LocalInfo local,
      Function<Connection, ConnectionHandler> established,
      Handshake handshake) {
    this.loops = loops;
    loop = loops.next();
    this.local = local;
    this.established = established;
    this.handshake = handshake;
  }

  CompletionStage<Connection> adopt(int controlDescriptor, int dataDescriptor) {
    Channel control = null;
    try {
      control = new EpollDomainSocketChannel(controlDescriptor);
      return adopt(control, new EpollDomainSocketChannel(dataDescriptor));
    } catch (ChannelException e) {
      // Not sockets at all.
      if (control == null) {
        close(controlDescriptor);
      } else {
        control.unsafe().closeForcibly();
      }
      close(dataDescriptor);
      done.completeExceptionally(unreachable(e));
      return done.minimalCompletionStage();
    }
  }

  CompletionStage<Connection> adopt(Channel control, Channel data) {
    var connection = new Connection(control, data, loop, local);
    FrameReceiver dataReceiver = connection.dataReceiver();
    if (dataReceiver == null) {
      throw new IllegalStateException("a split connection has a data channel");
    }
    prepare(control, connection.controlReceiver());
    prepare(data, dataReceiver);
    // Data may come ahead of the EXECUTE that says what it is.
    data.config().setAutoRead(handshake.side() == SessionOrder.Side.CLIENT);
    if (loop.isShuttingDown()) {
      // It would not even tell that it takes nothing more.
      fail(connection, new IllegalStateException("the network threads have ended"));
      return done.minimalCompletionStage();
    }
    // The data channel is registered first: the handshake, and all that follows it, comes on the
    // other.
    register(data, connection, () -> register(control, connection, () -> start(connection)));
    return done.minimalCompletionStage();
  }

  private void start(Connection connection) {
    connection.start(new Handshaker(connection, handshake, loop, established, done));
    loops.opened(connection);
  }

  private static void prepare(Channel channel, FrameReceiver receiver) {
    SocketOptions.apply(channel);
    SocketOptions.readDirectly(channel, receiver);
    channel.pipeline().addLast(receiver);
  }

  private void register(Channel channel, Connection connection, Runnable next) {
    loop.register(channel)
        .addListener(registered -> {
          if (registered.isSuccess()) {
            next.run();
          } else {
            fail(connection, registered.cause());
          }
        });
  }

  private void fail(Connection connection, @Nullable Throwable cause) {
    ProtocolException why = unreachable(cause);
    connection.finish(why);
    done.completeExceptionally(why);
  }

  private static ProtocolException unreachable(@Nullable Throwable cause) {
    return Connector.unreachable("adopted sockets", cause);
  }

  private static void close(int descriptor) {
    try {
      new FileDescriptor(descriptor).close();
    } catch (IOException _) {
      // It was none.
    }
  }
}
