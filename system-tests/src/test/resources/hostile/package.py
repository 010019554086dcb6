# SPDX-License-Identifier: Apache-2.0
"""A package that attacks as it is imported; attempt.py stands in front of it. `MET` is what became of it."""

import socket
import stat

MET = {}
LIBRARY = os.environ["LIBRARY"]
REMOUNT, BIND = 0x20, 0x1000


def attempt(function):
    try:
        function()
        MET[function.__name__] = "done"
    except OSError as error:
        MET[function.__name__] = errno.errorcode[error.errno]
    except Exception as error:
        MET[function.__name__] = type(error).__name__


@attempt
def reads_a_file_of_the_host():
    open(os.environ["SECRET"]).read()


@attempt
def reads_the_passwords():
    open("/etc/shadow").read()


@attempt
def becomes_root():
    os.setresuid(0, 0, 0)


@attempt
def becomes_somebody_of_the_host():
    os.setresuid(1000, 1000, 1000)


@attempt
def takes_capabilities_back():
    header = ctypes.create_string_buffer((0x20080522).to_bytes(4, "little") + bytes(4))
    call("capset", header, ctypes.create_string_buffer(b"\xff" * 24))


@attempt
def opens_a_connection():
    socket.socket(socket.AF_INET)


@attempt
def speaks_to_the_kernel():
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)


@attempt
def speaks_to_the_hypervisor():
    socket.socket(socket.AF_VSOCK)


@attempt
def reads_raw_packets():
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW)


@attempt
def signals_everybody():
    os.kill(-1, 0)


@attempt
def traces_its_parent():
    call("ptrace", 16, 1, 0, 0)


@attempt
def loads_a_program_into_the_kernel():
    call("bpf", 0, 0, 0)


@attempt
def loads_a_module():
    call("init_module", 0, 0, 0)


@attempt
def watches_the_processor():
    call("perf_event_open", 0, 0, -1, -1, 0)


@attempt
def opens_a_ring_of_requests():
    call("io_uring_setup", 8, ctypes.create_string_buffer(120))


@attempt
def handles_page_faults():
    call("userfaultfd", 0)


@attempt
def joins_a_key_ring():
    call("keyctl", 1, 0)


@attempt
def opens_a_file_by_its_handle():
    call("open_by_handle_at", -100, ctypes.create_string_buffer(64), 0)


@attempt
def makes_a_disk():
    os.mknod("/session/disk", 0o600 | stat.S_IFBLK, os.makedev(8, 0))


@attempt
def mounts_a_disk():
    call("mount", b"/dev/sda", b"/session/tmp", b"ext4", 0, b"")


@attempt
def takes_the_root_folder_away():
    call("umount2", b"/", 2)


@attempt
def changes_the_root_folder():
    call("chroot", b"/session")


@attempt
def moves_a_mount_of_the_host():
    call("open_tree", -100, b"/usr", 1)


@attempt
def plants_a_file_beside_its_package():
    open(LIBRARY + "/planted.py", "w")


@attempt
def plants_a_file_there_when_it_has_made_it_writable():
    call("mount", b"", LIBRARY.encode(), b"", REMOUNT | BIND, b"")
    open(LIBRARY + "/planted.py", "w")


@attempt
def plants_a_program_when_it_has_made_the_programs_writable():
    call("mount", b"", b"/usr", b"", REMOUNT | BIND, b"")
    open("/usr/bin/planted", "w")


def fields(name):
    return [line.split()[1] for line in open("/proc/self/status") if line.startswith(name)]


MET["capabilities"] = " ".join(fields("CapPrm"))
MET["no new privileges, filters"] = " ".join(fields("NoNewPrivs") + fields("Seccomp:"))
MET["networks"] = ",".join(line.split(":")[0].strip() for line in open("/proc/self/net/dev") if ":" in line)
