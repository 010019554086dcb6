// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.code;

import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.satellite.error.SatelliteException;
import io.launchpad.satellite.error.ScriptFailed;
import io.launchpad.satellite.error.ScriptText;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/// Compiles one source file in memory, without annotation processors and within a time limit.
final class SourceCompiler {
  private static final int ERRORS_MAX = 10;

  /// Generics can keep the compiler busy, and its stack deep, for longer than anybody wants.
  private static final long STACK_BYTES = 16L << 20;

  private final Duration time;
  private final List<Path> classPath;

  SourceCompiler(Duration time, List<Path> classPath) {
    this.time = time;
    this.classPath = classPath;
  }

  /// The class files by the classes' names, in the order the compiler made them.
  Map<String, byte[]> compile(ScriptText text, String source)
      throws ScriptFailed, SatelliteException, InterruptedException {
    var work = new FutureTask<>(() -> run(text, source));
    Thread thread = new Thread(null, work, "compiler", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    try {
      return work.get(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ScriptFailed(
          ErrorInfo.of(
              ErrorCode.SCRIPT_SYNTAX,
              "the script was not compiled within %d ms (runtime.NAME.compile-time)"
                  .formatted(time.toMillis())));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ScriptFailed failed) {
        throw failed;
      }
      if (e.getCause() instanceof SatelliteException failed) {
        throw failed;
      }
      throw new ScriptFailed(
          ErrorInfo.of(
              ErrorCode.SCRIPT_SYNTAX, "the compiler failed on the script: " + e.getCause()));
    }
  }

  private Map<String, byte[]> run(ScriptText text, String source)
      throws ScriptFailed, SatelliteException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw SatelliteException.of(
          ErrorCode.SCRIPT_SYNTAX,
          "this runtime has no compiler (module jdk.compiler); name a class of its class path");
    }
    var found = new DiagnosticCollector<JavaFileObject>();
    try (var files = new CompiledFiles(compiler.getStandardFileManager(found, Locale.ROOT, null))) {
      List<String> options =
          List.of(
              "-proc:none",
              "-g",
              "-Xlint:none",
              "-classpath",
              Stream.concat(ClassPath.sdk().stream(), classPath.stream())
                  .map(Path::toString)
                  .collect(Collectors.joining(File.pathSeparator)));
      var unit = new SourceText(text.fileName(), source);
      if (!compiler.getTask(null, files, found, options, null, List.of(unit)).call()) {
        throw new ScriptFailed(error(text, found.getDiagnostics()));
      }
      return files.classes();
    } catch (java.io.IOException e) {
      throw SatelliteException.of(ErrorCode.INTERNAL, "the compiler's files: " + e.getMessage());
    }
  }

  private static ErrorInfo error(
      ScriptText text, List<Diagnostic<? extends JavaFileObject>> found) {
    var errors =
        found.stream()
            .filter(one -> one.getKind() == Diagnostic.Kind.ERROR)
            .limit(ERRORS_MAX)
            .toList();
    List<ErrorInfo.TraceFrame> frames = new ArrayList<>();
    var listing = new StringBuilder();
    for (var one : errors) {
      int line = (int) Math.max(0, one.getLineNumber());
      String message = one.getMessage(Locale.ROOT);
      frames.add(new ErrorInfo.TraceFrame(ScriptText.SCRIPT, line, "", text.line(line)));
      listing.append(ScriptText.SCRIPT).append(':').append(line).append(": error: ");
      listing.append(message).append('\n').append(text.line(line)).append('\n');
    }
    String first = errors.isEmpty() ? "" : errors.getFirst().getMessage(Locale.ROOT);
    long line = errors.isEmpty() ? 0 : Math.max(0, errors.getFirst().getLineNumber());
    String exception = "javac";
    return new ErrorInfo(
        ErrorCode.SCRIPT_SYNTAX,
        "%s (line %d of the script)".formatted(first.lines().findFirst().orElse("an error"), line),
        false,
        exception,
        Optional.of(
            new ErrorInfo.Trace(
                exception,
                first,
                frames.isEmpty() ? List.of() : List.of(frames.getFirst()),
                Optional.empty(),
                false)),
        listing.toString(),
        Optional.empty(),
        Optional.empty(),
        Bytes.EMPTY,
        Bytes.EMPTY,
        "",
        OptionalLong.empty());
  }
}
