// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ConnectionHandler;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.ProtocolException;
import io.launchpad.service.launcher.Satellite;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The session's end of its satellite's connection: hands the request over and tells the session
/// what comes back. On the satellite's event loop, but for [#begin] and [#await].
final class HandOver implements ConnectionHandler {
  private final Satellite satellite;
  private final Relay relay;
  private final PrintedOutput printed;
  private final Mailbox mailbox;
  private final LongSupplier nanoTime;
  private final CompletableFuture<Optional<Long>> done = new CompletableFuture<>();

  HandOver(
      Satellite satellite,
      Relay relay,
      PrintedOutput printed,
      Mailbox mailbox,
      LongSupplier nanoTime) {
    this.satellite = satellite;
    this.relay = relay;
    this.printed = printed;
    this.mailbox = mailbox;
    this.nanoTime = nanoTime;
  }

  /// Hands the request to the satellite; [#await] tells whether it took it. Callable from any
  /// thread, once.
  void begin(Execute request) {
    Connection connection = satellite.connection();
    boolean there =
        connection.execute(() -> {
          try {
            boolean alive = satellite.attach(this);
            if (alive) {
              satellite.rawOutput().attach(printed::raw);
              var _ = connection.send(request).whenComplete((_, failure) -> sent(failure));
              relay.connect(connection);
              satellite.begin();
            }
            done.complete(alive ? Optional.of(nanoTime.getAsLong()) : Optional.empty());
          } catch (RuntimeException | Error e) {
            // The session waits for this.
            done.completeExceptionally(e);
          }
        });
    if (!there) {
      done.complete(Optional.empty());
    }
  }

  /// Waits until the satellite has the request. From then on the session hears of its end too.
  ///
  /// @return when that was, or empty, with nothing sent, when the satellite was dead already
  Optional<Long> await() {
    Optional<Long> at = done.join();
    if (at.isPresent()) {
      var _ =
          satellite
              .exitReport()
              .thenAccept(report -> mailbox.post(new SessionEvent.SatelliteExited(report)));
    }
    return at;
  }

  /// A request may grow out of its frame on its way: what is left of it is longer than what came.
  private void sent(@Nullable Throwable failure) {
    if (failure instanceof CompletionException
        && failure.getCause() instanceof IllegalArgumentException) {
      mailbox.post(
          new SessionEvent.Broken(
              ErrorInfo.of(
                  ErrorCode.BAD_REQUEST,
                  "the request is too large for one frame with what launchpad adds to it; send its script,"
                      + " parameters or schemas as streams")));
    }
  }

  @Override
  public void message(Connection connection, Message message) {
    switch (message) {
      case Message.Started _ -> mailbox.post(new SessionEvent.SatelliteStarted());
      case Message.Output output -> printed.interpreter(output);
      case Message.Terminal terminal -> {
        mailbox.post(new SessionEvent.SatelliteAnswered(SatelliteWord.believed(terminal)));
        var _ =
            satellite.measure().thenAccept(usage -> mailbox.post(new SessionEvent.Measured(usage)));
        var _ =
            satellite
                .output()
                .drained()
                .thenRun(() -> mailbox.post(new SessionEvent.PipesDrained()));
      }
      default -> throw ProtocolException.violation("%s from a satellite", message.type());
    }
  }

  @Override
  public void closed(Connection connection, ProtocolException cause) {
    mailbox.post(new SessionEvent.SatelliteClosed(cause.error()));
  }
}
