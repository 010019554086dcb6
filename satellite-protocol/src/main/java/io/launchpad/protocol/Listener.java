// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts engines on one transport and authenticates them.
public final class Listener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  private final NetworkLoops loops;
  private final ListenerSettings settings;
  private final Function<Connection, ConnectionHandler> established;
  private final @Nullable SslContext tls;
  private final Nonces nonces;
  private final AuthenticationFailures failures;
  private final Map<ErrorCode, LongAdder> refusals = new ConcurrentHashMap<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final HandshakePlaces places =
      new HandshakePlaces(
          Limits.UNAUTHENTICATED_CONNECTIONS, Limits.UNAUTHENTICATED_CONNECTIONS_OF_A_PEER);
  private final Channel channel;

  private Listener(
      Transport transport,
      NetworkLoops loops,
      ListenerSettings settings,
      SecureRandom random,
      Function<Connection, ConnectionHandler> established)
      throws IOException {
    this.loops = loops;
    this.settings = settings;
    this.established = established;
    nonces = new Nonces(random);
    failures = new AuthenticationFailures(peer -> LOG.warn("authentication failed: {}", peer));
    tls = transport instanceof Transport.TcpTls secured ? secured.tls().server() : null;
    channel =
        switch (transport) {
          case Transport.Tcp(var host, var port) ->
              bind(loops.tcpServer(), loopback(new InetSocketAddress(host, port)));
          case Transport.TcpTls(var host, var port, _) ->
              bind(loops.tcpServer(), new InetSocketAddress(host, port));
          case Transport.Unix(var path) -> bind(loops.unixServer(), loops.unixAddress(path));
        };
  }

  /// Starts to accept. A Unix socket's path must not exist; who may reach it is the business of its
  /// folder's mode.
  ///
  /// @param established called on the event loop for each engine that was let in; gives the handler
  ///   of all that follows on the connection
  public static Listener bind(
      Transport transport,
      NetworkLoops loops,
      ListenerSettings settings,
      SecureRandom random,
      Function<Connection, ConnectionHandler> established)
      throws IOException {
    return new Listener(transport, loops, settings, random, established);
  }

  /// The TCP port that was bound, when 0 was asked for.
  public int port() {
    return channel.localAddress() instanceof InetSocketAddress inet ? inet.getPort() : -1;
  }

  /// Connections at this moment, authenticated or not.
  public int connections() {
    return connections.get();
  }

  /// Authentications that have failed since the start.
  public long authenticationFailures() {
    return failures.total();
  }

  /// Connections that were sent away or lost before they were authenticated, by reason, since the
  /// start.
  public long refusals(ErrorCode reason) {
    LongAdder count = refusals.get(reason);
    return count == null ? 0 : count.sum();
  }

  private void count(ErrorCode reason) {
    refusals.computeIfAbsent(reason, _ -> new LongAdder()).increment();
  }

  /// Accepts nothing more; connections that are open stay.
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
  }

  private static InetSocketAddress loopback(InetSocketAddress address) throws IOException {
    if (address.getAddress() == null || !address.getAddress().isLoopbackAddress()) {
      throw new IOException(
          "plain TCP on " + address + " is refused: only loopback addresses go without TLS");
    }
    return address;
  }

  private Channel bind(Class<? extends ServerChannel> kind, SocketAddress address)
      throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(kind)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    accepted(accepted);
                  }
                });
    if (address instanceof InetSocketAddress) {
      bootstrap.option(ChannelOption.SO_REUSEADDR, true);
    }
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("cannot listen on " + address, bound.cause());
    }
    return bound.channel();
  }

  private void accepted(Channel accepted) {
    if (connections.incrementAndGet() > settings.connectionsMax()) {
      accepted.closeFuture().addListener(_ -> connections.decrementAndGet());
      count(ErrorCode.TOO_MANY_CONNECTIONS);
      refuse(accepted);
      return;
    }
    accepted.closeFuture().addListener(_ -> connections.decrementAndGet());
    var place = places.take(identity(accepted, null));
    if (place.isEmpty()) {
      count(ErrorCode.TOO_MANY_CONNECTIONS);
      accepted.close();
      return;
    }
    var done = new CompletableFuture<Connection>();
    done.whenComplete((_, failure) -> {
      place.get().close();
      if (failure instanceof ProtocolException refused) {
        count(refused.error().code());
      }
    });
    var connection = new Connection(accepted, null, accepted.eventLoop(), settings.local());
    accepted.closeFuture().addListener(_ -> done.completeExceptionally(connection.lost()));
    SocketOptions.apply(accepted);
    SslHandler handler = tls == null ? null : tls.newHandler(accepted.alloc());
    if (handler == null) {
      SocketOptions.readDirectly(accepted, connection.controlReceiver());
    } else {
      handler.setHandshakeTimeoutMillis(Limits.HANDSHAKE_TIME.toMillis());
      accepted.pipeline().addLast(handler);
    }
    accepted
        .pipeline()
        .addLast(
            new ChannelStart(
                handler != null,
                channel -> start(connection, channel, handler, done),
                cause -> {
                  LOG.info("TLS handshake failed: {}", cause.toString());
                  done.completeExceptionally(
                      ProtocolException.violation("TLS handshake failed: %s", cause));
                }));
    accepted.pipeline().addLast(connection.controlReceiver());
    loops.opened(connection);
  }

  private void start(
      Connection connection,
      Channel accepted,
      @Nullable SslHandler handler,
      CompletableFuture<Connection> done) {
    Bytes binding =
        handler == null
            ? Bytes.EMPTY
            : PeerCertificates.localBinding(handler.engine().getSession());
    var handshake =
        new EngineWelcome(
            settings.local(),
            settings.launchpadId(),
            identity(accepted, handler),
            settings.authenticator(),
            failures,
            nonces,
            binding);
    connection.start(
        new Handshaker(
            connection,
            handshake,
            accepted.eventLoop(),
            authenticated -> {
              failures.succeeded();
              return established.apply(authenticated);
            },
            done));
  }

  /// Tells one client too many why it is sent away.
  private void refuse(Channel accepted) {
    var connection = new Connection(accepted, null, accepted.eventLoop(), settings.local());
    accepted
        .pipeline()
        .addLast(
            new ChannelStart(
                false,
                _ ->
                    connection.refuse(
                        ErrorInfo.of(
                            ErrorCode.TOO_MANY_CONNECTIONS,
                            settings.connectionsMax()
                                + " connections are open, the most this launchpad allows")),
                _ -> {}));
    accepted.pipeline().addLast(connection.controlReceiver());
    loops.opened(connection);
  }

  private static PeerIdentity identity(Channel accepted, @Nullable SslHandler handler) {
    if (accepted instanceof EpollDomainSocketChannel unix) {
      try {
        PeerCredentials peer = unix.peerCredentials();
        return new PeerIdentity.UnixPeer(
            peer.uid(), peer.gids().length == 0 ? -1 : peer.gids()[0], peer.pid());
      } catch (IOException e) {
        return new PeerIdentity.UnknownPeer();
      }
    }
    if (accepted.remoteAddress() instanceof InetSocketAddress address) {
      InetAddress from = address.getAddress();
      Optional<String> subject =
          handler == null
              ? Optional.empty()
              : PeerCertificates.subject(handler.engine().getSession());
      return subject
          .<PeerIdentity>map(name -> new PeerIdentity.CertificatePeer(from, name))
          .orElseGet(() -> new PeerIdentity.TcpPeer(from, handler != null));
    }
    return new PeerIdentity.UnknownPeer();
  }
}
