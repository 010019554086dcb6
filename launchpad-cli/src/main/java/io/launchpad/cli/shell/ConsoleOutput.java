// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.shell;

import java.io.IOException;
import java.io.OutputStream;

/// Standard output, which its reader may close before the end, as `head` does. The write that finds
/// out fails, so that nobody goes on making what nobody reads; all after it is dropped.
final class ConsoleOutput extends OutputStream {
  /// How a program ends that writes to nobody: 128 and the number of SIGPIPE.
  static final int NOBODY_READS = 141;

  private final OutputStream out;
  private final Runnable gone;
  private volatile boolean readerGone;

  /// @param gone told once, when the reader has gone
  ConsoleOutput(OutputStream out, Runnable gone) {
    this.out = out;
    this.gone = gone;
  }

  boolean isReaderGone() {
    return readerGone;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (readerGone) {
      return;
    }
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      // The JDK has no other way to say EPIPE.
      if ("Broken pipe".equals(e.getMessage())) {
        readerGone = true;
        gone.run();
      }
      throw e;
    }
  }

  @Override
  public void flush() throws IOException {
    if (!readerGone) {
      out.flush();
    }
  }
}
