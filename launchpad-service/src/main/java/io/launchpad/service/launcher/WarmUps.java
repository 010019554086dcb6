// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.pool.StartPurpose;
import io.launchpad.pool.WorkerKey;
import io.launchpad.protocol.Execute;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// What satellites are warmed for: what the last calls of their kind had.
///
/// Warming is most of what a satellite costs, since it copies each page of memory that it touches.
/// Satellites whose calls have no data frames need not have played with one. A call that has more
/// than the last ones had is served as well, and pays its first times itself.
public final class WarmUps {
  /// What a satellite's environment says of it, PROTOCOL.md section 4.
  static final String VARIABLE = "LAUNCHPAD_WARM_UP";

  /// How many calls are remembered. Until there were as many, everything is warmed.
  static final int CALLS = 64;

  private static final String ARROW = "arrow";
  private static final String NOTHING = "nothing";

  /// What a call may have.
  enum Part {
    /// Tables that the script sees as its language's data frames.
    FRAMES,
    /// Tables that it sees as Arrow batches.
    ARROW,
    PARAMETERS;

    static Set<Part> of(Execute request) {
      var parts = EnumSet.noneOf(Part.class);
      if (!request.inputs().isEmpty() || !request.outputs().isEmpty()) {
        parts.add(request.inputFormat().equals(WarmUps.ARROW) ? ARROW : FRAMES);
      }
      if (request.parameters().isPresent()) {
        parts.add(PARAMETERS);
      }
      return parts;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<WorkerKey, Recent> byKey = new ConcurrentHashMap<>();

  /// A call that needs such a satellite is about to be served.
  public void called(WorkerKey key, Execute request) {
    byKey.computeIfAbsent(key, _ -> new Recent()).add(Part.of(request));
  }

  /// What is added to the environment of a satellite that is started now.
  Map<String, String> environment(WorkerKey key, StartPurpose purpose) {
    return switch (purpose) {
      // It would play first what its request is about to do.
      case REQUEST -> Map.of(VARIABLE, NOTHING);
      case PARKING -> {
        var recent = byKey.get(key);
        yield recent == null || !recent.isKnown() ? Map.of() : Map.of(VARIABLE, recent.text());
      }
    };
  }

  /// The last calls of one key.
  private static final class Recent {
    private final Map<Part, Long> lastCallWith = new EnumMap<>(Part.class);
    private long calls;

    synchronized void add(Set<Part> parts) {
      calls++;
      parts.forEach(part -> lastCallWith.put(part, calls));
    }

    synchronized boolean isKnown() {
      return calls >= CALLS;
    }

    /// The parts of the last calls, in the order of their declaration.
    synchronized String text() {
      return lastCallWith.entrySet().stream()
          .filter(last -> calls - last.getValue() < CALLS)
          .map(last -> last.getKey().word())
          .collect(Collectors.joining(","));
    }
  }
}
