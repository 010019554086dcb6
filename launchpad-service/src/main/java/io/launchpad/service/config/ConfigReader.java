// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Typed access to the keys of a [ConfigText] that remembers what was asked for and what was wrong.
///
/// A getter never throws: it notes the problem and answers the default, so that one run finds every
/// problem. What was never asked for is unknown; [#finish] reports it together with the rest.
final class ConfigReader {
  /// How an absent optional value is printed; no value can look like it.
  private static final String UNSET = "";

  static final String UNLIMITED = "unlimited";

  private final ConfigText text;
  private final Map<String, String> environment;
  private final Map<String, String> effective = new LinkedHashMap<>();
  private final List<ConfigProblem> problems;

  ConfigReader(ConfigText text, Map<String, String> environment) {
    this.text = text;
    this.environment = Map.copyOf(environment);
    this.problems = new ArrayList<>(text.problems());
  }

  String string(String key, String standard) {
    return value(key, standard, Function.identity(), Function.identity());
  }

  Optional<String> optional(String key) {
    return optional(key, Function.identity(), Function.identity());
  }

  Optional<Path> optionalPath(String key) {
    return optional(key, ConfigReader::absolute, Path::toString);
  }

  Path path(String key, Path standard) {
    return value(key, standard, ConfigReader::absolute, Path::toString);
  }

  Path requiredPath(String key) {
    return optionalPath(key).orElseGet(() -> missing(key, Path.of("/")));
  }

  int integer(String key, int standard, int min, int max) {
    return value(
        key,
        standard,
        typed -> within(typed, Integer.parseInt(typed), min, max, Object::toString),
        String::valueOf);
  }

  /// A limit: a value, or the word `unlimited`.
  <T> ResourcePoolSettings.Limit<T> limit(
      String key, Optional<T> standard, Function<String, T> parse) {
    Optional<T> value =
        value(
            key,
            standard,
            typed -> typed.equals(UNLIMITED) ? Optional.empty() : Optional.of(parse.apply(typed)),
            given -> given.map(ConfigReader::print).orElse(UNLIMITED));
    return new ResourcePoolSettings.Limit<>(key, value, value.equals(standard));
  }

  static String print(Object value) {
    return value instanceof Duration time ? Durations.format(time) : value.toString();
  }

  static Function<String, DataSize> sizes(DataSize min, DataSize max) {
    return typed -> within(typed, DataSize.parse(typed), min, max, DataSize::toString);
  }

  static Function<String, Duration> durations(Duration min, Duration max) {
    return typed -> within(typed, Durations.parse(typed), min, max, Durations::format);
  }

  static Function<String, Long> counts(long min, long max) {
    return typed -> within(typed, Long.valueOf(typed), min, max, Object::toString);
  }

  Optional<String> optional(String key, Function<String, String> parse) {
    return optional(key, parse, Function.identity());
  }

  /// A positive number that may be larger than an `int`.
  long count(String key, long standard) {
    return value(
        key,
        standard,
        typed -> within(typed, Long.valueOf(typed), 1L, Long.MAX_VALUE, Object::toString),
        String::valueOf);
  }

  DataSize size(String key, DataSize standard, DataSize min, DataSize max) {
    return value(key, standard, sizes(min, max), DataSize::toString);
  }

  Duration duration(String key, Duration standard, Duration min, Duration max) {
    return value(key, standard, durations(min, max), Durations::format);
  }

