// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.code;

import java.net.URI;
import javax.tools.SimpleJavaFileObject;

/// A source file that stands in memory. Its public class may have any name.
final class SourceText extends SimpleJavaFileObject {
  private final String source;

  SourceText(String fileName, String source) {
    super(URI.create("script:///" + fileName), Kind.SOURCE);
    this.source = source;
  }

  @Override
  public CharSequence getCharContent(boolean ignoreEncodingErrors) {
    return source;
  }

  @Override
  public boolean isNameCompatible(String simpleName, Kind kind) {
    return kind == Kind.SOURCE;
  }
}
