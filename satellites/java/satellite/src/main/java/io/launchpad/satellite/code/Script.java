// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.code;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.satellite.error.SatelliteException;
import io.launchpad.satellite.error.ScriptErrors;
import io.launchpad.satellite.error.ScriptFailed;
import io.launchpad.satellite.error.ScriptText;
import io.launchpad.sdk.Call;
import io.launchpad.sdk.Executor;
import io.launchpad.sdk.spi.CurrentCall;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A script that is ready to be executed: an object of its class, with its own lines for errors.
public final class Script implements AutoCloseable {
  private static final Pattern CLASS_NAME =
      Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)*");

  /// What compiled classes call their source; a class without a name is called after it.
  private static final String SOURCE_FILE = "script.java";

  private final ScriptErrors errors;
  private final Executor executor;

  private Script(ScriptErrors errors, Executor executor) {
    this.errors = errors;
    this.executor = executor;
  }

  /// Loads, and where it is source code compiles, a script, and makes an object of its class.
  ///
  /// @param jar what the request brought
  public static Script load(String text, Optional<byte[]> jar, CodePolicy policy)
      throws ScriptFailed, SatelliteException, InterruptedException {
    List<Path> classPath = new ArrayList<>();
    if (jar.isPresent()) {
      classPath.add(unpacked(jar.get(), policy));
    }
    classPath.addAll(ClassPath.expanded(policy.classPath()));
    String name = text.strip();
    return CLASS_NAME.matcher(name).matches()
        ? ofClass(name, classPath, policy)
        : ofSource(text, classPath, policy);
  }

  private static Path unpacked(byte[] jar, CodePolicy policy) throws SatelliteException {
    if (!policy.jars()) {
      throw refused("a jar with the request", "jars");
    }
    try {
      Path file = Files.createTempFile("request-", ".jar");
      return Files.write(file, jar);
    } catch (IOException e) {
      throw SatelliteException.of(
          ErrorCode.SCRIPT_ERROR, "the request's jar cannot be stored: " + e.getMessage());
    }
  }

  private static Script ofClass(String name, List<Path> classPath, CodePolicy policy)
      throws ScriptFailed, SatelliteException {
    if (!policy.classes()) {
      throw refused("scripts that name a class", "classes");
    }
    var loader = new ScriptClasses(Map.of(), classPath);
    try {
      var _ = Class.forName(name, false, loader);
    } catch (ClassNotFoundException e) {
      var error = new ScriptErrors(ScriptText.NONE).of(e);
      throw new ScriptFailed(
          error.withMessage(
              error.message()
                  + "; the script names a class that is not on the runtime's class path, runtime.NAME.library"));
    } catch (LinkageError e) {
      throw new ScriptFailed(new ScriptErrors(ScriptText.NONE).of(e));
    }
    return made(List.of(name), loader, ScriptText.NONE);
  }

  private static Script ofSource(String source, List<Path> classPath, CodePolicy policy)
      throws ScriptFailed, SatelliteException, InterruptedException {
    if (!policy.source()) {
      throw refused("scripts that are source code", "source");
    }
    ScriptText text = ScriptText.of(SOURCE_FILE, source);
    Map<String, byte[]> classes =
        new SourceCompiler(policy.compileTime(), classPath).compile(text, source);
    Set<String> names = classes.keySet();
    List<String> top =
        names.stream().filter(name -> names.stream().noneMatch(o -> isInside(name, o))).toList();
    return made(top, new ScriptClasses(classes, classPath), text);
  }

  private static boolean isInside(String name, String other) {
    return name.startsWith(other + "$");
  }

  private static SatelliteException refused(String what, String word) {
    return SatelliteException.of(
        ErrorCode.BAD_REQUEST,
        "this runtime does not take %s; add %s to runtime.NAME.code".formatted(what, word));
  }

  /// Looks for an [Executor] among the classes first, for a `main` method then.
  private static Script made(List<String> names, ScriptClasses loader, ScriptText text)
      throws ScriptFailed, SatelliteException {
    var errors = new ScriptErrors(text);
    Thread.currentThread().setContextClassLoader(loader);
    try {
      List<Class<?>> classes = new ArrayList<>();
      for (String name : names) {
        classes.add(Class.forName(name, false, loader));
      }
      for (Class<?> type : classes) {
        if (Executor.class.isAssignableFrom(type) && !type.isInterface()) {
          return new Script(errors, instance(type.asSubclass(Executor.class)));
        }
      }
      for (Class<?> type : classes) {
        Optional<Executor> main = MainMethod.of(type);
        if (main.isPresent()) {
          return new Script(errors, main.get());
        }
      }
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new ScriptFailed(errors.of(e));
    }
    throw SatelliteException.of(
        ErrorCode.RESULT_KIND,
        "%s implements neither io.launchpad.sdk.Executor nor a main method"
            .formatted(names.isEmpty() ? "the script" : String.join(", ", names)));
  }

  private static Executor instance(Class<? extends Executor> type)
      throws ReflectiveOperationException {
    var constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
  }

  /// Executes it once. What it throws is a [ScriptFailed], but for failures that are the
  /// satellite's own.
  public void run(Call call) throws ScriptFailed, SatelliteException {
    CurrentCall.set(call);
    try {
      executor.execute(call);
    } catch (SatelliteException e) {
      throw e;
    } catch (Throwable e) {
      throw failed(e);
    } finally {
      CurrentCall.set(null);
    }
  }

  /// What a script may have wrapped is still the satellite's own failure.
  private ScriptFailed failed(Throwable thrown) throws SatelliteException {
    if (thrown.getCause() instanceof SatelliteException own
        && (thrown instanceof java.io.UncheckedIOException
            || thrown instanceof InvocationTargetException)) {
      throw own;
    }
    return new ScriptFailed(errors.of(thrown));
  }

  /// Closes an executor that wants to be.
  @Override
  public void close() throws ScriptFailed, SatelliteException {
    if (executor instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Throwable e) {
        throw failed(e);
      }
    }
  }
}
