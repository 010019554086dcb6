// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The text files of this repository, without what builds leave in it.
final class SourceTree {
  private static final Set<String> LEFT_OUT =
      Set.of(
          ".git",
          ".launchpad",
          "target",
          ".idea",
          ".vscode",
          ".venv",
          "__pycache__",
          ".pytest_cache",
          ".cifuzz-corpus");

  /// A file by its path from the root, with its lines.
  record Source(String path, List<String> lines) {
    boolean isIn(String folder) {
      return path.startsWith(folder + "/");
    }

    boolean endsWith(String... endings) {
      return Stream.of(endings).anyMatch(path::endsWith);
    }

    /// The lines that match, as `path:number: line`.
    Stream<String> matches(Predicate<String> condition) {
      var found = new ArrayList<String>();
      for (int i = 0; i < lines.size(); i++) {
        if (condition.test(lines.get(i))) {
          found.add(path + ":" + (i + 1) + ": " + lines.get(i).strip());
        }
      }
      return found.stream();
    }
  }

  private final Path root;
  private final List<Source> sources;

  private SourceTree(Path root, List<Source> sources) {
    this.root = root;
    this.sources = sources;
  }

  static SourceTree read() throws IOException {
    Path root = Path.of(System.getProperty("launchpad.root"));
    var sources = new ArrayList<Source>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return LEFT_OUT.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            // In a worktree `.git` is a file.
            if (!LEFT_OUT.contains(file.getFileName().toString())) {
              linesOf(file)
                  .ifPresent(
                      lines -> sources.add(new Source(root.relativize(file).toString(), lines)));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return new SourceTree(root, sources);
  }

  Stream<Source> all() {
    return sources.stream();
  }

  Path root() {
    return root;
  }

  /// Empty for what is not text.
  private static Optional<List<String>> linesOf(Path file) {
    try {
      return Optional.of(Files.readAllLines(file, StandardCharsets.UTF_8));
    } catch (CharacterCodingException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
