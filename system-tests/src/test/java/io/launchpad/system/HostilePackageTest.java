// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A package that attacks when it is imported, which its runtime's zygote does: before there is any
/// satellite, and with the rights that making one takes.
@Timeout(180)
final class HostilePackageTest {
  /// What each attempt of hostile/package.py meets.
  private static final Map<String, String> MET =
      Map.ofEntries(
          Map.entry("reads_a_file_of_the_host", "ENOENT"),
          Map.entry("reads_the_passwords", "ENOENT"),
          Map.entry("becomes_root", "EINVAL"),
          Map.entry("becomes_somebody_of_the_host", "EINVAL"),
          Map.entry("takes_capabilities_back", "EPERM"),
          Map.entry("opens_a_connection", "EAFNOSUPPORT"),
          Map.entry("speaks_to_the_kernel", "EAFNOSUPPORT"),
          Map.entry("speaks_to_the_hypervisor", "EAFNOSUPPORT"),
          Map.entry("reads_raw_packets", "EAFNOSUPPORT"),
          Map.entry("signals_everybody", "ESRCH"),
          Map.entry("traces_its_parent", "EPERM"),
          Map.entry("loads_a_program_into_the_kernel", "EPERM"),
          Map.entry("loads_a_module", "EPERM"),
          Map.entry("watches_the_processor", "EPERM"),
          Map.entry("opens_a_ring_of_requests", "ENOSYS"),
          Map.entry("handles_page_faults", "EPERM"),
          Map.entry("joins_a_key_ring", "EPERM"),
          Map.entry("opens_a_file_by_its_handle", "EPERM"),
          Map.entry("makes_a_disk", "EPERM"),
          Map.entry("mounts_a_disk", "EPERM"),
          Map.entry("takes_the_root_folder_away", "EPERM"),
          Map.entry("changes_the_root_folder", "EPERM"),
          Map.entry("moves_a_mount_of_the_host", "EPERM"),
          Map.entry("plants_a_file_beside_its_package", "EROFS"),
          Map.entry("plants_a_file_there_when_it_has_made_it_writable", "EPERM"),
          Map.entry("plants_a_program_when_it_has_made_the_programs_writable", "EPERM"),
          // CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SETPCAP and CAP_SYS_ADMIN of a user namespace
          // that
          // knows its accounts and nobody else; the bounding set is of no use without more.
          Map.entry("capabilities", "00000000002001e0"),
          Map.entry("no new privileges, filters", "1 2"),
          Map.entry("networks", "lo"));

  @Test
  void package_reachesNothingOfTheHostWhenItIsImported() throws Exception {
    Path folder = Files.createTempDirectory("launchpad-secret-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path secret =
        Files.writeString(folder.resolve("secret"), "everybody on the host may read this");
    try (var packages = Packages.make()) {
      packages.install(
          "hostile", AttackFile.resource("attempt") + "\n" + AttackFile.resource("package"));
      var settings =
          packages
              .imports("hostile")
              .with("runtime.python.environment.SECRET", secret)
              .with("runtime.python.environment.LIBRARY", packages.folder());
      try (var service = ServiceUnderTest.start(settings)) {
        try (var engine = Engine.of(service.transport())) {
          assertEquals(new TreeMap<>(MET), met(engine));
        }
        service.awaitIdle();
      }
    } finally {
      Files.delete(secret);
      Files.delete(folder);
    }
  }

  /// What it met while it was imported, as a script of the runtime finds it.
  private static Map<String, String> met(Engine engine) {
    var met = new TreeMap<String, String>();
    engine
        .run("import hostile; OutputDataSet = pandas.DataFrame(list(hostile.MET.items()))")
        .success()
        .rows()
        .forEach(row -> met.put(row.getFirst().toString(), row.getLast().toString()));
    return met;
  }
}
