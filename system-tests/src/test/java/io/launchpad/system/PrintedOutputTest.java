// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.Message.OutputChannel;
import io.launchpad.protocol.Message.OutputSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What scripts and their descendants print, by whatever way, as the engine hears it.
final class PrintedOutputTest {
  private static final long PRINT_BYTES = 1 << 20;

  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service =
        ServiceUnderTest.start(
            Settings.NONE
                .with("runtime.python.parked-min", 2)
                .with("limits.print-bytes", PRINT_BYTES + "B"));
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  private static Events heard(String script) throws Exception {
    try (Call call = engine.start(Engine.request(script).build())) {
      call.finish().success();
      return call.events();
    }
  }

  @Test
  void print_arrivesWhileTheScriptRuns() throws Exception {
    // The script ends when it is cancelled, which happens when its print was heard.
    try (Call call =
        engine.start(
            Engine.request("import time\nprint('ready=yes')\nwhile True: time.sleep(1000)")
                .build())) {
      assertEquals("yes", call.events().awaitPrinted("ready"));
      call.execution().cancel("heard");
      call.finish().cancelled();
    }
  }

  @Test
  void channelsAndSources_areToldApart() throws Exception {
    Events events =
        heard(
            """
            import os, subprocess, sys
            print("one")
            print("two", file=sys.stderr)
            os.write(1, b"three\\n")
            subprocess.run("echo four > /dev/stderr", shell=True, check=True)
            with open("/dev/stdout", "w") as again: again.write("five\\n")
            """);
    assertEquals("one\n", events.text(OutputChannel.STDOUT, OutputSource.INTERPRETER));
    assertEquals("two\n", events.text(OutputChannel.STDERR, OutputSource.INTERPRETER));
    assertEquals("three\nfive\n", events.text(OutputChannel.STDOUT, OutputSource.RAW));
    assertEquals("four\n", events.text(OutputChannel.STDERR, OutputSource.RAW));
  }

  @Test
  void binaryOnStdout_becomesText() throws Exception {
    Events events =
        heard(
            """
            import os, sys
            os.write(1, b'a\\xff\\x00b\\n')
            sys.stdout.buffer.write(b'\\xfec\\n')
            """);
    assertEquals("a\uFFFD\u0000b\n", events.text(OutputChannel.STDOUT, OutputSource.RAW));
    assertEquals("\uFFFDc\n", events.text(OutputChannel.STDOUT, OutputSource.INTERPRETER));
  }

  @Test
  void floodOfAGigabyte_isCutAndSaidSo() throws Exception {
    long lines = 1 << 20;
    Events events = heard("line = 'x' * 1023\nfor _ in range(" + lines + "): print(line)");
    assertEquals(lines * 1024, events.text().length() + events.droppedBytes());
    assertTrue(events.text().length() <= PRINT_BYTES, "heard " + events.text().length());
    assertTrue(events.droppedBytes() > 0);
  }

  @Test
  void rawFlood_isCutAndSaidSo() throws Exception {
    long blocks = 3200;
    Events events = heard("import os\nfor _ in range(" + blocks + "): os.write(1, b'y' * 65536)");
    assertEquals(blocks * 65536, events.text().length() + events.droppedBytes());
    assertTrue(events.text().length() <= PRINT_BYTES, "heard " + events.text().length());
    assertTrue(events.droppedBytes() > 0);
  }
}
