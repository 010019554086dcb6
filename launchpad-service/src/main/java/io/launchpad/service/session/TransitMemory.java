// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.service.config.DataSize;
import io.launchpad.service.config.EngineConfig;
import io.launchpad.service.monitoring.LimitKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// The memory for bytes on their way between engines and satellites: all there is, and each
/// engine's share of it.
///
/// Credit bounds what one stream may have in memory, not how many streams there are. Here the
/// buffers themselves are counted, as they are taken: whoever wants more than there is loses its
/// session, and an engine that fills its share leaves the others theirs.
public final class TransitMemory {
  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();
  private final Map<String, Share> shares = new HashMap<>();

  public TransitMemory(DataSize all, List<EngineConfig> engines) {
    bytesMax = all.bytes();
    engines.forEach(engine -> shares.put(engine.id(), new Share(engine)));
  }

  /// What is taken now.
  public long bytes() {
    return bytes.get();
  }

  Share of(String engineId) {
    var share = shares.get(engineId);
    if (share == null) {
      throw new IllegalArgumentException("no engine " + engineId);
    }
    return share;
  }

  /// What one engine may take. Callable from any thread.
  final class Share {
    private final AtomicLong own = new AtomicLong();
    private final long ownMax;
    private final String key;

    private Share(EngineConfig engine) {
      ownMax = Math.min(engine.transitMemory().bytes(), bytesMax);
      key = "engine." + engine.id() + ".transit-memory";
    }

    /// Takes memory before it is allocated.
    void take(int wanted) throws SessionFailure {
      if (!added(own, wanted, ownMax)) {
        throw refusal("the engine", wanted, own.get(), ownMax, key);
      }
      if (!added(bytes, wanted, bytesMax)) {
        own.addAndGet(-wanted);
        throw refusal("the service", wanted, bytes.get(), bytesMax, "limits.transit-memory");
      }
    }

    void give(int freed) {
      own.addAndGet(-freed);
      bytes.addAndGet(-freed);
    }

    private static boolean added(AtomicLong sum, int wanted, long max) {
      if (sum.addAndGet(wanted) <= max) {
        return true;
      }
      sum.addAndGet(-wanted);
      return false;
    }

    private static SessionFailure refusal(
        String whose, int wanted, long used, long max, String key) {
      return new SessionFailure(
          ErrorInfo.of(
                  ErrorCode.MEMORY_LIMIT,
                  "%s has %d bytes on their way between engines and satellites and may have %d (%s): there was no room for %d more. Read results faster, send or return smaller batches, try again when fewer sessions run, or have the limit raised"
                      .formatted(whose, used, max, key, wanted))
              .withLimit(new ErrorInfo.LimitHit(LimitKind.TRANSIT_MEMORY.text(), max, key, used)));
    }
  }
}
