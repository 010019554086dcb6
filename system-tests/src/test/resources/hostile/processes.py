# SPDX-License-Identifier: Apache-2.0
"""Other processes: seeing them, signalling them, looking into them, taking their place."""

import fcntl
import resource
import signal
import socket
import struct

HERE = os.getpid()


@attack("pid namespace", "its own")
def lists_processes():
    others = [pid for pid in os.listdir("/proc") if pid.isdigit() and os.stat("/proc/" + pid).st_uid != os.getuid()]
    return others or "its own"


@attack("pid namespace", "ESRCH")
def kills_the_broker():
    os.kill(HOST["broker"], signal.SIGKILL)


@attack("pid namespace", "ESRCH")
def kills_the_service():
    os.kill(HOST["service"], signal.SIGKILL)


@attack("pid namespace", "ESRCH")
def kills_its_zygote():
    os.kill(HOST["zygote"], signal.SIGKILL)


@attack("pid namespace", "ESRCH")
def kills_the_victim():
    os.kill(HOST["victim"], signal.SIGKILL)


@attack("pid namespace", "ESRCH")
def stops_the_victim():
    os.kill(HOST["victim"], signal.SIGSTOP)


@attack("uts namespace", "session")
def reads_the_hosts_name():
    return os.uname().nodename


@attack("cgroup namespace", "/")
def reads_where_its_group_is():
    with open("/proc/self/cgroup") as file:
        return " ".join(sorted({line.split(":", 2)[2].strip() for line in file}))


@attack("pid namespace", "its init and its own")
def finds_numbers_of_processes():
    found = []
    for number in range(1, 70_000):
        try:
            os.kill(number, 0)
            found.append(number)
        except ProcessLookupError:
            pass
        except PermissionError:
            found.append(number)
    shown = [pid for pid in os.listdir("/proc") if pid.isdigit()]  # its own: lists_processes
    own = {int(thread) for pid in shown for thread in os.listdir(f"/proc/{pid}/task")}
    return "its init and its own" if set(found) - own == {1} else found


@attack("account of its init", "EPERM")
def kills_its_init():
    os.kill(1, signal.SIGKILL)


@attack("account of its init", "EPERM")
def stops_its_init():
    os.kill(1, signal.SIGSTOP)


@attack("account of its init", "EPERM")
def kills_its_init_by_descriptor():
    init = os.pidfd_open(1)
    signal.pidfd_send_signal(init, signal.SIGKILL)


@attack("account of its init", "EPERM")
def queues_a_signal_for_its_init():
    information = ctypes.create_string_buffer(bytes([signal.SIGTERM, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]), 128)
    call("rt_sigqueueinfo", 1, int(signal.SIGTERM), information)


@attack("pid namespace", "ESRCH")
def has_signals_sent_to_the_broker():
    file = os.open("/dev/null", os.O_RDONLY)
    fcntl.fcntl(file, fcntl.F_SETOWN, HOST["broker"])


@attack("system calls", "EPERM")
def traces_its_parent():
    call("ptrace", 16, os.getppid(), 0, 0)


@attack("system calls", "EPERM")
def asks_to_be_traced():
    call("ptrace", 0, 0, 0, 0)


@attack("system calls", "EPERM")
def reads_memory_of_another_process():
    call("process_vm_readv", 1, 0, 0, 0, 0, 0)


@attack("system calls", "EPERM")
def writes_memory_of_another_process():
    call("process_vm_writev", 1, 0, 0, 0, 0, 0)


@attack("proc of its own", "ENOENT")
def opens_its_inits_memory():
    open("/proc/1/mem", "rb")


@attack("system calls", "EPERM")
def takes_a_descriptor_of_its_init():
    call("pidfd_getfd", os.pidfd_open(1), 3, 0)


@attack("system calls", "EPERM")
def compares_itself_with_its_init():
    call("kcmp", HERE, 1, 0, 0, 0)


@attack("system calls", "EPERM")
def advises_its_inits_memory():
    call("process_madvise", os.pidfd_open(1), 0, 0, 21, 0)


@attack("system calls", "EPERM")
def frees_its_inits_memory():
    call("process_mrelease", os.pidfd_open(1), 0)


@attack("account of its init", "EPERM")
def limits_its_init():
    resource.prlimit(1, resource.RLIMIT_NOFILE, (3, 3))


@attack("account of its init", "EPERM")
def moves_its_init_to_one_processor():
    os.sched_setaffinity(1, {0})


