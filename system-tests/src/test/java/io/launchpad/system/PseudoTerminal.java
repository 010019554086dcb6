// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A program at a terminal of its own, and a person who types and reads.
final class PseudoTerminal implements AutoCloseable {
  static final String ENTER = "\r";
  static final String TAB = "\t";
  static final String UP = "\033OA";
  static final String CTRL_C = "\003";
  static final String CTRL_D = "\004";

  private static final String SPAWN =
      "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

  /// What moves the cursor or colours; what is left is what a person reads.
  private static final Pattern CONTROLS =
      Pattern.compile("\\033\\[[0-9;?]*[ -/]*[@-~]|\\033[=>]|\\033[()].|[\\r\\007]");

  private final Process process;
  private final OutputStream keys;
  private final StringBuilder screen = new StringBuilder();
  private boolean ended;
  private int read;

  private PseudoTerminal(Process process) {
    this.process = process;
    keys = process.getOutputStream();
    var _ = Thread.ofVirtual().name("terminal").start(this::read);
  }

  static PseudoTerminal run(Map<String, String> environment, String... command) throws IOException {
    var all =
        new ArrayList<>(
            List.of(
                Installation.interpreter().toString(),
                "-c",
                SPAWN,
                "sh",
                "-c",
                "stty rows 50 columns 200; exec \"$0\" \"$@\""));
    all.addAll(List.of(command));
    var builder = new ProcessBuilder(all).redirectErrorStream(true);
    builder.environment().put("TERM", "xterm");
    builder.environment().putAll(environment);
    return new PseudoTerminal(builder.start());
  }

  private void read() {
    byte[] bytes = new byte[8192];
    try (InputStream out = process.getInputStream()) {
      for (int count; (count = out.read(bytes)) >= 0; ) {
        synchronized (this) {
          screen.append(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
          notifyAll();
        }
      }
    } catch (IOException _) {
      // The terminal is gone with its program.
    }
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }

  void type(String text) throws IOException {
    keys.write(text.getBytes(StandardCharsets.UTF_8));
    keys.flush();
  }

  /// Waits until this is on the screen, behind what was awaited before.
  synchronized void await(String text) throws InterruptedException {
    long end = System.nanoTime() + Deadline.LONG.toNanos();
    while (true) {
      String shown = CONTROLS.matcher(screen).replaceAll("");
      int found = shown.indexOf(text, read);
      if (found >= 0) {
        read = found + text.length();
        return;
      }
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (ended || left <= 0) {
        throw new AssertionError("never shown: " + text + "; the screen:\n" + shown);
      }
      wait(left);
    }
  }

  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(Deadline.LONG.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the program goes on; the screen:\n" + screen);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
