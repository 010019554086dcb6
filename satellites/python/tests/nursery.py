# SPDX-License-Identifier: Apache-2.0
"""A stand-in for zygote and broker: a warm process that forks satellites for the tests.

Commands come as datagrams on descriptor 3. `fork` comes with four descriptors (control, data, stdout,
stderr) and is answered by a pid; `single` likewise, but only control is used. `wait PID` is answered
by a wait status.
"""

from __future__ import annotations

import gc
import os
import socket

from launchpad_satellite.satellite import serve_single, serve_split
from launchpad_satellite.warmup import Play, warm_up, warm_up_zygote
from launchpad_satellite.zygote import reseed


def main() -> None:
    commands = socket.socket(fileno=3)
    warm_up_zygote()
    gc.collect()
    gc.freeze()
    while True:
        command, descriptors, _, _ = socket.recv_fds(commands, 64, 4)
        if not command:
            return
        verb, _, argument = command.decode().partition(" ")
        if verb in ("fork", "single"):
            pid = os.fork()
            if pid == 0:
                _become_satellite(commands, descriptors, verb)
            for descriptor in descriptors:
                os.close(descriptor)
            commands.send(str(pid).encode())
        else:
            commands.send(str(os.waitpid(int(argument), 0)[1]).encode())


def _become_satellite(commands: socket.socket, descriptors: list[int], verb: str) -> None:
    commands.close()
    control, data, out, err = (os.dup2(fd, 50 + i) for i, fd in enumerate(descriptors))
    for number, descriptor in ((1, out), (2, err), (3, control), (4, data)):
        os.dup2(descriptor, number, inheritable=number < 3)
    os.closerange(5, 100)
    reseed()
    if verb == "single":
        os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
        os.dup2(1, 2)
        serve_single(socket.socket(fileno=3), "python")
    warm_up(Play.everything())
    serve_split(3, 4, "python")


if __name__ == "__main__":
    main()
