// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import io.launchpad.sdk.Input;
import io.launchpad.sdk.Row;
import io.launchpad.sdk.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// An input as one execution sees it: all of a stream, a piece of it, or nothing.
public final class InputData implements Input, AutoCloseable {
  private static final Schema NO_COLUMNS = new Schema(List.of());

  private final String name;
  private final BufferAllocator allocator;
  private final @Nullable BatchSource source;
  private final BatchFeed feed;
  private final List<Batch> kept = new ArrayList<>();
  private @Nullable Table table;
  private boolean taken;

  private InputData(
      String name, BufferAllocator allocator, @Nullable BatchSource source, BatchFeed feed) {
    this.name = name;
    this.allocator = allocator;
    this.source = source;
    this.feed = feed;
  }

  /// All of a stream, read as the script reads it.
  public static InputData whole(String name, BufferAllocator allocator, BatchSource source) {
    return new InputData(name, allocator, source, source);
  }

  /// Rows that are there.
  static InputData piece(
      String name, BufferAllocator allocator, BatchSource source, List<Batch> batches) {
    return new InputData(name, allocator, source, BatchFeed.of(batches));
  }

  /// What stands for the main input of a call without inputs.
  public static InputData none(String name, BufferAllocator allocator) {
    return new InputData(name, allocator, null, BatchFeed.of(List.of()));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Schema schema() throws IOException {
    return source == null ? NO_COLUMNS : source.schema();
  }

  @Override
  public Table table() throws IOException {
    Table made = table;
    if (made == null) {
      take();
      Batch batch;
      while ((batch = feed.next()) != null) {
        kept.add(batch);
      }
      made = tableOf(schema(), kept.stream().map(Batch::part).toList());
      table = made;
    }
    return made;
  }

  @Override
  public ArrowReader reader() throws IOException {
    Schema columns = source == null ? NO_COLUMNS : source.wireSchema();
    if (table != null) {
      return new BatchReader(allocator, columns, BatchFeed.of(kept), true);
    }
    take();
    return new BatchReader(allocator, columns, feed, false);
  }

  @Override
  public Iterable<Row> rows() throws IOException {
    if (table != null) {
      return table.rows();
    }
    take();
    var rows = new LiveRows(schema());
    return () -> rows;
  }

  private Table tableOf(Schema columns, List<Table.Part> parts) {
    return source == null
        ? new Table(columns, parts)
        : new Table(columns, parts, source.mapping()::shown);
  }

  private void take() {
    if (taken) {
      throw new IllegalStateException(
          "input '%s' was read already; table() can be read again".formatted(name));
    }
    taken = true;
  }

  @Override
  public void close() {
    kept.forEach(Batch::close);
    kept.clear();
    try {
      if (source != null && feed != source) {
        // What the script left of a piece.
        Batch batch;
        while ((batch = feed.next()) != null) {
          batch.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Rows of one batch after the other, of which only the current one is in memory.
  private final class LiveRows implements Iterator<Row> {
    private final Schema columns;
    private Iterator<Row> rows = Collections.emptyIterator();
    private @Nullable Batch current;

    LiveRows(Schema columns) {
      this.columns = columns;
    }

    @Override
    public boolean hasNext() {
      while (!rows.hasNext()) {
        if (current != null) {
          current.close();
          current = null;
        }
        try {
          current = feed.next();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        if (current == null) {
          return false;
        }
        rows = tableOf(columns, List.of(current.part())).rows().iterator();
      }
      return true;
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException("after the last row");
      }
      return rows.next();
    }
  }
}
