# SPDX-License-Identifier: Apache-2.0
"""The session beside the attacks.

It holds what they look for, reads one batch before them and one after, and then says whether all
is as it was.
"""

import ctypes
import hashlib
import os
import socket
import subprocess

KEY = 0x76696374
PRIVATE = 0o1600  # made anew, for its own account

libc = ctypes.CDLL(None, use_errno=True)
with open("/proc/self/comm", "w") as file:
    file.write("victim")
secret = os.urandom(4096)
for path in ("/tmp/victim", "/dev/shm/victim"):
    with open(path, "wb") as file:
        file.write(secret)
listener = socket.socket(socket.AF_UNIX)
listener.bind("\0victim")
listener.listen()
listener.setblocking(False)
segments = [libc.shmget(KEY, 4096, PRIVATE), libc.semget(KEY, 1, PRIVATE), libc.msgget(KEY, PRIVATE)]
child = subprocess.Popen(["sleep", "100000"])
before = hashlib.sha256(bytes(secret)).hexdigest()


def is_untouched(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest() == before


def nobody_has_called():
    try:
        listener.accept()
        return False
    except BlockingIOError:
        return True


total = 0
for number, batch in enumerate(InputDataSet):
    total += sum(batch.column("id").to_pylist())
    if number == 0:
        print("ready=yes", flush=True)
harm = [
    what
    for what, is_well in {
        "it could not make what others look for": min(segments) >= 0,
        "its file has changed": is_untouched("/tmp/victim"),
        "its memory has changed": is_untouched("/dev/shm/victim"),
        "somebody has called": nobody_has_called(),
        "its child has ended": child.poll() is None,
        "its folder holds what it did not make": os.listdir("/tmp") == ["victim"],
        "its priority has changed": os.getpriority(os.PRIO_PROCESS, 0) == 0,
    }.items()
    if not is_well
]
OutputDataSet = pandas.DataFrame({"total": [total], "harm": [", ".join(harm)]})
