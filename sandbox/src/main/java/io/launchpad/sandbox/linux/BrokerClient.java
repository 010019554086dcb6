// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.ParkRequest;
import io.launchpad.sandbox.ParkedSatellite;
import io.launchpad.sandbox.ResourcePool;
import io.launchpad.sandbox.ResourcePoolSpec;
import io.launchpad.sandbox.Sandbox;
import io.launchpad.sandbox.SandboxException;
import io.launchpad.sandbox.SandboxFacts;
import io.launchpad.sandbox.Zygote;
import io.launchpad.sandbox.ZygoteExit;
import io.launchpad.sandbox.ZygoteSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The service's side of the broker: sends requests from any thread, and turns the broker's
/// messages into completed stages on one thread of its own.
public final class BrokerClient implements Sandbox {

  /// Where the broker leaves the number of the control socket.
  public static final String DESCRIPTOR_VARIABLE = "LAUNCHPAD_BROKER_FD";

  private static final Logger LOG = LoggerFactory.getLogger(BrokerClient.class);

  /// A request that has not been answered.
  private record Parking(ParkRequest request, CompletableFuture<ParkedSatellite> parked) {}

  private record PoolAsked(String name, CompletableFuture<ResourcePool> made) {}

  private final ControlSocket socket;
  private final SandboxFacts facts;
  private final OutputPump pump = new OutputPump(this::pumpBroken);
  private final Thread receiver;
  private final AtomicLong lastZygote = new AtomicLong();
  private final AtomicLong lastPool = new AtomicLong();
  private final Map<Long, PoolAsked> pools = new ConcurrentHashMap<>();
  private final Map<Long, BrokerZygote> zygotes = new ConcurrentHashMap<>();
  private final Map<Long, Parking> parkings = new ConcurrentHashMap<>();
  private final Map<Long, BrokerSatellite> satellites = new ConcurrentHashMap<>();
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private volatile boolean gone;
  private volatile @Nullable String defect;

  private BrokerClient(ControlSocket socket, SandboxFacts facts) {
    this.socket = socket;
    this.facts = facts;
    this.receiver = Thread.ofPlatform().name("broker-events").daemon().unstarted(this::receive);
  }

  /// Takes over the socket that the broker left for its service.
  ///
  /// @throws SandboxException when this process was not started by a broker, or by another version
  public static BrokerClient connect(Map<String, String> environment) {
    String number = environment.get(DESCRIPTOR_VARIABLE);
    if (number == null) {
      throw new SandboxException(
          DESCRIPTOR_VARIABLE + " is not set: the service must be started by launchpad-broker");
    }
    var socket = new ControlSocket(new Descriptor(Integer.parseInt(number)));
    try {
      var client = new BrokerClient(socket, welcome(socket));
      client.pump.start();
      client.receiver.start();
      return client;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw new SandboxException("the broker does not answer as expected: " + e.getMessage(), e);
    }
  }

  private static SandboxFacts welcome(ControlSocket socket) throws IOException {
    ControlSocket.Received received = socket.receive();
    if (received == null) {
      throw new IOException("it has ended");
    }
    if (!(decode(received) instanceof BrokerEvent.Welcome(var version, var facts))) {
      throw new IOException("its first message is no welcome");
    }
    if (version != BrokerMessages.VERSION) {
      throw new IOException(
          "it speaks version %d, the service %d".formatted(version, BrokerMessages.VERSION));
    }
    return facts;
  }

  private static BrokerEvent decode(ControlSocket.Received received) throws IOException {
    try {
      return BrokerEventDecoder.decode(received.bytes(), received.descriptors());
    } catch (IOException e) {
      Descriptor.closeAll(received.descriptors());
      throw e;
    }
  }

  @Override
  public SandboxFacts facts() {
    return facts;
  }

  @Override
  public CompletionStage<Zygote> startZygote(ZygoteSpec spec) {
    var zygote = new BrokerZygote(this, lastZygote.incrementAndGet(), spec.runtime());
    try {
      ByteBuffer message = BrokerMessages.startZygote(zygote.id(), spec);
      zygotes.put(zygote.id(), zygote);
      send(message);
    } catch (SandboxException e) {
      zygotes.remove(zygote.id());
      zygote.ready().completeExceptionally(e);
    }
    return zygote.ready().minimalCompletionStage();
  }

  @Override
  public CompletionStage<ResourcePool> resourcePool(ResourcePoolSpec spec) {
    long id = lastPool.incrementAndGet();
    var asked = new PoolAsked(spec.name(), new CompletableFuture<>());
    try {
      ByteBuffer message = BrokerMessages.pool(id, spec);
      pools.put(id, asked);
      send(message);
    } catch (SandboxException e) {
      pools.remove(id);
      asked.made.completeExceptionally(e);
    }
    return asked.made.minimalCompletionStage();
  }

  @Override
  public CompletionStage<ParkedSatellite> park(ParkRequest request) {
    var parking = new Parking(request, new CompletableFuture<>());
    try {
      ByteBuffer message = BrokerMessages.park(request);
      if (satellites.containsKey(request.slot())
          || parkings.putIfAbsent(request.slot(), parking) != null) {
        throw new SandboxException("slot " + request.slot() + " is in use");
      }
      send(message);
    } catch (SandboxException e) {
      parkings.remove(request.slot(), parking);
      parking.parked.completeExceptionally(e);
    }
    return parking.parked.minimalCompletionStage();
  }

  @Override
  public CompletionStage<String> ended() {
    return ended.minimalCompletionStage();
  }

