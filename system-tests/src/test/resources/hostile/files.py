# SPDX-License-Identifier: Apache-2.0
"""Files of the host, of the service and of neighbours; links, devices and rights."""

import fcntl
import glob
import pwd
import shutil
import stat
import subprocess
import sys


@attack("root folder", "ENOENT")
def reads_the_hosts_password_hashes():
    open("/etc/shadow").read()


@attack("root folder", "launchpad")
def reads_the_hosts_users():
    return ",".join(sorted({entry.pw_name.rstrip("0123456789") for entry in pwd.getpwall()}))


@attack("root folder", "ENOENT")
def reads_a_file_that_everybody_may_read():
    open(HOST["secret"]).read()


@attack("root folder", "ENOENT")
def reads_the_services_configuration():
    open(HOST["configuration"]).read()


@attack("root folder", "ENOENT")
def lists_the_services_folder():
    os.listdir(HOST["folder"])


def beside_the_runtime(folder):
    """What a folder shows that is not on the way to where the runtime was installed."""
    import launchpad_satellite

    installed = [sys.prefix, os.path.realpath(sys.executable), os.path.dirname(launchpad_satellite.__file__)]
    shown = os.listdir(folder) if os.path.isdir(folder) else []
    found = [name for name in shown if not any(path.startswith(f"{folder}/{name}/") for path in installed)]
    return found or "nothing"


@attack("root folder", "nothing")
def lists_homes():
    return beside_the_runtime("/home")


@attack("root folder", "nothing")
def lists_roots_home():
    return beside_the_runtime(os.sep + "root")


@attack("root folder", "nothing")
def lists_var():
    return beside_the_runtime("/var")


@attack("root folder", "nothing")
def lists_run():
    return beside_the_runtime("/run")


@attack("root folder", "ENOENT")
def lists_the_kernels_settings():
    os.listdir("/sys/kernel")


@attack("root folder", "ENOENT")
def opens_control_groups():
    open("/sys/fs/cgroup/cgroup.procs")


@attack("root folder", "ENOENT")
def opens_the_kernels_memory():
    open("/dev/mem")


@attack("root folder", "ENOENT")
def opens_the_virtual_machine_device():
    open("/dev/kvm")


@attack("root folder", "ENOENT")
def opens_the_terminal():
    open("/dev/tty")


@attack("root folder", "ENOENT")
def opens_terminals_until_there_are_none():
    open("/dev/ptmx")


@attack("root folder", "full null random urandom zero")
def looks_for_devices():
    return " ".join(sorted(name for name in os.listdir("/dev") if not os.path.islink("/dev/" + name)))


@attack("proc of processes only", "ENOENT")
def reads_the_kernels_image():
    open("/proc/kcore")


@attack("proc of processes only", "ENOENT")
def sets_the_handler_of_core_files():
    open("/proc/sys/kernel/core_pattern", "w")


@attack("proc of processes only", "ENOENT")
def triggers_sysrq():
    open("/proc/sysrq-trigger", "w")


@attack("proc of processes only", "ENOENT")
def reads_key_rings():
    open("/proc/keys")


@attack("read-only mounts", "EROFS")
def writes_to_usr():
    open("/usr/bin/hostile", "w")


@attack("read-only mounts", "EROFS")
def writes_to_the_root_folder():
    open("/hostile", "w")


@attack("read-only mounts", "EROFS")
def preloads_a_library_into_everybody():
    open("/etc/ld.so.preload", "w")


@attack("account", "EACCES")
def adds_a_user():
    open("/etc/passwd", "a")


@attack("read-only mounts", "EROFS")
def plants_code_in_the_interpreter():
    open(os.path.join(sys.prefix, "lib", "hostile.pth"), "w")


@attack("account", "EACCES")
def overwrites_the_interpreter():
    open(os.path.realpath(sys.executable), "r+b")


@attack("account", "EACCES")
def overwrites_the_program_that_runs():
    # By the link that no path of the root folder has to lead to.
    open("/proc/self/exe", "r+b")


@attack("read-only mounts", "EROFS")
def plants_code_in_the_satellite():
    import launchpad_satellite

    open(os.path.join(os.path.dirname(launchpad_satellite.__file__), "hostile.py"), "w")


@attack("read-only mounts", "EROFS")
def exchanges_tmp():
    os.rename("/tmp", "/tmp2")


@attack("read-only mounts", "EROFS")
def deletes_a_device():
    os.unlink("/dev/null")


@attack("read-only mounts", "EROFS")
def touches_a_device():
    os.utime("/dev/null")


@attack("read-only mounts", "EROFS")
def opens_a_device_to_nobody():
    os.chmod("/dev/null", 0)


@attack("root folder", "ENOENT")
def follows_a_link_of_its_own():
    os.symlink("/etc/shadow", "/tmp/link")
    open("/tmp/link")


