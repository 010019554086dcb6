# SPDX-License-Identifier: Apache-2.0
"""What a script prints, through the interpreter and past it."""

import time

import pytest
from reference_client import Call

from launchpad_satellite import launchpad_pb2 as pb


def texts(result, channel=pb.OUTPUT_CHANNEL_STDOUT):
    return [m.text for m in result.printed if m.channel == channel]


def test_prints_areNumberedInOrderAndSentByLine(run):
    result = run("import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')")
    assert [m.number for m in result.printed] == [0, 1, 2]
    assert [m.text for m in result.printed] == ["a\n", "b\n", "c\n"]
    assert all(m.source == pb.OUTPUT_SOURCE_INTERPRETER for m in result.printed)


def test_print_arrivesWhileTheScriptRuns(split, tmp_path):
    """The script waits for a file that is made when its print has been seen."""
    gate = tmp_path / "gate"
    satellite = split()
    satellite.client.on_output = lambda message: gate.touch()
    script = f"""
import os, time
print("progress", end="", flush=True)
until = time.monotonic() + 30
while not os.path.exists({str(gate)!r}):
    assert time.monotonic() < until
"""
    assert Call(script).run(satellite.client).completed


def test_lastLineWithoutNewline_arrives(run):
    assert run("print('no end', end='')").stdout == "no end"


def test_longLine_isCutAtEightKibWithoutSplittingCharacters(run):
    result = run("print('é' * 10_000)")
    assert result.stdout == "é" * 10_000 + "\n"
    assert max(len(text.encode()) for text in texts(result)) <= 8192


def test_loneSurrogates_areEscaped(run):
    assert run(r"print('\ud800x')").stdout == "\\ud800x\n"


def test_binaryOnStdout_becomesValidUtf8(run):
    result = run("import sys\nsys.stdout.buffer.write(b'\\xff\\x00ok\\n')")
    assert result.stdout == "\ufffd\x00ok\n"


def test_burstOfLines_isGathered(run):
    result = run("for i in range(20_000):\n    print(i)")
    assert result.stdout == "".join(f"{i}\n" for i in range(20_000))
    assert len(result.printed) < 2_000


def test_volume_isBoundedAndTheRestCounted(run):
    limits = pb.RequestLimits(print_bytes=10_000)
    result = run("for i in range(1000):\n    print('x' * 99)", fields={"limits": limits})
    assert result.completed
    assert len(result.stdout) == 10_000
    assert result.printed[-1].dropped_bytes == 90_000


def test_floodOfAGigabyte_takesSeconds(run):
    began = time.monotonic()
    result = run("line = 'x' * 99_999\nfor i in range(10_000):\n    print(line)")
    took = time.monotonic() - began
    assert result.completed
    assert len(result.stdout) == 16 << 20
    assert len(result.stdout) + result.printed[-1].dropped_bytes == 10**9
    assert took < 20, took


def test_rawWrites_goPastTheInterpreter(split):
    satellite = split()
    script = """
import os, subprocess
os.write(1, b"raw one\\n")
open("/dev/stdout", "w").write("raw two\\n")
subprocess.run("echo raw three; echo raw four > /dev/stderr", shell=True, check=True)
"""
    result = Call(script).run(satellite.client)
    assert result.completed and result.printed == []
    satellite.wait()
    satellite.wait_for_raw_output()
    assert satellite.raw["stdout"] == b"raw one\nraw two\nraw three\n"
    assert satellite.raw["stderr"] == b"raw four\n"


def test_outputOfC_isInThePipeBeforeTheTerminalMessage(split):
    satellite = split()
    script = "import ctypes\nctypes.CDLL(None).printf(b'from C\\n')"
    assert Call(script).run(satellite.client).completed
    satellite.wait()
    satellite.wait_for_raw_output()
    assert satellite.raw["stdout"] == b"from C\n"


def test_replacedStdout_keepsOursWorking(run):
    script = """
import contextlib, io, sys
buffer = io.StringIO()
with contextlib.redirect_stdout(buffer):
    print("captured")
print("seen", buffer.getvalue().strip())
sys.stdout = io.StringIO()
print("lost")
sys.__stdout__.write("kept\\n")
"""
    assert run(script).stdout == "seen captured\nkept\n"


