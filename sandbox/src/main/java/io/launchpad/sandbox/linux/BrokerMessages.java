// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.ParkRequest;
import io.launchpad.sandbox.ResourceLimits;
import io.launchpad.sandbox.ResourcePoolSpec;
import io.launchpad.sandbox.SandboxException;
import io.launchpad.sandbox.SandboxPolicy.Confinement;
import io.launchpad.sandbox.ZygoteSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What the service says to the broker, as bytes.
final class BrokerMessages {

  static final int VERSION = 4;

  static final int WELCOME = 101;
  static final int ZYGOTE_READY = 102;
  static final int ZYGOTE_EXITED = 103;
  static final int PARKED = 104;
  static final int PARK_FAILED = 105;
  static final int EXITED = 106;
  static final int POOL_SET = 107;
  static final int LIMITED = 108;
  static final int MEASURED = 109;
  static final int ZYGOTE_MEASURED = 110;

  private static final int START_ZYGOTE = 1;
  private static final int RETIRE_ZYGOTE = 2;
  private static final int KILL_ZYGOTE = 3;
  private static final int PARK = 4;
  private static final int SIGNAL = 5;
  private static final int KILL = 6;
  private static final int POOL = 7;
  private static final int LIMIT = 8;
  private static final int MEASURE = 9;
  private static final int MEASURE_ZYGOTE = 10;
  private static final int BEGIN = 11;

  private static final int ALLOW_SWAP = 1;

  private static final int LIST_ITEMS_MAX = 256;
  private static final int STRING_BYTES_MAX = 4096;
  private static final int LIST_STRING_BYTES_MAX = 32_768;

  private BrokerMessages() {}

  static ByteBuffer startZygote(long id, ZygoteSpec spec) {
    ByteBuffer message = begin(START_ZYGOTE, id, 0);
    message.putInt((int) Math.min(spec.startTimeout().toMillis(), 3_600_000));
    message.putInt(spec.policy().confinement() instanceof Confinement.Full ? 1 : 0);
    message.putInt(
        switch (spec.satellites()) {
          case FORKED -> 0;
          case EXECUTED -> 1;
        });
    put(message, spec.runtime(), STRING_BYTES_MAX);
    put(message, spec.command());
    put(message, strings(spec.environment()));
    switch (spec.policy().confinement()) {
      case Confinement.None _ -> putConfinement(message, "", 0, 0, List.of(), List.of());
      case Confinement.Full(var family, var scratch, var readable, var sockets) ->
          putConfinement(message, family, scratch.bytes(), scratch.files(), readable, sockets);
    }
    return finish(message);
  }

  private static void putConfinement(
      ByteBuffer message,
      String family,
      long scratchBytes,
      int scratchFiles,
      List<Path> readable,
      List<Path> sockets) {
    put(message, family, STRING_BYTES_MAX);
    message.putLong(scratchBytes);
    message.putInt(scratchFiles);
    put(message, readable.stream().map(Path::toString).toList());
    put(message, sockets.stream().map(Path::toString).toList());
  }

  static ByteBuffer retireZygote(long id) {
    return finish(begin(RETIRE_ZYGOTE, id, 0));
  }

  static ByteBuffer killZygote(long id) {
    return finish(begin(KILL_ZYGOTE, id, 0));
  }

  static ByteBuffer measureZygote(long id) {
    return finish(begin(MEASURE_ZYGOTE, id, 0));
  }

  static ByteBuffer park(ParkRequest request) {
    ByteBuffer message = begin(PARK, request.slot(), request.generation());
    message.putLong(request.zygote().id());
    message.putInt(request.account().uid());
    message.putInt(request.account().gid());
    message.putLong(request.pool().id());
    put(message, strings(request.environment()));
    return finish(message);
  }

  static ByteBuffer signal(long slot, long generation, int signal) {
    return finish(begin(SIGNAL, slot, generation).putInt(signal));
  }

  static ByteBuffer kill(long slot, long generation) {
    return finish(begin(KILL, slot, generation));
  }

  static ByteBuffer pool(long id, ResourcePoolSpec spec) {
    ByteBuffer message = begin(POOL, id, 0);
    put(message, spec.name(), STRING_BYTES_MAX);
    message.putInt(spec.allowSwap() ? ALLOW_SWAP : 0);
    put(message, spec.cpus(), STRING_BYTES_MAX);
    put(message, spec.all());
    put(message, spec.session());
    return finish(message.putLong(micros(spec.session().cpuTime())));
  }

  static ByteBuffer limit(long slot, long generation, ResourceLimits limits) {
    ByteBuffer message = begin(LIMIT, slot, generation);
    put(message, limits);
    return finish(message.putLong(micros(limits.cpuTime())));
  }

  static ByteBuffer measure(long slot, long generation) {
    return finish(begin(MEASURE, slot, generation));
  }

  static ByteBuffer begin(long slot, long generation) {
    return finish(begin(BEGIN, slot, generation));
  }

  private static void put(ByteBuffer message, ResourceLimits limits) {
    message.putLong(limits.memoryBytes()).putLong(limits.processes()).putLong(limits.cpuMilli());
  }

  private static long micros(Duration time) {
    return TimeUnit.MICROSECONDS.convert(time);
  }

  private static ByteBuffer begin(int type, long id, long generation) {
    return ByteBuffer.allocate(ControlSocket.MESSAGE_BYTES_MAX)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(type)
        .putInt(0)
        .putLong(id)
        .putLong(generation);
  }

  private static ByteBuffer finish(ByteBuffer message) {
    return message.putInt(4, message.position()).flip();
  }

  private static List<String> strings(Map<String, String> environment) {
    List<String> strings = new ArrayList<>();
    environment.forEach((name, value) -> strings.add(name + "=" + value));
    return strings;
  }

  private static void put(ByteBuffer message, List<String> list) {
    if (list.size() > LIST_ITEMS_MAX) {
      throw new SandboxException(
          "at most %d arguments or variables are possible, not %d"
              .formatted(LIST_ITEMS_MAX, list.size()));
    }
    message.putInt(list.size());
    list.forEach(string -> put(message, string, LIST_STRING_BYTES_MAX));
  }

  private static void put(ByteBuffer message, String string, int bytesMax) {
    byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > bytesMax || bytes.length + 4 > message.remaining()) {
      throw new SandboxException(
          "an argument or variable of %d bytes is too long for the broker".formatted(bytes.length));
    }
    if (string.indexOf('\0') >= 0) {
      throw new SandboxException("an argument or variable has a zero character in it");
    }
    message.putInt(bytes.length).put(bytes);
  }
}