  boolean flag(String key, boolean standard) {
    return value(
        key,
        standard,
        typed ->
            switch (typed) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException("not true or false: " + typed);
            },
        String::valueOf);
  }

  <E extends Enum<E>> E choice(String key, Class<E> type, E standard) {
    return value(key, standard, typed -> constant(type, typed), ConfigReader::spelled);
  }

  /// Words separated by commas.
  List<String> list(String key, List<String> standard) {
    return value(key, standard, ConfigReader::split, words -> String.join(", ", words));
  }

  List<Integer> integers(String key) {
    return value(
        key,
        List.of(),
        typed -> split(typed).stream().map(Integer::valueOf).toList(),
        numbers -> numbers.stream().map(String::valueOf).collect(Collectors.joining(", ")));
  }

  Optional<InetSocketAddress> optionalAddress(String key) {
    return optional(key, ConfigReader::address, ConfigReader::spelled);
  }

  InetSocketAddress address(String key, InetSocketAddress standard) {
    return value(key, standard, ConfigReader::address, ConfigReader::spelled);
  }

  Optional<String> environment(String name) {
    return Optional.ofNullable(environment.get(name));
  }

  /// The second parts of all keys `section.NAME.…`, in alphabetical order.
  SortedSet<String> names(String section) {
    var names = new TreeSet<String>();
    for (var entry : text.entries().entrySet()) {
      String[] parts = entry.getKey().split("\\.", 3);
      if (parts.length == 3 && parts[0].equals(section)) {
        if (parts[1].matches("[A-Za-z0-9][A-Za-z0-9_-]{0,62}")) {
          names.add(parts[1]);
        } else {
          problem(entry.getKey(), "'" + parts[1] + "' is not a name of letters, digits, - and _");
        }
      }
    }
    return names;
  }

  /// All keys that start with `prefix`, without it, and their values.
  Map<String, String> map(String prefix) {
    var map = new LinkedHashMap<String, String>();
    text.entries()
        .forEach((key, entry) -> {
          if (key.startsWith(prefix) && key.length() > prefix.length()) {
            map.put(key.substring(prefix.length()), string(key, ""));
          }
        });
    return map;
  }

  <T> T missing(String key, T placeholder) {
    if (!text.entries().containsKey(key)) {
      problem(key, key + " is required");
    }
    return placeholder;
  }

  void problem(String key, String message) {
    var entry = text.entries().get(key);
    problems.add(new ConfigProblem(text.file(), entry == null ? 0 : entry.line(), message));
  }

  /// Every key that was asked for with its value in effect; one that is not set has an empty value.
  Map<String, String> effective() {
    return new LinkedHashMap<>(effective);
  }

  void finish() {
    text.entries()
        .forEach((key, entry) -> {
          if (!effective.containsKey(key)) {
            String hint =
                Suggestions.nearest(key, effective.keySet())
                    .map(near -> "; did you mean " + near + "?")
                    .orElse("");
            problem(key, "unknown key " + key + hint);
          }
        });
    if (!problems.isEmpty()) {
      problems.sort((a, b) ->
          a.line() != b.line()
              ? Integer.compare(a.line(), b.line())
              : a.message().compareTo(b.message()));
      throw new ConfigException(problems);
    }
  }

  <T> T value(String key, T standard, Function<String, T> parse, Function<T, String> print) {
    T result = parsed(key, parse);
    T used = result == null ? standard : result;
    effective.put(key, print.apply(used));
    return used;
  }

  private <T> Optional<T> optional(
      String key, Function<String, T> parse, Function<T, String> print) {
    Optional<T> result = Optional.ofNullable(parsed(key, parse));
    effective.put(key, result.map(print).orElse(UNSET));
    return result;
  }

  private <T> @Nullable T parsed(String key, Function<String, T> parse) {
    var entry = text.entries().get(key);
    if (entry == null) {
      return null;
    }
    try {
      if (entry.value().isEmpty()) {
        throw new IllegalArgumentException("no value; leave the key out for its default");
      }
      return parse.apply(entry.value());
    } catch (NumberFormatException e) {
      problem(key, key + ": not a whole number: " + entry.value());
    } catch (IllegalArgumentException e) {
      problem(key, key + ": " + e.getMessage());
    }
    return null;
  }

  private static <T extends Comparable<T>> T within(
      String typed, T value, T min, T max, Function<T, String> print) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          typed + " is not between " + print.apply(min) + " and " + print.apply(max));
    }
    return value;
  }

  private static Path absolute(String typed) {
    Path path = Path.of(typed);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("not an absolute path: " + typed);
    }
    return path.normalize();
  }

  private static List<String> split(String typed) {
    return Arrays.stream(typed.split(",")).map(String::strip).filter(w -> !w.isEmpty()).toList();
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String typed) {
    E[] constants = type.getEnumConstants();
    for (E constant : constants) {
      if (spelled(constant).equals(typed)) {
        return constant;
      }
    }
    String words =
        Arrays.stream(constants).map(ConfigReader::spelled).collect(Collectors.joining(", "));
    throw new IllegalArgumentException("not one of " + words + ": " + typed);
  }

  private static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static InetSocketAddress address(String typed) {
    int colon = typed.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("not HOST:PORT: " + typed);
    }
    String host = typed.substring(0, colon);
    int port =
        within(typed, Integer.valueOf(typed.substring(colon + 1)), 0, 65_535, Object::toString);
    if (!host.matches("[0-9.]+|\\[[0-9a-fA-F:.]+\\]")) {
      throw new IllegalArgumentException("not an IP address (IPv6 in brackets) and port: " + typed);
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an IP address: " + host, e);
    }
  }

  private static String spelled(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
