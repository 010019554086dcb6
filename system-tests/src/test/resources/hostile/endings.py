# SPDX-License-Identifier: Apache-2.0
"""Scripts that harm themselves, or do not want to end (each in a session of its own).

The session's deadline is short. Whatever they do, they take nobody with them.
"""

import fcntl
import mmap
import signal
import socket


@ends("account of its init", "SATELLITE_LOST")
def kills_everything_it_can():
    if os.fork() == 0:
        os.kill(-1, signal.SIGKILL)
    time.sleep(1000)


@ends("deadline", "DEADLINE_EXCEEDED")
def stops_itself():
    os.kill(os.getpid(), signal.SIGSTOP)


@ends("deadline", "DEADLINE_EXCEEDED")
def stops_everything_it_can():
    if os.fork() == 0:
        os.kill(-1, signal.SIGSTOP)
    time.sleep(1000)


@ends("deadline", "DEADLINE_EXCEEDED")
def ignores_every_signal():
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, 32, 33}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass


@ends("deadline", "DEADLINE_EXCEEDED")
def outlives_the_death_of_its_parent():
    call("prctl", 1, 0, 0, 0, 0)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    for _ in range(8):
        if os.fork() == 0:
            os.setsid()
            break
    while True:
        time.sleep(1000)


@ends("deadline", "DEADLINE_EXCEEDED")
def forks_away_from_every_kill():
    if os.fork() == 0:
        # A moving target: each one is gone as soon as the next is there.
        while True:
            try:
                if os.fork() != 0:
                    os._exit(0)
            except BlockingIOError:
                pass
    time.sleep(1000)


@ends("exit report", "SCRIPT_CRASHED")
def aborts():
    os.abort()


@ends("exit report", "SCRIPT_CRASHED")
def overflows_its_stack():
    # The function calls itself: lea rax, [rip-7]; call rax.
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b"\x48\x8d\x05\xf9\xff\xff\xff\xff\xd0")
    ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()


@ends("exit report", "SCRIPT_CRASHED")
def breaks_its_interpreter():
    ctypes.memset(id(None), 0xFF, 4096)
    print(None)


@ends("descriptors", "CHANNEL_CLOSED")
def closes_its_channels():
    os.closerange(3, 4096)


@ends("descriptors", "CHANNEL_CLOSED")
def puts_others_in_the_place_of_its_channels():
    one, _ = socket.socketpair()
    for number in range(3, 400):
        if number != one.fileno():
            os.dup2(one.fileno(), number)


@ends("exit report", "SCRIPT_EXITED")
def leaves_in_the_middle():
    os._exit(0)


@ends("exit report", "SCRIPT_EXITED")
def becomes_another_program():
    os.execv("/bin/true", ["true"])


@ends("deadline", "DEADLINE_EXCEEDED")
def waits_for_ever_where_no_interrupt_comes():
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    signal.pause()


@attack("volume of prints", "done")
def floods_its_output():
    for _ in range(400):
        os.write(1, bytes(1 << 17))
        os.write(2, bytes(1 << 17))


@attack("volume of prints", "done")
def floods_its_output_with_lines():
    print("x\n" * 3_000_000)


@attack("pipe of its own", "done")
def shrinks_its_output_pipe():
    fcntl.fcntl(1, fcntl.F_SETPIPE_SZ, 4096)
    os.write(1, b"still printed\n")


@attack("pipe of its own", "done")
def prints_what_is_no_text():
    os.write(1, bytes(range(256)) * 64)
    os.write(2, b"\xf0\x9f" * 4096 + b"\x1b]0;hostile\x07")