@attack("root folder", "ENOENT")
def climbs_out():
    open("/.." * 40 + "/etc/shadow")


@attack("root folder", "ENOENT")
def climbs_out_from_an_open_folder():
    folder = os.open("/usr", os.O_RDONLY)
    os.open("../etc/shadow", os.O_RDONLY, dir_fd=folder)


@attack("root folder", "ENOENT")
def goes_through_its_own_root():
    open("/proc/self/root/etc/shadow")


@attack("proc of its own", "ENOENT")
def goes_through_its_inits_root():
    os.listdir("/proc/1/root")


@attack("separate mounts", "EXDEV")
def links_a_program_of_the_host_to_itself():
    os.link("/usr/bin/env", "/tmp/env")


@attack("separate mounts", "EXDEV")
def links_an_open_file_of_the_host_to_itself():
    file = os.open("/usr/bin/env", os.O_RDONLY)
    os.link(f"/proc/self/fd/{file}", "/tmp/env", follow_symlinks=True)


@attack("scratch folder of its own", "ENOENT")
def reads_the_victims_file():
    open("/tmp/victim").read()


@attack("scratch folder of its own", "only its own")
def looks_for_folders_of_others():
    paths = glob.glob("/session/*") + glob.glob("/session/*/*")
    found = [path for path in paths if os.lstat(path).st_uid != os.getuid()]
    return found or "only its own"


@attack("no capability", "EPERM")
def gives_a_file_to_another_account():
    open("/tmp/mine", "w").close()
    os.chown("/tmp/mine", os.getuid() + 1, -1)


@attack("no set-uid programs", "nobody else")
def runs_a_set_uid_program_of_its_own():
    shutil.copy("/usr/bin/id", "/tmp/id")
    os.chmod("/tmp/id", 0o6755)
    found = subprocess.run(["/tmp/id", "-u"], capture_output=True, text=True, check=True).stdout
    return "nobody else" if int(found) == os.getuid() else found


@attack("no set-uid programs", "nosuid nodev read-only")
def finds_mounts_with_set_uid_programs():
    flags = os.statvfs("/usr/bin").f_flag
    wanted = {"nosuid": os.ST_NOSUID, "nodev": os.ST_NODEV, "read-only": os.ST_RDONLY}
    return " ".join(name for name, bit in wanted.items() if flags & bit)


@attack("no capability", "EPERM")
def gives_a_file_capabilities():
    open("/tmp/capable", "w").close()
    os.setxattr("/tmp/capable", "security.capability", bytes.fromhex("0100000200000020000000000000000000000000"))


@attack("system calls", "EPERM")
def makes_a_device():
    os.mknod("/tmp/memory", stat.S_IFCHR | 0o666, os.makedev(1, 1))


@attack("system calls", "EPERM")
def opens_a_file_by_its_number():
    call("open_by_handle_at", -100, ctypes.create_string_buffer(64), os.O_RDONLY)


@attack("system calls", "EPERM")
def asks_for_a_files_number():
    call("name_to_handle_at", -100, b"/usr", ctypes.create_string_buffer(64), ctypes.create_string_buffer(8), 0)


@attack("system calls", "ENOSYS")
def watches_what_others_read():
    call("inotify_init1", 0)


@attack("system calls", "EINVAL")
def is_told_of_reads_by_signals():
    folder = os.open("/usr/bin", os.O_RDONLY)
    fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS | fcntl.DN_MULTISHOT)


@attack("system calls", "EPERM")
def watches_the_whole_file_system():
    call("fanotify_init", 0, 0)


@attack("system calls", "EINVAL")
def holds_a_lease_on_a_library():
    file = os.open("/usr/bin/env", os.O_RDONLY)
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)


@attack("system calls", "ENOTSUP")
def asks_whether_a_page_is_in_memory():
    file = os.open("/usr/bin/env", os.O_RDONLY)
    os.preadv(file, [bytearray(1)], 0, os.RWF_NOWAIT)


@attack("system calls", "ENOSYS")
def asks_how_much_of_a_file_is_in_memory():
    call("cachestat", 0, ctypes.create_string_buffer(16), ctypes.create_string_buffer(64), 0)


@attack("system calls", "EINVAL")
def drops_a_library_from_memory():
    file = os.open("/usr/bin/env", os.O_RDONLY)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)


@attack("system calls", "EPERM")
def has_the_host_write_back_its_disks():
    file = os.open("/usr/bin/env", os.O_RDONLY)
    if _libc.syncfs(file) < 0:
        raise OSError(ctypes.get_errno(), "syncfs")


@attack("environment", "none")
def looks_for_secrets_in_its_environment():
    with open("/proc/self/environ", "rb") as file:
        entries = file.read().split(b"\0") + [f"{name}={value}".encode() for name, value in os.environ.items()]
    return ",".join(sorted({entry.decode() for entry in entries if b"secret" in entry})) or "none"
