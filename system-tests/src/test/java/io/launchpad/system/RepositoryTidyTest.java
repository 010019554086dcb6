// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.system.SourceTree.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Rules about the repository that no compiler knows. Each names every offender.
final class RepositoryTidyTest {
  private static final int LINES_MAX = 600;

  private static SourceTree tree;

  @BeforeAll
  static void readTree() throws IOException {
    tree = SourceTree.read();
    assertTrue(tree.all().anyMatch(source -> source.path().equals("pom.xml")), "no sources found");
  }

  @Test
  void sources_holdNoUnfinishedBusiness() {
    // Put together here so that this file does not break its own rule.
    Pattern marker = Pattern.compile("\\b(" + "FIX" + "ME|TO" + "DO|XX" + "X)\\b");
    assertNone(code().flatMap(source -> source.matches(marker.asPredicate())));
  }

  @Test
  void sources_stayBelowTheirLimitOfLines() {
    assertNone(
        code()
            .filter(source -> source.lines().size() > LINES_MAX)
            .map(source -> source.path() + ": " + source.lines().size() + " lines"));
  }

  @Test
  void sources_startWithTheirLicense() {
    assertNone(
        code()
            .filter(source ->
                source.lines().stream()
                    .limit(3)
                    .noneMatch(line -> line.contains("SPDX-License-Identifier: Apache-2.0")))
            .map(Source::path));
  }

  @Test
  void nativeCalls_stayInTheSandbox() {
    assertNone(importsOf("java.lang.foreign", source -> !source.isIn("sandbox")));
  }

  @Test
  void protobuf_staysInTheProtocol() {
    Predicate<Source> outside = source -> !source.isIn("satellite-protocol");
    assertNone(
        Stream.concat(
            importsOf("com.google.protobuf", outside),
            importsOf("io.launchpad.protocol.wire", outside)));
  }

  @Test
  void sources_nameNoPlaceOfOneMachine() {
    Pattern place = Pattern.compile("(?<![\\w.])/(work|home|root|Users)/[\\w.]");
    assertNone(tree.all().flatMap(source -> source.matches(place.asPredicate())));
  }

  @Test
  void sources_nameNoPackageRegistry() {
    Pattern registry =
        Pattern.compile("pypi\\.org|pythonhosted\\.org|repo1?\\.maven\\.|cran\\.r-project");
    assertNone(
        tree.all()
            // The Maven Wrapper has nowhere else to be told; MVNW_REPOURL overrides it.
            .filter(source -> !source.isIn(".mvn"))
            .filter(source -> !source.path().endsWith("RepositoryTidyTest.java"))
            .flatMap(source -> source.matches(registry.asPredicate())));
  }

  @Test
  void errorCodes_standInTheProtocolsTable() throws IOException {
    Path document = tree.root().resolve("satellite-protocol/PROTOCOL.md");
    Set<String> documented =
        Pattern.compile("^\\| (\\d{5}) \\| `(\\w+)` \\| (\\w+) \\|", Pattern.MULTILINE)
            .matcher(Files.readString(document))
            .results()
            .map(row -> row.group(1) + " " + row.group(2) + " " + row.group(3))
            .collect(toCollection(TreeSet::new));
    Set<String> declared =
        Stream.of(ErrorCode.values())
            .map(code ->
                code.number()
                    + " "
                    + code.name()
                    + " "
                    + code.category().name().toLowerCase(Locale.ROOT))
            .collect(toCollection(TreeSet::new));
    assertEquals(documented, declared);
  }

  @Test
  void documents_linkOnlyToWhatIsThere() {
    assertNone(
        tree.all().filter(source -> source.endsWith(".md")).flatMap(RepositoryTidyTest::deadLinks));
  }

  private static Stream<String> deadLinks(Source document) {
    Path file = tree.root().resolve(document.path());
    return Pattern.compile("]\\(([^)#:\\s]+)(#[^)]*)?\\)")
        .matcher(String.join("\n", document.lines()))
        .results()
        .map(link -> link.group(1))
        .filter(target -> !Files.exists(file.resolveSibling(target)))
        .map(target -> document.path() + ": " + target);
  }

  /// What people write: sources, scripts and schemas; not what tools generate.
  private static Stream<Source> code() {
    return tree.all()
        .filter(source ->
            source.endsWith(".java", ".c", ".h", ".py", ".sh", ".proto", "Makefile")
                || source.lines().stream().limit(1).anyMatch(line -> line.startsWith("#!")))
        .filter(source -> !source.endsWith("_pb2.py", "mvnw"));
  }

  private static Stream<String> importsOf(String packageName, Predicate<Source> where) {
    Pattern reference = Pattern.compile("^import (static )?" + Pattern.quote(packageName) + "\\.");
    return tree.all()
        .filter(source -> source.endsWith(".java"))
        .filter(where)
        .flatMap(source -> source.matches(reference.asPredicate()));
  }

  private static void assertNone(Stream<String> offenders) {
    assertEquals("", offenders.collect(joining("\n")));
  }
}
