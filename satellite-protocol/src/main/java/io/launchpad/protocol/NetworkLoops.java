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
import java.util.concurrent.TimeUnit;

/// The threads that do all network input and output: native epoll where it is available, else NIO.
public final class NetworkLoops implements AutoCloseable {
  private final EventLoopGroup group;
  private final boolean epoll;

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

  /// Ends the threads; connections that are open are closed.
  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