def test_closedStdout_closesNothingOfOurs(run):
    assert run("import sys\nsys.stdout.close()\nprint('x')").stdout == "x\n"


def test_printsOfThreads_areWhole(run):
    script = """
import threading
def work(n):
    for i in range(500):
        print(f"{n}:{i}")
threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
for t in threads: t.start()
for t in threads: t.join()
"""
    lines = run(script).stdout.split("\n")
    expected = sorted(f"{n}:{i}" for n in range(4) for i in range(500))
    assert sorted(line for line in "".join(f"{x}\n" for x in lines).split() if line) == expected or (
        # print() writes text and line end apart, so threads may run together, but lose nothing.
        sorted("".join(lines)) == sorted("".join(expected))
    )


def test_signalHandlerThatPrints_doesNotTearFrames(run):
    script = """
import signal
count = 0
def handler(*_):
    global count
    count += 1
    print("tick")
    signal.setitimer(signal.ITIMER_REAL, 0.0005)
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.0005)
while count < 200:
    print("work " * 100)
signal.setitimer(signal.ITIMER_REAL, 0)
print("end")
"""
    result = run(script)
    assert result.completed and result.stdout.endswith("end\n")
    assert result.stdout.count("tick") >= 200


@pytest.mark.parametrize("print_in_child", [True, False])
def test_fork_leavesTheProtocolAlone(split, print_in_child):
    satellite = split()
    script = f"""
import os, sys
print("parent before")
pid = os.fork()
if pid == 0:
    if {print_in_child}:
        print("child")
    sys.exit(5)
_, status = os.waitpid(pid, 0)
print("status", os.waitstatus_to_exitcode(status))
OutputDataSet = pandas.DataFrame({{"a": [1]}})
"""
    result = Call(script).run(satellite.client)
    assert result.table.to_pydict() == {"a": [1]}
    assert result.stdout == "parent before\nstatus 5\n"
    satellite.wait()
    satellite.wait_for_raw_output()
    assert satellite.raw["stdout"] == (b"child\n" if print_in_child else b"")


def test_forkThatFallsOffTheEnd_sendsNothing(split):
    satellite = split()
    script = """
import os
pid = os.fork()
OutputDataSet = pandas.DataFrame({"who": ["child" if pid == 0 else "parent"]})
if pid: os.waitpid(pid, 0)
"""
    assert Call(script).run(satellite.client).table.to_pydict() == {"who": ["parent"]}


def test_forkWhileThreadsWrite_keepsFramesWhole(run):
    script = """
import os, threading
stop = threading.Event()
def write():
    while not stop.is_set():
        print("y" * 5000)
threads = [threading.Thread(target=write) for _ in range(3)]
for t in threads: t.start()
for _ in range(30):
    pid = os.fork()
    if pid == 0:
        print("child")
        os._exit(0)
    os.waitpid(pid, 0)
stop.set()
for t in threads: t.join()
"""
    assert run(script).completed


def test_multiprocessingPool_works(run):
    script = """
import multiprocessing
def square(x):
    return x * x
with multiprocessing.get_context("fork").Pool(2) as pool:
    OutputDataSet = pandas.DataFrame({"s": pool.map(square, range(4))})
"""
    assert run(script).table.to_pydict() == {"s": [0, 1, 4, 9]}


def test_threadsAndProcessesLeftRunning_doNotHoldUpTheSession(split):
    satellite = split()
    script = """
import subprocess, threading, time
started = threading.Event()
def forever():
    started.set()
    while True:
        time.sleep(0.01)
        print("still here")
threading.Thread(target=forever, daemon=False).start()
started.wait()
subprocess.Popen(["sleep", "3"])
"""
    began = time.monotonic()
    result = Call(script).run(satellite.client)
    assert result.completed
    satellite.client.close()
    assert satellite.wait() == 0
    assert time.monotonic() - began < 3
