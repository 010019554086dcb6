// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Makes connections: to a server as an engine, or out of descriptors that are connected already.
///
/// Each method's stage completes when the handshake is over. `established` is called just before,
/// on the event loop; the handler it gives sees every message that follows.
public final class Connector {
  private final NetworkLoops loops;
  private final LocalInfo local;
  private final Supplier<Bytes> nonces;

  public Connector(NetworkLoops loops, LocalInfo local, SecureRandom random) {
    this.loops = loops;
    this.local = local;
    nonces = new Nonces(random);
  }

  /// Connects to launchpad, or to a satellite that listens.
  public CompletionStage<Connection> connect(
      Transport transport,
      Credentials credentials,
      Duration timeout,
      Function<Connection, ConnectionHandler> established) {
    var done = new CompletableFuture<Connection>();
    try {
      switch (transport) {
        case Transport.Tcp(var host, var port) -> {
          var address = new InetSocketAddress(host, port);
          if (address.getAddress() != null && !address.getAddress().isLoopbackAddress()) {
            throw ProtocolException.of(
                ErrorCode.NOT_ALLOWED,
                "plain TCP to %s is refused: only loopback addresses go without TLS",
                host);
          }
          open(
              loops::newTcpChannel,
              address,
              timeout,
              done,
              channel -> begin(channel, null, credentials, established, done));
        }
        case Transport.TcpTls(var host, var port, var tls) -> {
          SslContext context = tls.client();
          open(
              loops::newTcpChannel,
              new InetSocketAddress(host, port),
              timeout,
              done,
              channel -> {
                SslHandler handler = context.newHandler(channel.alloc(), host, port);
                handler.setHandshakeTimeoutMillis(Limits.HANDSHAKE_TIME.toMillis());
                begin(channel, handler, credentials, established, done);
              });
        }
        case Transport.Unix(var path) ->
            open(
                loops::newUnixChannel,
                loops.unixAddress(path),
                timeout,
                done,
                channel -> begin(channel, null, credentials, established, done));
      }
    } catch (ProtocolException e) {
      done.completeExceptionally(e);
    } catch (SSLException | IllegalArgumentException e) {
      done.completeExceptionally(
          new ProtocolException(
              ErrorInfo.of(ErrorCode.UNREACHABLE, "cannot connect: " + e.getMessage()), e));
    }
    return done.minimalCompletionStage();
  }

  /// Adopts the two connected sockets of a satellite (split profile), which speaks first. Both
  /// descriptors belong to the connection from now on.
  ///
  /// @param warmTime how long it may take until it says hello, which it does when it is warm
  public CompletionStage<Connection> adoptSatellite(
      int controlDescriptor,
      int dataDescriptor,
      Duration warmTime,
      Function<Connection, ConnectionHandler> established) {
    return adopt(
        controlDescriptor,
        dataDescriptor,
        established,
        new SatelliteWelcome(local, nonces, warmTime));
  }

  /// Is a satellite over two connected sockets (split profile).
  public CompletionStage<Connection> serveAsSatellite(
      int controlDescriptor,
      int dataDescriptor,
      String language,
      String runtime,
      Function<Connection, ConnectionHandler> established) {
    return adopt(
        controlDescriptor,
        dataDescriptor,
        established,
        new SatelliteHello(local, language, runtime, nonces));
  }

  private CompletionStage<Connection> adopt(
      int controlDescriptor,
      int dataDescriptor,
      Function<Connection, ConnectionHandler> established,
      Handshake handshake) {
    if (!loops.isNative()) {
      throw new IllegalStateException("descriptors are adopted with native epoll only");
    }
    return new Adoption(loops, local, established, handshake)
        .adopt(controlDescriptor, dataDescriptor);
  }

  private void open(
      ChannelFactory<Channel> factory,
      SocketAddress address,
      Duration timeout,
      CompletableFuture<Connection> done,
      java.util.function.Consumer<Channel> begin) {
    new Bootstrap()
        .group(loops.group())
        .channelFactory(factory)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                begin.accept(channel);
              }
            })
        .connect(address)
        .addListener(connected -> {
          if (!connected.isSuccess()) {
            done.completeExceptionally(unreachable(address.toString(), connected.cause()));
          }
        });
  }

  private void begin(
      Channel channel,
      @Nullable SslHandler tls,
      Credentials credentials,
      Function<Connection, ConnectionHandler> established,
      CompletableFuture<Connection> done) {
    var connection = new Connection(channel, null, channel.eventLoop(), local);
    SocketOptions.apply(channel);
    Supplier<Bytes> binding = () -> Bytes.EMPTY;
    if (tls == null) {
      SocketOptions.readDirectly(channel, connection.controlReceiver());
    } else {
      channel.pipeline().addLast(tls);
      binding = () -> PeerCertificates.binding(tls.engine().getSession());
    }
    var handshake = new EngineHandshake(local, credentials, nonces, binding);
    var handshaker = new Handshaker(connection, handshake, channel.eventLoop(), established, done);
    channel
        .pipeline()
        .addLast(
            new ChannelStart(
                tls != null,
                _ -> connection.start(handshaker),
                cause ->
                    done.completeExceptionally(
                        unreachable(String.valueOf(channel.remoteAddress()), cause))));
    channel.pipeline().addLast(connection.controlReceiver());
    loops.opened(connection);
  }

  static ProtocolException unreachable(String where, @Nullable Throwable cause) {
    return new ProtocolException(
        ErrorInfo.of(ErrorCode.UNREACHABLE, "cannot connect to " + where + ": " + cause),
        cause == null ? new IllegalStateException("no cause") : cause);
  }
}