  @Override
  public void close() {
    socket.interrupt();
    boolean interrupted = false;
    while (!Thread.currentThread().equals(receiver) && receiver.isAlive()) {
      try {
        receiver.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Sends what needs no answer. A broker that is gone has done it already.
  void tell(ByteBuffer message) {
    try {
      send(message);
    } catch (SandboxException e) {
      LOG.debug("not told", e);
    }
  }

  private void send(ByteBuffer message) {
    try {
      socket.send(message);
    } catch (IOException e) {
      // Half a conversation is none: the receiver ends it for everybody.
      socket.interrupt();
      throw new SandboxException(String.valueOf(e.getMessage()), e);
    }
    if (gone) {
      throw new SandboxException("the connection to the broker has ended");
    }
  }

  /// A sandbox whose satellites' output nobody reads is none: their writers would wait for ever.
  private void pumpBroken(String reason) {
    defect = reason;
    socket.interrupt();
  }

  // ---- On the receiver's thread.

  private void receive() {
    String reason = ReceiveLoop.run(socket::receive, received -> handle(decode(received)));
    end(Objects.requireNonNullElse(defect, reason));
  }

  private void handle(BrokerEvent event) throws IOException {
    switch (event) {
      case BrokerEvent.Welcome _ -> throw new IOException("it sent a second welcome");
      case BrokerEvent.ZygoteReady(var id) -> zygote(id).becameReady();
      case BrokerEvent.ZygoteMeasured(var id, var memory) -> zygote(id).measured(memory);
      case BrokerEvent.ZygoteExited(var id, var ending, var reason, var output) -> {
        zygote(id).hasExited(new ZygoteExit(ending, reason, output));
        zygotes.remove(id);
      }
      case BrokerEvent.Parked(var slot, var generation, var channels) ->
          parked(slot, generation, channels);
      case BrokerEvent.ParkFailed(var slot, var generation, var reason) ->
          parking(slot, generation)
              .parked
              .completeExceptionally(
                  new SandboxException("no satellite could be parked: " + reason));
      case BrokerEvent.PoolSet(var id, var reason) -> poolSet(id, reason);
      case BrokerEvent.Limited(var slot, var generation, var reason) -> {
        var satellite = satellite(slot, generation);
        if (satellite != null) {
          satellite.limited(reason);
        }
      }
      case BrokerEvent.Measured(var slot, var generation, var usage) -> {
        var satellite = satellite(slot, generation);
        if (satellite != null) {
          satellite.measured(usage);
        }
      }
      case BrokerEvent.Exited(var report) -> exited(report);
    }
  }

  /// Null when it has ended since it was asked about.
  private @Nullable BrokerSatellite satellite(long slot, long generation) {
    BrokerSatellite satellite = satellites.get(slot);
    return satellite == null || satellite.generation() != generation ? null : satellite;
  }

  private void poolSet(long id, String reason) throws IOException {
    PoolAsked asked = pools.remove(id);
    if (asked == null) {
      throw new IOException("it spoke of a resource pool " + id + " that nobody wants");
    }
    if (reason.isEmpty()) {
      asked.made.complete(new ResourcePool(id, asked.name));
    } else {
      asked.made.completeExceptionally(
          new SandboxException("resource pool %s: %s".formatted(asked.name, reason)));
    }
  }

  private BrokerZygote zygote(long id) throws IOException {
    BrokerZygote zygote = zygotes.get(id);
    if (zygote == null) {
      throw new IOException("it spoke of a zygote " + id + " that nobody started");
    }
    return zygote;
  }

  private Parking parking(long slot, long generation) throws IOException {
    Parking parking = parkings.get(slot);
    if (parking == null || parking.request.generation() != generation) {
      throw new IOException("it answered for slot " + slot + ", which nobody asked for");
    }
    parkings.remove(slot);
    return parking;
  }

  private void parked(long slot, long generation, List<Descriptor> channels) throws IOException {
    Parking parking;
    try {
      parking = parking(slot, generation);
    } catch (IOException e) {
      Descriptor.closeAll(channels);
      throw e;
    }
    PumpedOutput output = pump.add(channels.get(2), channels.get(3), parking.request.output());
    var satellite =
        new BrokerSatellite(this, slot, generation, channels.get(0), channels.get(1), output);
    satellites.put(slot, satellite);
    parking.parked.complete(satellite);
  }

  private void exited(ExitReport report) throws IOException {
    BrokerSatellite satellite = satellites.get(report.slot());
    if (satellite == null || satellite.generation() != report.generation()) {
      throw new IOException("it reported the end of slot " + report.slot() + ", which is not used");
    }
    // Free before it is reported: the listener may park in it at once.
    satellites.remove(report.slot());
    satellite.hasExited(report);
  }

  private void end(String reason) {
    // First, so that a request that comes too late for the loops below fails by itself.
    gone = true;
    socket.close();
    // Before the rest, or whoever hears of the rest would ask for new ones.
    ended.complete(reason);
    parkings
        .values()
        .forEach(parking -> parking.parked.completeExceptionally(new SandboxException(reason)));
    satellites
        .values()
        .forEach(satellite ->
            satellite.hasExited(
                new ExitReport(
                    satellite.slot(),
                    satellite.generation(),
                    new Ending.Unknown(),
                    ExitReport.Cause.BROKER_GONE,
                    ExitReport.Usage.NONE,
                    ExitReport.Limits.NONE)));
    pools.values().forEach(asked -> asked.made.completeExceptionally(new SandboxException(reason)));
    pools.clear();
    zygotes
        .values()
        .forEach(zygote -> zygote.hasExited(new ZygoteExit(new Ending.Unknown(), reason, "")));
    parkings.clear();
    satellites.clear();
    zygotes.clear();
    pump.close();
  }
}
