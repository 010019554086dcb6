// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.GroupUsage;
import io.launchpad.sandbox.SandboxFacts;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/// Turns the broker's datagrams into events, and refuses what BROKER.md does not allow.
final class BrokerEventDecoder {

  static final int HEADER_BYTES = 24;

  private static final int STRING_BYTES_MAX = 4096;
  private static final int LIST_ITEMS_MAX = 256;
  private static final int CHANNELS = 4;

  private static final Map<Integer, SandboxFacts.Controller> CONTROLLERS =
      Map.of(
          1, SandboxFacts.Controller.MEMORY,
          2, SandboxFacts.Controller.SWAP,
          4, SandboxFacts.Controller.PROCESSES,
          8, SandboxFacts.Controller.CPU,
          16, SandboxFacts.Controller.CPU_ACCOUNT,
          32, SandboxFacts.Controller.CPU_LIST,
          64, SandboxFacts.Controller.NO_SWAP_IN_USE);

  private BrokerEventDecoder() {}

  /// The event, which owns the descriptors from now on; on failure they are the caller's still.
  static BrokerEvent decode(ByteBuffer message, List<Descriptor> descriptors) throws IOException {
    int size = message.remaining();
    if (size < HEADER_BYTES) {
      throw new IOException("a message of the broker has only " + size + " bytes");
    }
    int type = message.getInt();
    int length = message.getInt();
    long id = message.getLong();
    long generation = message.getLong();
    if (length != size) {
      throw new IOException("a message of " + size + " bytes says it has " + length);
    }
    if (descriptors.size() != (type == BrokerMessages.PARKED ? CHANNELS : 0)) {
      throw new IOException(
          "message " + type + " came with " + descriptors.size() + " descriptors");
    }
    try {
      BrokerEvent event = decodeBody(type, id, generation, message, descriptors);
      if (message.hasRemaining()) {
        throw new IOException("message " + type + " is too long by " + message.remaining());
      }
      return event;
    } catch (BufferUnderflowException e) {
      throw new IOException("message " + type + " is too short", e);
    }
  }

  private static BrokerEvent decodeBody(
      int type, long id, long generation, ByteBuffer body, List<Descriptor> descriptors)
      throws IOException {
    return switch (type) {
      case BrokerMessages.WELCOME -> new BrokerEvent.Welcome(body.getInt(), facts(body));
      case BrokerMessages.ZYGOTE_READY -> new BrokerEvent.ZygoteReady(id);
      case BrokerMessages.ZYGOTE_EXITED ->
          new BrokerEvent.ZygoteExited(
              id, ending(body.getInt(), body.getInt()), string(body), string(body));
      case BrokerMessages.PARKED ->
          new BrokerEvent.Parked(id, generation, List.copyOf(descriptors));
      case BrokerMessages.PARK_FAILED -> new BrokerEvent.ParkFailed(id, generation, string(body));
      case BrokerMessages.POOL_SET -> new BrokerEvent.PoolSet(id, string(body));
      case BrokerMessages.LIMITED -> new BrokerEvent.Limited(id, generation, string(body));
      case BrokerMessages.MEASURED -> new BrokerEvent.Measured(id, generation, usage(body));
      case BrokerMessages.ZYGOTE_MEASURED -> new BrokerEvent.ZygoteMeasured(id, body.getLong());
      case BrokerMessages.EXITED -> new BrokerEvent.Exited(report(id, generation, body));
      default -> throw new IOException("message " + type + " of the broker is unknown");
    };
  }

  private static SandboxFacts facts(ByteBuffer body) throws IOException {
    SandboxFacts.Lifetime lifetime =
        switch (body.getInt()) {
          case 1 -> SandboxFacts.Lifetime.NAMESPACES;
          case 2 -> SandboxFacts.Lifetime.PROCESS_TREE;
          default -> throw new IOException("the lifetime is unknown");
        };
    int uidFirst = body.getInt();
    int count = body.getInt();
    int gidFirst = body.getInt();
    int bufferBytes = body.getInt();
    return new SandboxFacts(
        lifetime,
        string(body),
        new SandboxFacts.AccountRange(uidFirst, count, gidFirst),
        bufferBytes,
        limiting(body),
        strings(body),
        strings(body));
  }

  private static SandboxFacts.Limiting limiting(ByteBuffer body) throws IOException {
    SandboxFacts.ControlGroups groups =
        switch (body.getInt()) {
          case 0 -> SandboxFacts.ControlGroups.NONE;
          case 1 -> SandboxFacts.ControlGroups.V1;
          case 2 -> SandboxFacts.ControlGroups.V2;
          default -> throw new IOException("the version of control groups is unknown");
        };
    int bits = body.getInt();
    var controllers = EnumSet.noneOf(SandboxFacts.Controller.class);
    CONTROLLERS.forEach((bit, controller) -> {
      if ((bits & bit) != 0) {
        controllers.add(controller);
      }
    });
    return new SandboxFacts.Limiting(groups, controllers, string(body));
  }

  private static List<String> strings(ByteBuffer body) throws IOException {
    int count = body.getInt();
    if (count < 0 || count > LIST_ITEMS_MAX) {
      throw new IOException("a list of the broker has " + count + " items");
    }
    var strings = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      strings.add(string(body));
    }
    return strings;
  }

  private static Ending ending(int how, int value) throws IOException {
    return switch (how) {
      case 1 -> new Ending.Exited(value);
      case 2 -> new Ending.Signalled(value);
      case 3 -> new Ending.Unknown();
      default -> throw new IOException("the ending " + how + " is unknown");
    };
  }

  private static ExitReport report(long slot, long generation, ByteBuffer body) throws IOException {
    Ending ending = ending(body.getInt(), body.getInt());
    ExitReport.Cause cause =
        switch (body.getInt()) {
          case 0 -> ExitReport.Cause.ITSELF;
          case 1 -> ExitReport.Cause.KILLED_ON_REQUEST;
          case 2 -> ExitReport.Cause.ZYGOTE_DIED;
          case 3 -> ExitReport.Cause.INIT_DIED;
          case 4 -> ExitReport.Cause.LIMIT;
          default -> throw new IOException("the cause of an exit is unknown");
        };
    ExitReport.Met met =
        switch (body.getInt()) {
          case 0 -> ExitReport.Met.NONE;
          case 1 -> ExitReport.Met.MEMORY;
          case 2 -> ExitReport.Met.POOL_MEMORY;
          case 3 -> ExitReport.Met.HOST_MEMORY;
          case 4 -> ExitReport.Met.CPU_TIME;
          default -> throw new IOException("the limit of an exit is unknown");
        };
    var usage =
        new ExitReport.Usage(
            micros(body), micros(body), body.getLong() * 1024, body.getLong(), body.getLong());
    var limits =
        new ExitReport.Limits(
            met,
            micros(body),
            body.getLong(),
            body.getLong(),
            micros(body),
            body.getLong(),
            body.getLong());
    return new ExitReport(slot, generation, ending, cause, usage, limits);
  }

  private static GroupUsage usage(ByteBuffer body) {
    return new GroupUsage(
        micros(body),
        micros(body),
        body.getLong(),
        body.getLong(),
        body.getLong(),
        body.getLong(),
        body.getLong());
  }

  private static Duration micros(ByteBuffer body) {
    return Duration.of(body.getLong(), ChronoUnit.MICROS);
  }

  private static String string(ByteBuffer body) throws IOException {
    int length = body.getInt();
    if (length < 0 || length > STRING_BYTES_MAX) {
      throw new IOException("a string of the broker has " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    body.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
