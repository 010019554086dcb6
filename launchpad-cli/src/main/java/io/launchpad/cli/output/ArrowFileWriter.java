// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;

/// A result set as an Arrow IPC stream, exactly as it came.
public final class ArrowFileWriter implements ResultWriter {
  private final OutputStream out;
  private boolean used;

  public ArrowFileWriter(OutputStream out) {
    this.out = out;
  }

  @Override
  public long write(ArrowReader result) throws IOException {
    if (used) {
      throw new IOException("an Arrow stream holds one result set; run the statements one by one");
    }
    used = true;
    long rows = 0;
    VectorSchemaRoot root = result.getVectorSchemaRoot();
    WritableByteChannel channel = Channels.newChannel(out);
    // The writer reads the dictionaries with the first batch, so it starts after that is there.
    boolean more = result.loadNextBatch();
    var writer = new ArrowStreamWriter(root, result, channel);
    writer.start();
    for (; more; more = result.loadNextBatch()) {
      writer.writeBatch();
      rows += root.getRowCount();
    }
    writer.end();
    return rows;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
