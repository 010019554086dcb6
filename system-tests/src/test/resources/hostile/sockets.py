# SPDX-License-Identifier: Apache-2.0
"""Networks, sockets and what processes share without files."""

import socket
from multiprocessing import shared_memory

# What the victim uses.
NAME = "\0victim"
KEY = 0x76696374


@attack("system calls", "EAFNOSUPPORT")
def opens_a_connection():
    socket.socket(socket.AF_INET)


@attack("system calls", "EAFNOSUPPORT")
def opens_a_connection_of_version_6():
    socket.socket(socket.AF_INET6)


@attack("system calls", "EAFNOSUPPORT")
def opens_a_pair_of_connections():
    socket.socketpair(socket.AF_INET)


@attack("system calls", "EAFNOSUPPORT")
def speaks_to_the_kernel():
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)


@attack("system calls", "EAFNOSUPPORT")
def speaks_to_the_audit_of_the_kernel():
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9)


@attack("system calls", "EAFNOSUPPORT")
def reads_raw_packets():
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)


@attack("system calls", "EAFNOSUPPORT")
def speaks_to_the_hypervisor():
    socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)


@attack("system calls", "EAFNOSUPPORT")
def uses_the_kernels_ciphers():
    socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)


@attack("system calls", "EAFNOSUPPORT")
def opens_a_fast_path_to_the_network():
    socket.socket(44, socket.SOCK_RAW, 0)


@attack("system calls", "EAFNOSUPPORT")
def speaks_to_bluetooth():
    socket.socket(31, socket.SOCK_RAW, 1)


@attack("system calls", "EAFNOSUPPORT")
def hides_a_family_in_the_upper_half():
    call("socket", (1 << 32) | socket.AF_INET, 1, 0)


@attack("system calls", "AF_UNIX")
def tries_every_family():
    found = []
    for family in range(64):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            try:
                call("socket", family, int(kind), 0)
                found.append(family)
            except OSError:
                pass
    return "AF_UNIX" if set(found) == {int(socket.AF_UNIX)} else sorted(set(found))


@attack("network namespace", "lo")
def looks_for_networks():
    with open("/proc/self/net/dev") as file:
        return " ".join(line.split(":")[0].strip() for line in file if ":" in line)


@attack("network namespace", "none")
def looks_for_sockets_of_others():
    with open("/proc/self/net/unix") as file:
        return " ".join(line.split()[-1] for line in file if "@" in line or "/" in line) or "none"


@attack("network namespace", "ECONNREFUSED")
def connects_to_the_victims_abstract_socket():
    socket.socket(socket.AF_UNIX).connect(NAME)


@attack("network namespace", "done")
def takes_the_victims_abstract_name():
    # It is free here, and stays the victim's there.
    socket.socket(socket.AF_UNIX).bind(NAME)


@attack("root folder", "ENOENT")
def connects_to_the_service():
    socket.socket(socket.AF_UNIX).connect(HOST["socket"])


@attack("root folder", "ENOENT")
def connects_to_the_hosts_bus():
    socket.socket(socket.AF_UNIX).connect("/run/dbus/system_bus_socket")


@attack("root folder", "ENOENT")
def connects_to_the_hosts_containers():
    socket.socket(socket.AF_UNIX).connect("/var/run/docker.sock")


@attack("ipc namespace", "ENOENT")
def opens_the_victims_shared_memory():
    call("shmget", KEY, 4096, 0)


@attack("ipc namespace", "ENOENT")
def reads_the_victims_shared_memory():
    segment = call("shmget", KEY, 4096, 0)
    read_only, failed = 0o10000, ctypes.c_void_p(-1).value
    _libc.shmat.restype = ctypes.c_void_p
    if _libc.shmat(ctypes.c_int(segment), None, read_only) == failed:
        raise OSError(ctypes.get_errno(), "shmat")


@attack("ipc namespace", "ENOENT")
def opens_the_victims_semaphores():
    call("semget", KEY, 1, 0)


@attack("ipc namespace", "ENOENT")
def opens_the_victims_messages():
    call("msgget", KEY, 0)


@attack("scratch folder of its own", "ENOENT")
def opens_the_victims_named_memory():
    shared_memory.SharedMemory("victim")


@attack("no capability", "EPERM")
def takes_more_buffer_than_allowed():
    socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, 32, 1 << 30)


@attack("system calls", "ENOTTY")
def configures_an_interface():
    call("ioctl", socket.socketpair()[0].fileno(), 0x8913, ctypes.create_string_buffer(40))
