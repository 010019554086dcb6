// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.code;

import io.launchpad.sdk.Executor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Optional;

/// The `main` method of a class as Java's launcher finds it: static or not, with or without
/// arguments. A script may be as short as `void main() { … }`.
final class MainMethod {
  private MainMethod() {}

  static Optional<Executor> of(Class<?> type) throws ReflectiveOperationException {
    Optional<Method> withArguments = find(type, String[].class);
    Optional<Method> found = withArguments.isPresent() ? withArguments : find(type);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Method main = found.get();
    main.setAccessible(true);
    Object[] arguments =
        main.getParameterCount() == 0 ? new Object[0] : new Object[] {new String[0]};
    Object receiver = null;
    if (!Modifier.isStatic(main.getModifiers())) {
      var constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      receiver = constructor.newInstance();
    }
    Object target = receiver;
    return Optional.of(_ -> {
      Object _ = main.invoke(target, arguments);
    });
  }

  private static Optional<Method> find(Class<?> type, Class<?>... parameters) {
    for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
      try {
        Method method = at.getDeclaredMethod("main", parameters);
        if (!Modifier.isPrivate(method.getModifiers())) {
          return Optional.of(method);
        }
      } catch (NoSuchMethodException e) {
        // The superclass may have it.
      }
    }
    return Optional.empty();
  }
}
