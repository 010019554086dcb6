// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.error.EngineError;
import io.launchpad.embedded.error.StatementFailure;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// The results of parallel tasks one after another, in the order of the tasks.
///
/// A thread for each task reads ahead, up to a number of bytes, so that tasks whose turn has not
/// come are not held up at once.
final class ParallelResults extends ArrowReader {

  private final List<Task> tasks = new ArrayList<>();
  private int current;

  /// @param sources without dictionaries; closed by this reader
  ParallelResults(BufferAllocator allocator, List<? extends ArrowReader> sources, long bytesAhead) {
    super(allocator);
    for (ArrowReader source : sources) {
      tasks.add(new Task(source, allocator, bytesAhead));
    }
  }

  @Override
  protected Schema readSchema() throws IOException {
    Schema first = tasks.getFirst().source.getVectorSchemaRoot().getSchema();
    for (int i = 1; i < tasks.size(); i++) {
      requireSame(first, tasks.get(i).source.getVectorSchemaRoot().getSchema(), i);
    }
    for (int i = 0; i < tasks.size(); i++) {
      tasks.get(i).start(i);
    }
    return first;
  }

  private static void requireSame(Schema first, Schema other, int task) {
    List<Field> expected = first.getFields();
    List<Field> found = other.getFields();
    boolean same = expected.size() == found.size();
    for (int i = 0; same && i < expected.size(); i++) {
      same = expected.get(i).getType().equals(found.get(i).getType());
    }
    if (!same) {
      throw StatementFailure.of(
          EngineError.TASKS_COLUMNS_DIFFER,
          "The parallel tasks returned different columns: task 0 %s, task %d %s. Declare them with"
              + " WITH RESULT SETS.",
          expected,
          task,
          found);
    }
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    ensureInitialized();
    VectorSchemaRoot root = getVectorSchemaRoot();
    root.clear();
    while (current < tasks.size()) {
      VectorSchemaRoot batch = tasks.get(current).next();
      if (batch == null) {
        current++;
        continue;
      }
      try (batch) {
        transfer(batch, root);
        return true;
      }
    }
    return false;
  }

  private static void transfer(VectorSchemaRoot from, VectorSchemaRoot into) {
    for (int i = 0; i < from.getFieldVectors().size(); i++) {
      from.getVector(i).makeTransferPair(into.getVector(i)).transfer();
    }
    into.setRowCount(from.getRowCount());
  }

  @Override
  public long bytesRead() {
    return tasks.stream().mapToLong(t -> t.source.bytesRead()).sum();
  }

  @Override
  protected void closeReadSource() throws IOException {
    for (Task task : tasks) {
      task.close();
    }
  }

  /// One task's results and the thread that reads them ahead.
  private static final class Task {

    private final ArrowReader source;
    private final BufferAllocator allocator;
    private final long bytesAhead;
    private final Deque<VectorSchemaRoot> batches = new ArrayDeque<>();
    private long bytes;
    private boolean ended;
    private boolean closed;
    private @Nullable Throwable failure;
    private @Nullable Thread thread;

    Task(ArrowReader source, BufferAllocator allocator, long bytesAhead) {
      this.source = source;
      this.allocator = allocator;
      this.bytesAhead = bytesAhead;
    }

    void start(int number) {
      thread = Thread.ofVirtual().name("results-of-task-" + number).start(this::pump);
    }

    private void pump() {
      try {
        while (awaitRoom() && source.loadNextBatch()) {
          add(take(source.getVectorSchemaRoot()));
        }
      } catch (IOException | RuntimeException | InterruptedException e) {
        fail(e);
      } finally {
        end();
      }
    }

    private VectorSchemaRoot take(VectorSchemaRoot root) {
      var vectors = new ArrayList<FieldVector>();
      for (FieldVector vector : root.getFieldVectors()) {
        FieldVector copy = vector.getField().createVector(allocator);
        vector.makeTransferPair(copy).transfer();
        vectors.add(copy);
      }
      return new VectorSchemaRoot(root.getSchema().getFields(), vectors, root.getRowCount());
    }

    private synchronized boolean awaitRoom() throws InterruptedException {
      while (bytes >= bytesAhead && !closed) {
        wait();
      }
      return !closed;
    }

    private synchronized void add(VectorSchemaRoot batch) {
      batches.add(batch);
      bytes += size(batch);
      notifyAll();
    }

    private synchronized void fail(Throwable e) {
      failure = e;
    }

    private synchronized void end() {
      ended = true;
      notifyAll();
    }

    /// The next batch, or null after the last.
    synchronized @Nullable VectorSchemaRoot next() throws IOException {
      try {
        while (batches.isEmpty() && !ended) {
          wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for results", e);
      }
      VectorSchemaRoot batch = batches.poll();
      if (batch != null) {
        bytes -= size(batch);
        notifyAll();
        return batch;
      }
      switch (failure) {
        case null -> {}
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        default -> throw new IOException(failure);
      }
      return null;
    }

    private static long size(VectorSchemaRoot batch) {
      return batch.getFieldVectors().stream().mapToLong(FieldVector::getBufferSize).sum();
    }

    /// The source must have been stopped, or this waits for it.
    void close() throws IOException {
      synchronized (this) {
        closed = true;
        notifyAll();
      }
      join();
      synchronized (this) {
        batches.forEach(VectorSchemaRoot::close);
        batches.clear();
      }
      source.close();
    }

    private void join() throws IOException {
      if (thread != null) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted while waiting for results", e);
        }
      }
    }
  }
}
