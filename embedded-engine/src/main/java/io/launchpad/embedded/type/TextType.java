// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.type;

/// A character type: `char(n)`, `varchar(n|max)`, `nchar(n)`, `nvarchar(n|max)`, and what is
/// written as text of any length: `xml`, `json`.
///
/// `char` and `varchar` count the bytes of the UTF-8 encoding, `nchar` and `nvarchar` count UTF-16
/// code units.
public record TextType(Kind kind, int length) implements SqlType {

  /// Which of them.
  public enum Kind {
    CHAR("char", false, true),
    VARCHAR("varchar", false, false),
    NCHAR("nchar", true, true),
    NVARCHAR("nvarchar", true, false),
    XML("xml", true, false),
    JSON("json", true, false);

    private final String sql;
    private final boolean national;
    private final boolean padded;

    Kind(String sql, boolean national, boolean padded) {
      this.sql = sql;
      this.national = national;
      this.padded = padded;
    }

    /// Whether lengths count UTF-16 code units, not bytes.
    public boolean national() {
      return national;
    }

    /// Whether shorter values are filled up with spaces.
    public boolean padded() {
      return padded;
    }

    public int lengthMax() {
      return isDocument() ? 0 : national ? 4000 : 8000;
    }

    /// Whether the text is that of a document, which has no declared length.
    public boolean isDocument() {
      return this == XML || this == JSON;
    }
  }

  /// The length that stands for `(max)`.
  public static final int MAX = Integer.MAX_VALUE;

  public static final TextType XML = new TextType(Kind.XML, MAX);
  public static final TextType JSON = new TextType(Kind.JSON, MAX);
  public static final TextType NVARCHAR_MAX = new TextType(Kind.NVARCHAR, MAX);

  public TextType {
    boolean max = length == MAX && !kind.padded();
    if (!max && (length < 1 || length > kind.lengthMax())) {
      throw new IllegalArgumentException("%s(%d)".formatted(kind.sql, length));
    }
  }

  public boolean isMax() {
    return length == MAX;
  }

  @Override
  public String baseName() {
    return kind.sql;
  }

  @Override
  public String sql() {
    if (kind.isDocument()) {
      return kind.sql;
    }
    return kind.sql + (isMax() ? "(max)" : "(" + length + ")");
  }

  @Override
  public String toString() {
    return sql();
  }
}
