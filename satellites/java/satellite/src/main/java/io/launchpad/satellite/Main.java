// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite;

import io.launchpad.protocol.Connector;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.LocalInfo;
import io.launchpad.protocol.NetworkLoops;
import io.launchpad.protocol.ProtocolException;
import io.launchpad.satellite.code.CodePolicy;
import io.launchpad.satellite.console.Console;
import io.launchpad.satellite.session.Interrupts;
import io.launchpad.satellite.session.SessionHandler;
import io.launchpad.satellite.session.SessionSetting;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.arrow.memory.RootAllocator;

/// One satellite: warms itself, says hello on the descriptors it was given, and runs one script.
///
/// `--train` instead plays what a satellite does, and ends: for the cache of classes that
/// satellites are started with. `--check` warms itself and ends: for who examines an installation.
public final class Main {
  static final String SOFTWARE = "java-satellite (Java %s)".formatted(Runtime.version());

  /// What is to be warmed, PROTOCOL.md section 4. Java's sessions differ too little to choose
  /// parts.
  private static final String WARM_UP = "LAUNCHPAD_WARM_UP";

  /// A request waits for this satellite: it would play first what the request is about to do.
  private static final String WARM_NOTHING = "nothing";

  /// How long the service may take to close its end after the last word.
  private static final Duration LINGER = Duration.ofSeconds(1);

  private static final int EXIT_DONE = 0;
  private static final int EXIT_USAGE = 64;
  private static final int EXIT_FAILED = 70;
  private static final int EXIT_PEER_GONE = 80;
  private static final int EXIT_VIOLATION = 81;
  private static final int EXIT_CHANNEL_DAMAGED = 82;

  private Main() {}

  public static void main(String[] arguments) {
    try {
      if (arguments.length == 1 && arguments[0].equals("--train")) {
        Training.run();
        return; // The virtual machine writes its cache when it exits by itself.
      }
      if (arguments.length == 1 && arguments[0].equals("--check")) {
        check();
        Runtime.getRuntime().halt(EXIT_DONE);
      }
      if (!"split".equals(System.getenv("LAUNCHPAD_PROFILE"))) {
        System.err.println(
            "the Java satellite is started by launchpad's broker, with LAUNCHPAD_PROFILE=split");
        System.exit(EXIT_USAGE);
      }
      serve();
      // Threads that the script left are not waited for.
      Runtime.getRuntime().halt(EXIT_DONE);
    } catch (IOException | InterruptedException | ExecutionException | RuntimeException e) {
      System.err.println("the Java satellite failed: " + e);
      Runtime.getRuntime().halt(EXIT_FAILED);
    }
  }

  /// Says which Java this is, and warms itself.
  private static void check() throws IOException, InterruptedException, ExecutionException {
    System.out.println(Runtime.version());
    System.out.flush();
    try (NetworkLoops loops = NetworkLoops.start("channel", 1);
        var allocator = new RootAllocator()) {
      WarmUp.play(loops, allocator);
    }
  }

  /// The session's own folder: the JDK takes both from elsewhere.
  private static void useSessionFolder() {
    setProperty("java.io.tmpdir", "TMPDIR");
    setProperty("user.home", "HOME");
  }

  private static void setProperty(String property, String variable) {
    String value = System.getenv(variable);
    if (value != null && !value.isEmpty()) {
      System.setProperty(property, value);
    }
  }

  private static void serve() throws IOException, InterruptedException, ExecutionException {
    useSessionFolder();
    Channels channels = Channels.open();
    String runtime = System.getenv().getOrDefault("LAUNCHPAD_RUNTIME", "java");
    CodePolicy policy = CodePolicy.of(System.getenv());
    NetworkLoops loops = NetworkLoops.start("channel", 1);
    var allocator = new RootAllocator();
    if (!WARM_NOTHING.equals(System.getenv(WARM_UP))) {
      WarmUp.park(loops, allocator);
    }
    var interrupts = new Interrupts(Thread.currentThread());
    InterruptSignal.handle(interrupts::request);
    var handler = new SessionHandler(interrupts, cause -> end(channels, cause));
    var connector = new Connector(loops, LocalInfo.of(SOFTWARE), new SecureRandom());
    var connection =
        connector
            .serveAsSatellite(
                Channels.CONTROL, Channels.DATA, SessionSetting.LANGUAGE, runtime, _ -> handler)
            .toCompletableFuture()
            .get();
    var console = new Console(connection::send);
    console.install();
    // A script that exits has its last lines sent; who kills the process says how it ended.
    Runtime.getRuntime().addShutdownHook(new Thread(console::close, "console"));
    IdleWarmUp.awaitRequest(
        handler, () -> WarmUp.play(loops, allocator, WarmUpPassage.class.getName()));
    handler.serve(new SessionSetting(runtime, policy, console, interrupts), allocator);
    handler.part(LINGER);
  }

  /// The process has no reason to be any more.
  private static void end(Channels channels, ProtocolException cause) {
    int status;
    if (!channels.areIntact()) {
      status = EXIT_CHANNEL_DAMAGED;
    } else if (cause.error().code() == ErrorCode.PROTOCOL_VIOLATION) {
      status = EXIT_VIOLATION;
    } else {
      status = EXIT_PEER_GONE;
    }
    Runtime.getRuntime().halt(status);
  }
}
