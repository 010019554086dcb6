// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.error;

import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.ErrorInfo.Trace;
import io.launchpad.protocol.ErrorInfo.TraceFrame;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a script threw, as the protocol's error: class, message, the chain of causes, and frames
/// with the script's own line numbers, without those of the satellite.
public final class ScriptErrors {
  private static final int FRAMES_MAX = 100;
  private static final int CAUSES_MAX = 16;
  private static final int REPEATS_SHOWN = 3;
  private static final String OURS = "io.launchpad.satellite.";

  private final ScriptText script;

  public ScriptErrors(ScriptText script) {
    this.script = script;
  }

  /// The error for what left the script.
  public ErrorInfo of(Throwable thrown) {
    return of(ErrorCode.SCRIPT_ERROR, thrown);
  }

  /// The error for what left the script, under another code.
  public ErrorInfo of(ErrorCode code, Throwable thrown) {
    Throwable error = unwrapped(thrown);
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Trace trace = trace(error, seen, 0);
    String where =
        trace.frames().reversed().stream()
            .filter(frame -> frame.file().equals(ScriptText.SCRIPT))
            .findFirst()
            .map(frame -> " (line " + frame.line() + " of the script)")
            .orElse("");
    var text = new StringBuilder();
    print(trace, "", text);
    return new ErrorInfo(
        code,
        headline(trace) + where,
        false,
        trace.exceptionClass(),
        Optional.of(trace),
        text.toString(),
        Optional.empty(),
        SoftLimits.metBy(error),
        Bytes.EMPTY,
        Bytes.EMPTY,
        "",
        OptionalLong.empty());
  }

  private static Throwable unwrapped(Throwable thrown) {
    return thrown instanceof InvocationTargetException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  private Trace trace(Throwable error, Set<Throwable> seen, int depth) {
    seen.add(error);
    Throwable cause = error.getCause();
    boolean follows = cause != null && depth < CAUSES_MAX && !seen.contains(cause);
    return new Trace(
        error.getClass().getName(),
        message(error),
        frames(error),
        follows && cause != null ? Optional.of(trace(cause, seen, depth + 1)) : Optional.empty(),
        false);
  }

  /// A message is the script's code, too.
  private static String message(Throwable error) {
    try {
      String message = error.getMessage();
      return message == null ? "" : message;
    } catch (RuntimeException | StackOverflowError e) {
      return "(its getMessage threw " + e.getClass().getName() + ")";
    }
  }

  /// Outermost first; what the satellite did to call the script is nobody's business.
  private List<TraceFrame> frames(Throwable error) {
    List<StackTraceElement> stack = Arrays.asList(error.getStackTrace());
    int end = stack.size();
    for (int i = 0; i < stack.size(); i++) {
      if (stack.get(i).getClassName().startsWith(OURS + "code.")) {
        end = i;
        break;
      }
    }
    List<StackTraceElement> own = stack.subList(0, end);
    while (!own.isEmpty() && isMachinery(own.getLast())) {
      own = own.subList(0, own.size() - 1);
    }
    List<TraceFrame> frames = new ArrayList<>();
    for (StackTraceElement element : own.reversed()) {
      frames.add(frame(element));
    }
    if (frames.size() <= FRAMES_MAX) {
      return frames;
    }
    List<TraceFrame> some = new ArrayList<>(frames.subList(0, FRAMES_MAX / 2));
    some.addAll(frames.subList(frames.size() - FRAMES_MAX / 2, frames.size()));
    return some;
  }

  private static boolean isMachinery(StackTraceElement element) {
    String name = element.getClassName();
    return name.startsWith("java.lang.reflect.")
        || name.startsWith("jdk.internal.reflect.")
        || name.startsWith("java.lang.invoke.");
  }

  private TraceFrame frame(StackTraceElement element) {
    @Nullable String file = element.getFileName();
    int line = Math.max(0, element.getLineNumber());
    String function = element.getClassName() + "." + element.getMethodName();
    if (file != null && file.equals(script.fileName()) && element.getModuleName() == null) {
      return new TraceFrame(ScriptText.SCRIPT, line, function, script.line(line));
    }
    return new TraceFrame(file == null ? "" : file, line, function, "");
  }

  private static String headline(Trace trace) {
    return trace.message().isEmpty()
        ? trace.exceptionClass()
        : trace.exceptionClass() + ": " + trace.message();
  }

  /// As Java prints it.
  private static void print(Trace trace, String caption, StringBuilder text) {
    text.append(caption).append(headline(trace)).append('\n');
    List<TraceFrame> frames = trace.frames().reversed();
    for (int i = 0; i < frames.size(); i++) {
      int repeated = repeated(frames, i);
      print(frames.get(i), text);
      if (repeated > REPEATS_SHOWN) {
        print(frames.get(i), text);
        text.append("\t... the same %d more times\n".formatted(repeated - 1));
        i += repeated;
      }
    }
    trace.cause().ifPresent(cause -> print(cause, "Caused by: ", text));
  }

  /// How many frames behind this one are the same: those of a recursion.
  private static int repeated(List<TraceFrame> frames, int first) {
    int next = first + 1;
    while (next < frames.size() && frames.get(next).equals(frames.get(first))) {
      next++;
    }
    return next - first - 1;
  }

  private static void print(TraceFrame frame, StringBuilder text) {
    text.append("\tat ").append(frame.function()).append('(');
    text.append(frame.file().isEmpty() ? "Unknown Source" : frame.file());
    if (frame.line() > 0) {
      text.append(':').append(frame.line());
    }
    text.append(")\n");
  }
}
