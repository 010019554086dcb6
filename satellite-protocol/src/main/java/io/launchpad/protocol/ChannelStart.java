// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.function.Consumer;

/// Waits until a new channel can carry frames: until it is active and, with TLS, its handshake is
/// over.
final class ChannelStart extends ChannelInboundHandlerAdapter {
  private final boolean tls;
  private final Consumer<Channel> started;
  private final Consumer<Throwable> failed;

  ChannelStart(boolean tls, Consumer<Channel> started, Consumer<Throwable> failed) {
    this.tls = tls;
    this.started = started;
    this.failed = failed;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (!tls) {
      start(context);
    }
    context.fireChannelActive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent completion) {
      if (completion.isSuccess()) {
        start(context);
      } else {
        failed.accept(completion.cause());
        context.close();
      }
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    failed.accept(cause);
    context.fireExceptionCaught(cause);
  }

  private void start(ChannelHandlerContext context) {
    context.pipeline().remove(this);
    started.accept(context.channel());
  }
}
