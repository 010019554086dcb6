// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the golden vectors: JSON as far as they use it.
final class Vectors {
  private final String text;
  private int at;

  private Vectors(String text) {
    this.text = text;
  }

  /// One entry of a file.
  record Vector(Map<String, Object> fields) {
    String text(String name) {
      return (String) get(name);
    }

    byte[] bytes(String name) {
      return HexFormat.of().parseHex(text(name));
    }

    boolean has(String name) {
      return fields.containsKey(name);
    }

    Object get(String name) {
      Object value = fields.get(name);
      if (value == null) {
        throw new IllegalArgumentException("no " + name + " in " + fields);
      }
      return value;
    }

    List<Vector> list(String name) {
      List<Vector> entries = new ArrayList<>();
      for (Object entry : (List<?>) get(name)) {
        entries.add((Vector) entry);
      }
      return entries;
    }

    @Override
    public String toString() {
      return text("name");
    }
  }

  static List<Vector> read(String file) {
    try {
      Path path =
          Path.of(System.getProperty("launchpad.root"), "satellite-protocol", "vectors", file);
      List<Vector> vectors = new ArrayList<>();
      for (Object entry : (List<?>) new Vectors(Files.readString(path)).value()) {
        vectors.add((Vector) entry);
      }
      return vectors;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Object value() {
    char next = skip();
    return switch (next) {
      case '[' -> list();
      case '{' -> object();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      default -> number();
    };
  }

  private Object word(String word, Object value) {
    at += word.length();
    return value;
  }

  private char skip() {
    while (Character.isWhitespace(text.charAt(at)) || text.charAt(at) == ',') {
      at++;
    }
    return text.charAt(at);
  }

  private List<Object> list() {
    List<Object> list = new ArrayList<>();
    at++;
    while (skip() != ']') {
      list.add(value());
    }
    at++;
    return list;
  }

  private Vector object() {
    Map<String, Object> fields = new LinkedHashMap<>();
    at++;
    while (skip() != '}') {
      String name = string();
      if (skip() != ':') {
        throw new IllegalArgumentException("no colon at " + at);
      }
      at++;
      fields.put(name, value());
    }
    at++;
    return new Vector(fields);
  }

  private String string() {
    var out = new StringBuilder();
    at++;
    while (text.charAt(at) != '"') {
      char next = text.charAt(at++);
      if (next != '\\') {
        out.append(next);
        continue;
      }
      char escaped = text.charAt(at++);
      switch (escaped) {
        case 'n' -> out.append('\n');
        case 'u' -> {
          out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
          at += 4;
        }
        default -> out.append(escaped);
      }
    }
    at++;
    return out.toString();
  }

  private Long number() {
    int from = at;
    while (Character.isDigit(text.charAt(at)) || text.charAt(at) == '-') {
      at++;
    }
    return Long.valueOf(text.substring(from, at));
  }
}
