// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.code;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;

/// Class files that stand in memory.
final class CompiledFiles extends ForwardingJavaFileManager<StandardJavaFileManager> {
  private final Map<String, ByteArrayOutputStream> classes = new LinkedHashMap<>();

  CompiledFiles(StandardJavaFileManager files) {
    super(files);
  }

  @Override
  public JavaFileObject getJavaFileForOutput(
      Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
    var bytes = new ByteArrayOutputStream();
    classes.put(className, bytes);
    return new SimpleJavaFileObject(
        URI.create("script:///" + className.replace('.', '/') + kind.extension), kind) {
      @Override
      public OutputStream openOutputStream() {
        return bytes;
      }
    };
  }

  Map<String, byte[]> classes() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    classes.forEach((name, bytes) -> files.put(name, bytes.toByteArray()));
    return files;
  }
}
