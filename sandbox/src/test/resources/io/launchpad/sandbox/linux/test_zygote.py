# SPDX-License-Identifier: Apache-2.0
"""A zygote for the tests of the broker, from the standard library alone.

Its satellites say HELLO on the control socket, then execute what they are sent (length, then Python source)
and send back what the source left in `answer`. The first argument makes the zygote itself misbehave; with
`executed` this is no zygote but a satellite that was executed.
"""

import ctypes
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"
ballast = []


def descriptors() -> str:
    """Which there are, and what they are, in a word each."""
    found = {}
    for number in os.listdir("/proc/self/fd"):
        try:
            found[int(number)] = os.readlink(f"/proc/self/fd/{number}").rpartition("/")[2].partition(":")[0]
        except FileNotFoundError:
            pass  # that of the list
    return ", ".join(f"{number} {found[number]}" for number in sorted(found))


def status() -> str:
    with open("/proc/self/status") as file:
        return file.read()


def first_ids() -> list[int]:
    with open("/proc/self/uid_map") as file:
        return [int(line.split()[0]) for line in file]


# As it was when the first line of what users install could have run.
AT_FIRST = {"descriptors": descriptors(), "status": status(), "uids": first_ids()}


class Session(ctypes.Structure):
    _fields_ = [
        ("slot", ctypes.c_uint64),
        ("generation", ctypes.c_uint64),
        ("uid", ctypes.c_uint32),
        ("gid", ctypes.c_uint32),
        ("work_folder", ctypes.c_char_p),
        ("environment", ctypes.POINTER(ctypes.c_char_p)),
    ]


def main() -> None:
    if FAULT == "executed":
        serve(None)
    library = ctypes.PyDLL(os.environ["LAUNCHPAD_ZYGOTE_LIBRARY"])
    library.lpz_error.restype = ctypes.c_char_p

    def checked(result: int) -> int:
        if result < 0:
            sys.exit(library.lpz_error().decode())
        return result

    checked(library.lpz_open())
    misbehave_before_ready()
    api = ctypes.pythonapi
    library.lpz_set_fork_hooks(
        *(
            ctypes.cast(hook, ctypes.c_void_p)
            for hook in (api.PyOS_BeforeFork, api.PyOS_AfterFork_Parent, api.PyOS_AfterFork_Child)
        )
    )
    checked(library.lpz_ready())
    misbehave_after_ready()
    session = Session()
    if checked(library.lpz_serve(ctypes.byref(session))) == 1:
        serve(session)


def misbehave_before_ready() -> None:
    if FAULT == "import-error":
        raise ImportError("no module named broken")
    if FAULT == "thread":
        start_thread()
    if FAULT == "large":
        ballast.append(b"x" * (64 << 20))
    if FAULT == "slow":
        signal.pause()


def misbehave_after_ready() -> None:
    if FAULT == "late-thread":
        start_thread()
    if FAULT == "garbage":
        broker = socket.socket(fileno=3)
        broker.recv(65536)
        broker.send(b"this is not a message of BROKER.md")
        signal.pause()
    if FAULT == "forged-fork":
        forge_fork()
    if FAULT == "deaf":
        signal.pause()
    if FAULT == "writer":
        leave_writer()


def leave_writer() -> None:
    """Ends, and leaves a process that writes to its output and a parent of that one, each deaf to what is polite."""
    endless = "trap '' TERM HUP PIPE; while :; do echo still here; done 2>/dev/null"
    subprocess.Popen(["sh", "-c", f"trap '' TERM HUP PIPE; ({endless}) & wait"], start_new_session=True)
    sys.exit(0)


def start_thread() -> None:
    threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()


def forge_fork() -> None:
    """Answers FORK with a pidfd of the zygote itself instead of one of a session."""
    broker = socket.socket(fileno=3)
    request, *_ = socket.recv_fds(broker, 65536, 8)
    slot, generation = struct.unpack_from("<QQ", request, 8)
    answer = struct.pack("<IIQQ", 302, 24, slot, generation)
    socket.send_fds(broker, [answer], [os.pidfd_open(os.getpid())])
    signal.pause()


def take(channel: socket.socket, size: int) -> bytes:
    parts = b""
    while len(parts) < size:
        part = channel.recv(size - len(parts))
        if not part:
            os._exit(0)
        parts += part
    return parts


def serve(session: Session | None) -> None:
    index = 0
    while session and session.environment[index]:
        name, _, value = os.fsdecode(session.environment[index]).partition("=")
        os.environ[name] = value
        index += 1
    control = socket.socket(fileno=3)
    data = socket.socket(fileno=4)
    control.sendall(b"HELLO")
    names = {
        "os": os, "signal": signal, "ctypes": ctypes, "data": data, "control": control,
        "subprocess": subprocess, "session": session, "sys": sys, "time": time, "at_first": AT_FIRST,
    }
    while True:
        source = take(control, *struct.unpack("<I", take(control, 4)))
        names["answer"] = ""
        try:
            exec(source.decode(), names)
        except KeyboardInterrupt:
            names["answer"] = "interrupted"
        reply = str(names["answer"]).encode()
        control.sendall(struct.pack("<I", len(reply)) + reply)


main()
