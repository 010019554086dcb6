// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the files of a runtime's packages were at one moment, as far as their folders tell: names,
/// sizes and times two levels deep, which every installer changes (`NAME.dist-info` is there). A
/// module edited in place further below is not seen.
record PackageStamp(Map<Path, Mark> files) {
  private static final int DEPTH = 2;

  /// What is beyond is not looked at.
  private static final int FILES_MAX = 50_000;

  private static final int NAMED_MAX = 3;

  /// @param key its inode, where there is one
  record Mark(long size, @Nullable FileTime changed, @Nullable Object key) {
    /// A folder: its times tell of compiled files that an interpreter left there.
    static final Mark FOLDER = new Mark(0, null, null);

    static Mark of(BasicFileAttributes file) {
      return file.isDirectory()
          ? FOLDER
          : new Mark(file.size(), file.lastModifiedTime(), file.fileKey());
    }
  }

  /// Looks at files and folders; what is not there, or cannot be read, is not in it.
  static PackageStamp of(List<Path> watched) {
    var files = new TreeMap<Path, Mark>();
    for (Path path : watched) {
      try {
        Files.walkFileTree(
            path, EnumSet.noneOf(java.nio.file.FileVisitOption.class), DEPTH, new Look(files));
      } catch (IOException e) {
        files.remove(path);
      }
    }
    return new PackageStamp(files);
  }

  /// Says what differs from what was.
  String differenceFrom(PackageStamp before) {
    List<Path> different =
        Stream.concat(files.keySet().stream(), before.files.keySet().stream())
            .distinct()
            .filter(path -> !Objects.equals(files.get(path), before.files.get(path)))
            .sorted()
            .toList();
    String named =
        String.join(
            ", ",
            different.stream().limit(NAMED_MAX).map(path -> word(path, before) + path).toList());
    int more = different.size() - NAMED_MAX;
    return more > 0 ? named + " and " + more + " more" : named;
  }

  private String word(Path path, PackageStamp before) {
    if (!files.containsKey(path)) {
      return "removed ";
    }
    return before.files.containsKey(path) ? "changed " : "new ";
  }

  private static final class Look extends SimpleFileVisitor<Path> {
    private final Map<Path, Mark> files;

    Look(Map<Path, Mark> files) {
      this.files = files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      if (folder.endsWith("__pycache__")) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      return visitFile(folder, attributes);
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (files.size() >= FILES_MAX) {
        return FileVisitResult.TERMINATE;
      }
      if (!file.endsWith("__pycache__")) {
        files.put(file, Mark.of(attributes));
      }
      return FileVisitResult.CONTINUE;
    }

    /// One that went away meanwhile, or is closed to the service.
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }
}