@attack("account of its init", "EPERM")
def slows_its_init_down():
    os.setpriority(os.PRIO_PROCESS, 1, 19)


@attack("account", "its own")
def slows_down_everybody_of_other_accounts():
    for uid in range(os.getuid() - 3, os.getuid() + 4):
        try:
            os.setpriority(os.PRIO_USER, uid, 19)
        except OSError:
            continue
        if uid != os.getuid():
            return uid
    return "its own"


@attack("no capability", "EACCES")
def becomes_more_important():
    os.setpriority(os.PRIO_PROCESS, 0, -20)


@attack("no capability", "EPERM")
def becomes_a_real_time_process():
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


@attack("no capability", "EPERM")
def becomes_a_process_with_deadlines():
    fields = [56, 6, 0, 0, 0, 10**7, 10**8, 10**8]
    attributes = ctypes.create_string_buffer(struct.pack("<IIQiIQQQ", *fields), 56)
    call("sched_setattr", 0, attributes, 0)


@attack("system calls", "EPERM")
def comes_first_at_the_disk():
    call("ioprio_set", 1, 0, 1 << 13)


@attack("no capability", "EACCES")
def is_the_last_to_go_when_memory_is_short():
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("-1000")


@attack("limits", "EPERM")
def raises_a_limit():
    limit = ctypes.create_string_buffer((1 << 20).to_bytes(8, "little") * 2, 16)
    call("prlimit64", 0, 6, limit, 0)


@attack("limits", "EPERM")
def asks_for_core_files():
    limit = ctypes.create_string_buffer((1 << 30).to_bytes(8, "little") * 2, 16)
    call("prlimit64", 0, 4, limit, 0)


@attack("limits", "no core file")
def leaves_a_core_file():
    child = os.fork()
    if child == 0:
        os.chdir("/tmp")
        os.abort()
    status = os.waitpid(child, 0)[1]
    return f"core dumped: {os.listdir('/tmp')}" if os.WCOREDUMP(status) else "no core file"


def send_credentials(pid, uid, gid):
    one, other = socket.socketpair()
    other.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    credentials = struct.pack("iII", pid, uid, gid)
    one.sendmsg([b"!"], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, credentials)])


@attack("user namespace", "EINVAL")
def pretends_to_be_root_over_a_socket():
    send_credentials(os.getpid(), 0, 0)


@attack("no capability", "EPERM")
def pretends_to_be_a_neighbour_over_a_socket():
    send_credentials(os.getpid(), os.getuid() + 1, os.getgid() + 1)


@attack("no capability", "EPERM")
def pretends_to_be_its_init_over_a_socket():
    send_credentials(1, os.getuid(), os.getgid())


@attack("account", "EPERM")
def changes_to_the_neighbours_account():
    os.setuid(os.getuid() + 1)


@attack("user namespace", "EINVAL")
def becomes_root():
    os.setuid(0)


@attack("user namespace", "EINVAL")
def joins_roots_group():
    os.setgid(0)


@attack("no capability", "EPERM")
def joins_other_groups():
    os.setgroups([os.getgid() + 1])


@attack("no capability", "EPERM")
def takes_capabilities_back():
    header = ctypes.create_string_buffer((0x20080522).to_bytes(4, "little"), 8)
    call("capset", header, ctypes.create_string_buffer(b"\xff" * 24, 24))


@attack("no capability", "EPERM")
def raises_an_ambient_capability():
    call("prctl", 47, 2, 21, 0, 0)


@attack("no new privileges", "EINVAL")
def allows_new_privileges_again():
    call("prctl", 38, 0, 0, 0, 0)


@attack("no capability", "EPERM")
def maps_users_anew():
    with open("/proc/self/uid_map", "w") as file:
        file.write("0 0 1")


@attack("environment", "none")
def finds_the_socket_of_the_broker():
    # Where the service has it, and a zygote its own.
    named = os.environ.get("LAUNCHPAD_BROKER_FD")
    found = [named] if named else []
    for number in range(3, 256):
        try:
            if socket.socket(fileno=os.dup(number)).type == socket.SOCK_SEQPACKET:
                found.append(number)
        except OSError:
            pass
    return found or "none"


@attack("descriptors", "none")
def finds_descriptors_that_it_was_not_given():
    own = {"/dev/null", "/dev/urandom"}
    found = []
    for number in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink("/proc/self/fd/" + number)
        except OSError:
            continue
        if target not in own and not target.startswith(("pipe:", "/proc/")):
            found.append(target)
    return found or "none"
