// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.code;

import java.util.List;

/// What scripts share with the satellite: the JDK, the SDK and Arrow. Nothing else of the
/// satellite's libraries is in the way of those that scripts bring.
final class SharedClasses extends ClassLoader {
  private static final List<String> SHARED =
      List.of("io.launchpad.sdk.", "org.apache.arrow.", "com.sun.", "javax.tools.");

  static {
    registerAsParallelCapable();
  }

  SharedClasses() {
    super("shared", ClassLoader.getPlatformClassLoader());
  }

  /// Reached when the JDK's own loader does not know the class.
  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (SHARED.stream().anyMatch(name::startsWith)) {
      return Class.forName(name, false, SharedClasses.class.getClassLoader());
    }
    throw new ClassNotFoundException(name);
  }
}
