// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What each module's classes may use, ours and others', as compiled. The poms ban the same for
/// direct dependencies; what comes along with a permitted one is on the class path and only fenced
/// here.
final class LayeringTest {
  private static final String GENERATED = "io.launchpad.protocol.wire..";

  /// A module by its package, the modules it sees, and the libraries it speaks with.
  record Module(String name, Set<String> sees, Set<String> uses) {
    String[] forbidden() {
      Stream<String> modules =
          modules()
              .map(Module::name)
              .filter(other -> !other.equals(name) && !sees.contains(other))
              .map(Module::packages);
      Stream<String> libraries =
          LIBRARIES.entrySet().stream()
              .filter(library -> !uses.contains(library.getKey()))
              .flatMap(library -> library.getValue().stream());
      return Stream.concat(modules, libraries).toArray(String[]::new);
    }

    static String packages(String name) {
      return "io.launchpad." + name + "..";
    }
  }

  /// What only some modules speak with.
  private static final Map<String, List<String>> LIBRARIES =
      Map.of(
          "arrow", List.of("org.apache.arrow.."),
          "duckdb", List.of("org.duckdb.."),
          "monitoring", List.of("io.micrometer..", "io.prometheus..", "ch.qos.logback.."),
          "native calls", List.of("java.lang.foreign.."),
          "netty", List.of("io.netty.."),
          "protobuf", List.of("com.google.protobuf..", GENERATED),
          "terminal", List.of("org.jline..", "picocli.."));

  static Stream<Module> modules() {
    return Stream.of(
        new Module("bxl", Set.of(), Set.of("arrow")),
        new Module("protocol", Set.of(), Set.of("netty", "protobuf")),
        new Module("pool", Set.of(), Set.of()),
        new Module("sandbox", Set.of(), Set.of("native calls")),
        new Module("client", Set.of("bxl", "protocol"), Set.of("arrow", "netty")),
        new Module("embedded", Set.of("client", "bxl", "protocol"), Set.of("arrow", "duckdb")),
        new Module(
            "service",
            Set.of("bxl", "protocol", "pool", "sandbox"),
            Set.of("arrow", "netty", "monitoring")),
        new Module(
            "cli",
            Set.of("embedded", "client", "bxl", "protocol"),
            Set.of("arrow", "duckdb", "terminal")));
  }

  private static JavaClasses classes;

  @BeforeAll
  static void readClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.launchpad");
    assertFalse(classes.isEmpty());
  }

  @ParameterizedTest
  @MethodSource("modules")
  void module_usesOnlyWhatLiesBelowIt(Module module) {
    noClasses()
        .that(resideInAPackage(Module.packages(module.name())))
        .and(not(resideInAnyPackage(GENERATED)))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(module.forbidden())
        .check(classes);
  }

  /// Public there is public to the module.
  @Test
  void internalPackages_areUsedByTheirModuleOnly() {
    String[] internal =
        Stream.of("arrow", "call", "cast", "convert", "duck", "sql", "token")
            .map("io.launchpad.embedded.%s.."::formatted)
            .toArray(String[]::new);
    noClasses()
        .that(resideOutsideOfPackage(Module.packages("embedded")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(internal)
        .check(classes);
  }

  @Test
  void packages_formNoCycles() {
    slices()
        .matching("io.launchpad.(**)")
        .should()
        .beFreeOfCycles()
        .check(classes.that(not(resideInAPackage(GENERATED))));
  }
}
