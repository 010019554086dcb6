// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.satellite.error.SatelliteException;
import io.launchpad.satellite.error.ScriptFailed;
import io.launchpad.satellite.error.ScriptText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScriptTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path folder;

  private final ClassLoader loader = Thread.currentThread().getContextClassLoader();

  @AfterEach
  void restore() {
    Thread.currentThread().setContextClassLoader(loader);
  }

  private static CodePolicy policy(String code, Path... classPath) {
    return policy(code, LONG, classPath);
  }

  private static CodePolicy policy(String code, Duration compileTime, Path... classPath) {
    return new CodePolicy(
        List.of(classPath),
        code.contains("classes"),
        code.contains("source"),
        code.contains("jars"),
        compileTime);
  }

  /// A class of the name `library.Greeting`, and one of the script that uses it.
  private static byte[] jar() throws Exception {
    String source =
        """
        package library;
        public class Greeting implements io.launchpad.sdk.Executor {
          public static String text() { return "greetings"; }
          public void execute(io.launchpad.sdk.Call call) { throw new IllegalStateException(text()); }
        }
        """;
    Map<String, byte[]> classes =
        new SourceCompiler(LONG, List.of()).compile(ScriptText.of("Greeting.java", source), source);
    var bytes = new ByteArrayOutputStream();
    try (var jar = new JarOutputStream(bytes)) {
      jar.putNextEntry(new JarEntry("library/Greeting.class"));
      jar.write(classes.get("library.Greeting"));
    }
    return bytes.toByteArray();
  }

  /// What the script throws, which is how these tests hear of it: there is no call.
  private static String thrownBy(String text, Optional<byte[]> jar, CodePolicy policy)
      throws Exception {
    try (Script script = Script.load(text, jar, policy)) {
      @SuppressWarnings("NullAway") // these scripts ask for nothing
      ScriptFailed failed = assertThrows(ScriptFailed.class, () -> script.run(null));
      return failed.error().message();
    }
  }

  private static ErrorInfo refusal(String text, Optional<byte[]> jar, CodePolicy policy) {
    return assertThrows(SatelliteException.class, () -> Script.load(text, jar, policy)).error();
  }

  @Test
  void classes_areFoundInJarsAndFolders() throws Exception {
    Path jar = Files.write(folder.resolve("greeting.jar"), jar());
    String expected = "java.lang.IllegalStateException: greetings";
    assertEquals(expected, thrownBy("library.Greeting", Optional.empty(), policy("classes", jar)));
    assertEquals(
        expected, thrownBy(" library.Greeting\n", Optional.empty(), policy("classes", folder)));
  }

  @Test
  void source_isCompiledAgainstTheClassPath() throws Exception {
    Files.write(folder.resolve("greeting.jar"), jar());
    assertEquals(
        "java.lang.IllegalStateException: greetings (line 2 of the script)",
        thrownBy(
            "void main() {\n  throw new IllegalStateException(library.Greeting.text());\n}",
            Optional.empty(),
            policy("source", folder)));
  }

  @Test
  void jarOfTheRequest_comesFirst() throws Exception {
    assertEquals(
        "java.lang.IllegalStateException: greetings",
        thrownBy("library.Greeting", Optional.of(jar()), policy("classes jars")));
  }

  @Test
  void policy_saysWhatScriptsMayBe() throws Exception {
    ErrorInfo error = refusal("a.B", Optional.empty(), policy("source"));
    assertEquals(ErrorCode.BAD_REQUEST, error.code());
    assertTrue(error.message().contains("add classes to runtime.NAME.code"), error.message());
    error = refusal("void main() {}", Optional.empty(), policy("classes"));
    assertTrue(error.message().contains("add source to runtime.NAME.code"), error.message());
    error = refusal("a.B", Optional.of(jar()), policy("classes source"));
    assertTrue(error.message().contains("add jars to runtime.NAME.code"), error.message());
  }

  @Test
  void classesOfTheSatellite_areNotTheScripts() {
    var failed =
        assertThrows(
            ScriptFailed.class,
            () ->
                Script.load(
                    "io.launchpad.satellite.code.Script", Optional.empty(), policy("classes")));
    assertEquals("java.lang.ClassNotFoundException", failed.error().exceptionClass());
  }

  @Test
  void staticMainAndInheritedMain_areFound() throws Exception {
    assertEquals(
        "java.lang.IllegalStateException: 0 (line 2 of the script)",
        thrownBy(
            """
            class A { public static void main(String[] a) {
              throw new IllegalStateException("" + a.length); } }
            """,
            Optional.empty(),
            policy("source")));
  }

  @Test
  void sourceWithNothingToRun_isNamed() {
    ErrorInfo error = refusal("class Nothing {}", Optional.empty(), policy("source"));
    assertEquals(
        "Nothing implements neither io.launchpad.sdk.Executor nor a main method", error.message());
  }

  @Test
  void sourceThatTakesTooLongToCompile_isGivenUp() {
    var failed =
        assertThrows(
            ScriptFailed.class,
            () ->
                Script.load(
                    "void main() {}", Optional.empty(), policy("source", Duration.ofNanos(1))));
    assertEquals(ErrorCode.SCRIPT_SYNTAX, failed.error().code());
    assertTrue(
        failed.error().message().contains("runtime.NAME.compile-time"), failed.error().message());
  }

  @Test
  void mistakes_areToldWithTheirLines() {
    var failed =
        assertThrows(
            ScriptFailed.class,
            () ->
                Script.load(
                    "class A {\n  int a = \"x\";\n  int b = c;\n}",
                    Optional.empty(),
                    policy("source")));
    ErrorInfo error = failed.error();
    assertEquals(
        "incompatible types: java.lang.String cannot be converted to int (line 2 of the script)",
        error.message());
    assertTrue(
        error.tracebackText().contains("<script>:3: error: cannot find symbol"),
        error.tracebackText());
    assertEquals("int a = \"x\";", error.trace().orElseThrow().frames().getFirst().source());
  }

  @Test
  void unreadableJar_isAClassThatIsNotFound() throws IOException {
    Path jar = Files.writeString(folder.resolve("broken.jar"), "no jar");
    var failed =
        assertThrows(
            ScriptFailed.class, () -> Script.load("a.B", Optional.empty(), policy("classes", jar)));
    assertEquals("java.lang.ClassNotFoundException", failed.error().exceptionClass());
  }
}
