# SPDX-License-Identifier: Apache-2.0
"""More of everything than one session may have (each in a session of its own).

The numbers are those of the test's service: 256 MiB of memory, 128 processes, scratch of 32 MiB and 1024 files.
"""

import errno
import fcntl
import mmap
import resource
import signal
import socket
import threading


def how_many(step, most):
    """Calls `step` until it is refused; which refusal, and whether it came before `most`."""
    kept = []
    try:
        for _ in range(most):
            kept.append(step())
    except OSError as error:
        return errno.errorcode[error.errno]
    return f"{most} of them"


@ends("memory of a session", "MEMORY_LIMIT")
def fills_memory():
    kept = []
    while True:
        kept.append(b"x" * (1 << 24))


@ends("memory of a session", "MEMORY_LIMIT")
def fills_memory_with_many_processes():
    for _ in range(32):
        if os.fork() == 0:
            kept = b"x" * (1 << 25)
            while kept:
                time.sleep(1000)
    time.sleep(1000)


@ends("memory of a session", "MEMORY_LIMIT")
def fills_memory_that_no_process_has():
    file = os.memfd_create("hostile")
    while True:
        os.write(file, bytes(1 << 20))


@ends("memory of a session", "MEMORY_LIMIT")
def fills_memory_that_processes_share():
    while True:
        segment = call("shmget", 0, 1 << 24, 0o1600)
        _libc.shmat.restype = ctypes.c_void_p
        ctypes.memset(_libc.shmat(ctypes.c_int(segment), None, 0), 1, 1 << 24)


@ends("memory of a session", "MEMORY_LIMIT")
def fills_socket_buffers():
    kept = []
    while True:
        one, other = socket.socketpair()
        one.setblocking(False)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
        kept += [one, other]
        try:
            while True:
                one.send(bytes(1 << 16))
        except BlockingIOError:
            pass


@ends("memory of a session", "MEMORY_LIMIT")
def hides_from_the_one_that_looks_for_memory():
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("0")
    child = os.fork()
    kept = []
    while child == 0:
        kept.append(b"x" * (1 << 24))
    time.sleep(1000)


@attack("limit of processes", "EAGAIN")
def forks_without_end():
    children = []

    def fork():
        child = os.fork()
        if child == 0:
            while True:
                signal.pause()
        children.append(child)

    outcome = how_many(fork, 2000)
    for child in children:
        os.kill(child, signal.SIGKILL)
    return outcome


@attack("limit of processes", "RuntimeError")
def starts_threads_without_end():
    stop = threading.Event()
    threading.stack_size(1 << 16)
    try:
        for _ in range(2000):
            threading.Thread(target=stop.wait, daemon=True).start()
    finally:
        stop.set()


@attack("scratch size", "ENOSPC")
def fills_the_disk():
    with open("/tmp/large", "wb") as file:
        for _ in range(100):
            file.write(bytes(1 << 20))


@attack("scratch size", "ENOSPC")
def fills_shared_memory():
    file = os.open("/dev/shm/large", os.O_RDWR | os.O_CREAT)
    os.posix_fallocate(file, 0, 1 << 30)


@attack("scratch size", "SIGBUS")
def fills_the_disk_through_memory():
    file = os.open("/tmp/sparse", os.O_RDWR | os.O_CREAT)
    os.ftruncate(file, 1 << 30)
    memory = mmap.mmap(file, 1 << 30)
    for at in range(0, 1 << 30, mmap.PAGESIZE):
        memory[at] = 1


@attack("scratch files", "ENOSPC")
def makes_files_without_end():
    for number in range(5000):
        os.close(os.open(f"/tmp/{number}", os.O_CREAT | os.O_WRONLY))


@attack("scratch files", "ENOSPC")
def makes_folders_in_folders_without_end():
    for _ in range(5000):
        os.mkdir("deeper")
        os.chdir("deeper")


@attack("scratch files", "ENOSPC")
def makes_links_without_end():
    open("/tmp/one", "w").close()
    for number in range(5000):
        os.link("/tmp/one", f"/tmp/link{number}")


@attack("scratch files", "ENOSPC")
def hides_data_in_attributes():
    open("/tmp/one", "w").close()
    for number in range(5000):
        os.setxattr("/tmp/one", f"user.{number}", bytes(60_000))


@attack("open files", "EMFILE")
def opens_files_without_end():
    return how_many(lambda: os.open("/dev/null", os.O_RDONLY), 10_000)


@attack("open files", "ETOOMANYREFS")
def sends_descriptors_without_end():
    one, _ = socket.socketpair()
    others = [socket.socketpair()[0] for _ in range(50)]

    def send():
        for other in others:
            socket.send_fds(one, [b"!"], [other.fileno()] * 250)

    one.setblocking(False)
    return how_many(send, 1000)


@attack("pipe memory of an account", "EPERM")
def fills_pipes_without_end():
    def pipe():
        ends = os.pipe()
        fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, 1 << 20)
        return ends

    return how_many(pipe, 1000)


@attack("pipe memory of an account", "EPERM")
def makes_one_large_pipe():
    fcntl.fcntl(os.pipe()[1], fcntl.F_SETPIPE_SZ, 1 << 30)


@attack("kernel's largest socket buffer", "clamped")
def makes_one_large_socket():
    one, _ = socket.socketpair()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, (1 << 30) - 1)
    return "clamped" if one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) < (1 << 27) else "as wished"


@attack("locked memory", "ENOMEM")
def locks_memory():
    memory = mmap.mmap(-1, 1 << 24)
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    if _libc.mlock(ctypes.c_void_p(start), ctypes.c_size_t(1 << 24)) < 0:
        raise OSError(ctypes.get_errno(), "mlock")


@attack("system calls", "EINVAL")
def takes_the_hosts_huge_pages():
    mmap.mmap(-1, 1 << 21, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000)


@attack("system calls", "EINVAL")
def takes_the_hosts_huge_pages_as_a_file():
    os.memfd_create("hostile", os.MFD_HUGETLB)


@attack("system calls", "EINVAL")
def takes_the_hosts_huge_pages_as_a_segment():
    call("shmget", 0, 1 << 21, 0o4000 | 0o1000 | 0o600)


@attack("queued signals", "EAGAIN")
def queues_signals_without_end():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGRTMIN})
    information = ctypes.create_string_buffer(bytes([signal.SIGRTMIN, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]), 128)
    return how_many(lambda: call("rt_sigqueueinfo", os.getpid(), int(signal.SIGRTMIN), information), 5000)


@attack("queued signals", "EAGAIN")
def makes_timers_without_end():
    return how_many(lambda: call("timer_create", 0, 0, ctypes.create_string_buffer(4)), 5000)


@attack("address space", "ENOMEM")
def maps_more_than_there_is():
    mmap.mmap(-1, 1 << 50)


@attack("core size", "0")
def sizes_core_files():
    return resource.getrlimit(resource.RLIMIT_CORE)[1]
