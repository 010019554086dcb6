# SPDX-License-Identifier: Apache-2.0
"""What the attacks of this folder have in common; a test sends it in front of them.

An attack is a function. It is stopped by the exception or the signal that ends it; what it returns is what it got.
`HOST` holds what an attacker could have guessed of the machine: paths and process numbers.
"""

import ctypes
import errno
import os
import select
import signal
import time

SECONDS = 30
ATTACKS = {}

# System calls that Python has no words for, by their numbers on x86-64.
NUMBERS = {
    "ptrace": 101, "syslog": 103, "capset": 126, "personality": 135, "sched_setattr": 314, "modify_ldt": 154,
    "pivot_root": 155, "adjtimex": 159, "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167, "reboot": 169,
    "iopl": 172, "ioperm": 173, "init_module": 175, "delete_module": 176, "quotactl": 179, "acct": 163, "io_setup": 206,
    "clock_settime": 227, "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250, "ioprio_set": 251,
    "inotify_init": 253, "migrate_pages": 256, "mq_open": 240, "mbind": 237, "unshare": 272, "vmsplice": 278,
    "move_pages": 279, "inotify_init1": 294, "perf_event_open": 298, "fanotify_init": 300, "prlimit64": 302,
    "name_to_handle_at": 303, "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311,
    "kcmp": 312, "finit_module": 313, "seccomp": 317, "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323,
    "preadv2": 327, "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fspick": 433, "pidfd_open": 434, "clone3": 435, "pidfd_getfd": 438,
    "process_madvise": 440, "mount_setattr": 442, "landlock_create_ruleset": 444, "memfd_secret": 447,
    "process_mrelease": 448, "cachestat": 451, "clone": 56, "socket": 41, "sethostname": 170, "setdomainname": 171,
    "chroot": 161, "vhangup": 153, "rt_sigqueueinfo": 129, "timer_create": 222, "mmap": 9, "mincore": 27, "prctl": 157,
    "shmget": 29, "semget": 64, "msgget": 68, "ioctl": 16, "setpriority": 141, "getpid": 39, "sched_setscheduler": 144,
    "lookup_dcookie": 212, "remap_file_pages": 216, "uselib": 134, "memfd_create": 319, "nothing_yet": 1023,
}  # fmt: skip

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def call(name, *arguments):
    """A system call without the C library between."""
    return call_number(NUMBERS[name], *arguments)


def call_number(number, *arguments):
    given = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = _libc.syscall(ctypes.c_long(number), *given)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def attack(layer, outcome):
    """Marks an attack; the test reads from the file which layer stops it, and with what."""

    def register(function):
        ATTACKS[function.__name__] = function
        return function

    return register


def ends(layer, outcome):
    """Marks one that takes the session with it: how that ends at the engine, the test knows."""
    return attack(layer, outcome)


def outcome_of(function):
    """What became of it, in a word."""
    try:
        result = function()
    except OSError as error:
        return errno.errorcode.get(error.errno, f"OSError {error}")
    except Exception as error:
        return type(error).__name__
    return "done" if result is None else str(result)


def outcome_in_a_fork(function):
    """So that an attack that gets through harms none of those after it."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        outcome = outcome_of(function)
        os.write(writes, outcome.encode()[:4096])
        os._exit(0)
    os.close(writes)
    if not select.select([reads], [], [], SECONDS)[0]:
        os.kill(child, signal.SIGKILL)
    told = os.read(reads, 4096).decode()
    os.close(reads)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return told or f"status {os.waitstatus_to_exitcode(status)}"


def outcomes(*names):
    """The result of a session that makes several attacks, one after the other."""
    chosen = names or ATTACKS
    return pandas.DataFrame({"attack": list(chosen), "outcome": [outcome_in_a_fork(ATTACKS[name]) for name in chosen]})
