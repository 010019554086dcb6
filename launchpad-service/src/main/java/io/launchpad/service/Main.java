// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import ch.qos.logback.classic.Level;
import io.launchpad.sandbox.SandboxException;
import io.launchpad.sandbox.linux.BrokerClient;
import io.launchpad.service.config.ConfigException;
import io.launchpad.service.config.LoggingConfig;
import io.launchpad.service.config.ServiceConfig;
import io.launchpad.service.doctor.Doctor;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The service's command line: `serve CONFIG`, below its broker, `serve --print-config CONFIG` and
/// `doctor CONFIG`.
public final class Main {
  private static final int STATUS_CONFIGURATION = 78; // EX_CONFIG
  private static final int STATUS_USAGE = 64; // EX_USAGE
  private static final int STATUS_BROKER_GONE = 70; // EX_SOFTWARE

  private Main() {}

  @SuppressWarnings("SystemExitOutsideMain")
  public static void main(String[] arguments) {
    int status = run(List.of(arguments), System.getenv(), System.out, System.err);
    if (status != 0) {
      System.exit(status);
    }
  }

  static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    try {
      return switch (arguments) {
        case List<String> a when a.size() == 2 && a.getFirst().equals("serve") ->
            serve(ServiceConfig.load(Path.of(a.getLast()), environment), environment);
        case List<String> a
            when a.size() == 3
                && a.getFirst().equals("serve")
                && a.get(1).equals("--print-config") -> {
          out.print(ServiceConfig.load(Path.of(a.getLast()), environment).print());
          out.flush();
          yield 0;
        }
        case List<String> a when a.size() == 2 && a.getFirst().equals("doctor") ->
            Doctor.run(Path.of(a.getLast()), environment, out);
        default -> {
          err.println("usage: serve [--print-config] CONFIG | doctor CONFIG");
          yield STATUS_USAGE;
        }
      };
    } catch (ConfigException | StartException | SandboxException e) {
      err.println(e.getMessage());
      return STATUS_CONFIGURATION;
    }
  }

  private static int serve(ServiceConfig config, Map<String, String> environment) {
    setLevel(config.logging());
    var launchpad = Launchpad.start(config, BrokerClient.connect(environment));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> goDown(launchpad), "shutdown"));
    String reason = launchpad.brokerEnded().toCompletableFuture().join();
    if (launchpad.isClosing()) {
      return 0; // the hook's doing, and its status
    }
    LoggerFactory.getLogger(Main.class)
        .atError()
        .addKeyValue("reason", reason)
        .log("the broker has ended");
    return STATUS_BROKER_GONE;
  }

  /// On SIGTERM, from the broker or the administrator, and when this program ends by itself; the
  /// machine waits for it.
  private static void goDown(Launchpad launchpad) {
    boolean asked = !launchpad.brokerEnded().toCompletableFuture().isDone();
    launchpad.close();
    if (asked) {
      // Of itself the machine would say 143, as if it had not gone down in order.
      Runtime.getRuntime().halt(0);
    }
  }

  private static void setLevel(LoggingConfig config) {
    if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)
        instanceof ch.qos.logback.classic.Logger root) {
      root.setLevel(Level.toLevel(config.level().name()));
    }
  }
}
