// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.engine;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A pattern in which `*` stands for any text, also none, and everything else for itself.
record Wildcard(Pattern pattern) {
  static Wildcard of(String text) {
    String regex =
        Arrays.stream(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    return new Wildcard(Pattern.compile(regex, Pattern.DOTALL));
  }

  static List<Wildcard> of(List<String> texts) {
    return texts.stream().map(Wildcard::of).toList();
  }

  boolean matches(String text) {
    return pattern.matcher(text).matches();
  }
}
