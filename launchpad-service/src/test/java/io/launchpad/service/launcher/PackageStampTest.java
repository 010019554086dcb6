// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PackageStampTest {
  @TempDir Path folder;
  private Path packages;
  private PackageStamp before;

  @BeforeEach
  void installAPackage() throws IOException {
    packages = folder.resolve("site-packages");
    Files.createDirectories(packages.resolve("numpy"));
    Files.createDirectories(packages.resolve("numpy-1.0.dist-info"));
    Files.writeString(packages.resolve("numpy/__init__.py"), "one");
    Files.writeString(packages.resolve("numpy-1.0.dist-info/RECORD"), "numpy/__init__.py");
    before = stamp();
  }

  private PackageStamp stamp() {
    return PackageStamp.of(List.of(packages, folder.resolve("not-there")));
  }

  private void assertDiffers(String how) {
    PackageStamp after = stamp();
    assertNotEquals(before, after);
    assertEquals(how.replace("~", packages.toString()), after.differenceFrom(before));
  }

  @Test
  void stamp_isTheSameWhenNothingHasChanged() {
    assertEquals(before, stamp());
  }

  @Test
  void newPackage_isADifference() throws IOException {
    Files.createDirectory(packages.resolve("pandas"));
    assertDiffers("new ~/pandas");
  }

  @Test
  void removedPackage_isADifference() throws IOException {
    Files.delete(packages.resolve("numpy-1.0.dist-info/RECORD"));
    Files.delete(packages.resolve("numpy-1.0.dist-info"));
    assertDiffers("removed ~/numpy-1.0.dist-info, removed ~/numpy-1.0.dist-info/RECORD");
  }

  @Test
  void moduleEditedInPlace_isADifference() throws IOException {
    Files.writeString(packages.resolve("numpy/__init__.py"), "three");
    assertDiffers("changed ~/numpy/__init__.py");
  }

  @Test
  void moduleReplacedByOneOfTheSameSizeAndTime_isADifference() throws IOException {
    Path module = packages.resolve("numpy/__init__.py");
    FileTime time = Files.getLastModifiedTime(module);
    Path other = Files.writeString(folder.resolve("other"), "two");
    Files.setLastModifiedTime(other, time);
    Files.move(other, module, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertDiffers("changed ~/numpy/__init__.py");
  }

  @Test
  void compiledFiles_areNoDifference() throws IOException {
    Files.createDirectories(packages.resolve("numpy/__pycache__"));
    Files.writeString(packages.resolve("numpy/__pycache__/__init__.pyc"), "code");
    Files.createDirectories(packages.resolve("__pycache__"));
    assertEquals(before, stamp());
  }

  @Test
  void manyDifferences_areCounted() throws IOException {
    for (String name : List.of("a", "b", "c", "d", "e")) {
      Files.writeString(packages.resolve(name), name);
    }
    assertDiffers("new ~/a, new ~/b, new ~/c and 2 more");
  }

  @Test
  void folderThatGoesAway_isADifference() throws IOException {
    Files.move(packages, folder.resolve("moved"));
    assertEquals(PackageStamp.of(List.of()), stamp());
    assertNotEquals(before, stamp());
  }
}
