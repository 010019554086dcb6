// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads that do all network input and output: native epoll where it is available, else NIO.
///
/// They know every connection that is open or being made, so that each is told of their end while
/// there is still a thread to tell it on.
public final class NetworkLoops implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkLoops.class);
  private static final Duration CLOSE_TIME = Duration.ofSeconds(5);

  private final EventLoopGroup group;
  private final boolean epoll;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private volatile @Nullable ProtocolException closing;

  private NetworkLoops(EventLoopGroup group, boolean epoll) {
    this.group = group;
    this.epoll = epoll;
  }

  /// Starts the threads.
  ///
  /// @param name beginning of the threads' names
  public static NetworkLoops start(String name, int threads) {
    return Epoll.isAvailable() ? epoll(name, threads) : nio(name, threads);
  }

  static NetworkLoops nio(String name, int threads) {
    return new NetworkLoops(group(name, threads, NioIoHandler.newFactory()), false);
  }

  private static NetworkLoops epoll(String name, int threads) {
    return new NetworkLoops(group(name, threads, EpollIoHandler.newFactory()), true);
  }

  private static EventLoopGroup group(String name, int threads, IoHandlerFactory factory) {
    return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), factory);
  }

  /// Whether channels are native: only then are descriptors adopted and Unix peers known.
  public boolean isNative() {
    return epoll;
  }

  EventLoopGroup group() {
    return group;
  }

  EventLoop next() {
    return group.next();
  }

  Channel newTcpChannel() {
    return epoll ? new EpollSocketChannel() : new NioSocketChannel();
  }

  Channel newUnixChannel() {
    return epoll ? new EpollDomainSocketChannel() : new NioDomainSocketChannel();
  }

  Class<? extends ServerChannel> tcpServer() {
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  Class<? extends ServerChannel> unixServer() {
    return epoll ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class;
  }

  SocketAddress unixAddress(Path path) {
    return epoll
        ? new io.netty.channel.unix.DomainSocketAddress(path.toFile())
        : UnixDomainSocketAddress.of(path);
  }

  /// Takes note of a connection until its channels are closed.
  void opened(Connection connection) {
    connections.add(connection);
    var _ = connection.channelsClosed().thenRun(() -> connections.remove(connection));
    ProtocolException why = closing;
    if (why != null) {
      connection.close(why);
    }
  }

  /// Connections that are open or being made.
  int connections() {
    return connections.size();
  }

  /// Closes all connections, also those that are still being made and any that follow, and waits
  /// until everybody who uses one has been told why. Not to be called on one of the threads.
  public void closeConnections(ProtocolException why) {
    closing = why;
    List<CompletableFuture<?>> ends = new ArrayList<>();
    for (Connection connection : connections) {
      ends.add(connection.closed().toCompletableFuture());
      ends.add(connection.channelsClosed());
      connection.close(why);
    }
    try {
      CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
          .get(CLOSE_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.error("{} connections did not end within {}", connections.size(), CLOSE_TIME, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Closes all connections that are left, and ends the threads.
  @Override
  public void close() {
    closeConnections(
        ProtocolException.of(
            ErrorCode.CONNECTION_LOST, "this end of the connection was shut down"));
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
