// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli;

import io.launchpad.cli.demo.DemoCommand;
import io.launchpad.cli.shell.SqlCommand;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The part of the `launchpad` command that talks SQL.
@Command(
    name = "launchpad",
    subcommands = {SqlCommand.class, DemoCommand.class})
public final class Main {
  private Main() {}

  /// Exits with 0 when every statement succeeded, 1 when one failed, 2 when the arguments are
  /// wrong.
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Main())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler((failure, command, _) -> {
              command.getErr().println("launchpad: " + text(failure));
              return command.getCommandSpec().exitCodeOnExecutionException();
            })
            .execute(arguments));
  }

  /// Errors of the file system carry little but the file's name.
  private static String text(Exception failure) {
    return switch (failure) {
      case NoSuchFileException e -> e.getFile() + ": no such file or folder";
      case AccessDeniedException e -> e.getFile() + ": permission denied";
      default -> String.valueOf(failure.getMessage());
    };
  }
}
