# SPDX-License-Identifier: Apache-2.0
"""Cancel, deadlines, handshakes and peers that break the rules."""

import os
import random
import signal
import struct
import threading

import pyarrow as pa
import pytest
from reference_client import Call, Collector, PeerClosed

from launchpad_satellite import launchpad_pb2 as pb
from launchpad_satellite.satellite import EXIT_VIOLATION

FOREVER = "print('running')\nwhile True:\n    pass"
SLEEP = "import time\nprint('running')\ntime.sleep(3600)"


def start(client, script, **options):
    """Starts a call and returns when the script has printed."""
    running = threading.Event()
    client.on_output = lambda message: running.set()
    execute, streams = Call(script, **options).build()
    client.start(execute, streams)
    assert running.wait(30)


@pytest.mark.parametrize("script", [FOREVER, SLEEP], ids=["loop", "sleep"])
def test_signal_cancelsTheScript(split, script):
    satellite = split()
    start(satellite.client, script)
    satellite.interrupt()
    result = satellite.client.finish()
    assert isinstance(result.terminal, pb.Cancelled) and not result.terminal.forced


@pytest.mark.parametrize("script", [FOREVER, SLEEP], ids=["loop", "sleep"])
def test_cancelMessage_cancelsTheScript_inTheSingleProfile(single, script):
    client = single().client
    start(client, script)
    client.cancel()
    assert isinstance(client.finish().terminal, pb.Cancelled)


def test_cancelThatIsIgnored_isForcedAfterTheGrace_inTheSingleProfile(single):
    client = single().client
    script = """
import time
while True:
    try:
        print("running")
        time.sleep(3600)
    except KeyboardInterrupt:
        pass
"""
    start(client, script, fields={"grace_ms": 100})
    client.cancel()
    terminal = client.finish().terminal
    assert isinstance(terminal, pb.Cancelled) and terminal.forced


def test_deadline_endsTheScript_inTheSingleProfile(single):
    client = single().client
    execute, streams = Call(SLEEP, fields={"deadline_ms": 200}).build()
    error = client.call(execute, streams).error
    assert (error.number, error.code) == (58102, "DEADLINE_EXCEEDED")


def test_scriptThatCatchesTheInterrupt_completes(split):
    satellite = split()
    script = """
import time
try:
    print("running")
    time.sleep(3600)
except KeyboardInterrupt:
    OutputDataSet = pandas.DataFrame({"saved": [1]})
"""
    start(satellite.client, script)
    satellite.interrupt()
    assert isinstance(satellite.client.finish().terminal, pb.Completed)


def test_signalWhileWaitingForInput_cancels(split):
    satellite = split()
    client = satellite.client
    execute, streams = Call("x = 1", inputs={"InputDataSet": pa.table({"i": [1]})}).build()
    client.start(execute, {})
    with client._changed:
        assert client._changed.wait_for(lambda: client.result.started is not None, 30)
    satellite.interrupt()
    assert isinstance(client.finish().terminal, pb.Cancelled)


@pytest.mark.parametrize("seed", range(5))
def test_signalsInTheMiddleOfFrames_tearNone(split, seed):
    """The script prints and catches each interrupt; the client checks every frame's sequence."""
    satellite = split()
    client = satellite.client
    script = """
import time
caught = 0
until = time.monotonic() + 20
while caught < 50 and time.monotonic() < until:
    try:
        while True:
            print("x" * 3000)
    except KeyboardInterrupt:
        caught += 1
print("caught", caught)
"""
    limits = pb.RequestLimits(print_bytes=1 << 40)
    pace = random.Random(seed)
    lines = 0
    due = 5

    def on_output(_):
        nonlocal lines, due
        lines += 1
        if lines == due:
            due += pace.randint(1, 8)
            try:
                satellite.interrupt()
            except ProcessLookupError:
                pass

    client.on_output = on_output
    execute, streams = Call(script, fields={"limits": limits}).build()
    result = client.call(execute, streams)
    # An interrupt that comes after the last run may cancel what is left; a torn frame never passes.
    assert isinstance(result.terminal, pb.Completed | pb.Cancelled)
    if isinstance(result.terminal, pb.Completed):
        assert "caught 50" in result.stdout


STORM = """
import signal
to_the_satellite = signal.getsignal(signal.SIGINT)
def again(number, frame):
    signal.setitimer(signal.ITIMER_REAL, %s)
    to_the_satellite(number, frame)
signal.signal(signal.SIGALRM, again)
signal.raise_signal(signal.SIGALRM)
"""


@pytest.mark.parametrize("pause", ["5e-5", "1e-4", "3e-4"])
@pytest.mark.parametrize("profile", ["split", "single"])
def test_stormOfSignals_endsInOneTerminalMessage(request, profile, pause):
    """A signal follows the other: what one leaves half done, the next one finds."""
    start_satellite = request.getfixturevalue(profile)
    for rest in ("try:\n  while True: pass\nexcept KeyboardInterrupt: pass", "while True: pass"):
        client = start_satellite().client
        script = "try:" + STORM.replace("\n", "\n    ") % pause + "\nexcept KeyboardInterrupt: pass\n"
        execute, streams = Call(script + rest).build()
        assert isinstance(client.call(execute, streams).terminal, pb.Completed | pb.Cancelled)


def test_signalBeforeExecute_cancelsTheSession(split):
    """As when a cancel overtakes the request on its way."""
    satellite = split()
    satellite.interrupt()
    execute, streams = Call(FOREVER).build()
    assert isinstance(satellite.client.call(execute, streams).terminal, pb.Cancelled)


def test_signalWhileALargeResultIsSent_cancels(split):
    """There is credit enough that the satellite never waits: it looks between two batches."""
    satellite = split(credit=64 << 20)
    client = satellite.client
    began = threading.Event()
    client.on_data = lambda *_: began.set()
    script = """
import pyarrow as pa
values = pa.array(["x" * 100] * 65_536)
OutputDataSet = pa.Table.from_arrays([pa.chunked_array([values] * 200)], names=["s"])
"""
    execute, streams = Call(script).build()
    client.start(execute, streams)
    assert began.wait(30)
    satellite.interrupt()
    assert isinstance(client.finish().terminal, pb.Cancelled)


def test_goneClient_endsARunningScript_inTheSingleProfile(single):
    satellite = single()
    start(satellite.client, FOREVER)
    satellite.client.close()
    satellite.process.wait(20)


def test_handshake_statesVersionLanguageAndCredit(nursery):
    from conftest import SplitSatellite

    satellite = SplitSatellite(nursery)
    try:
        hello = satellite.client.accept_satellite()
        assert (hello.version_min, hello.version_max, hello.languages[:]) == (1, 1, ["Python"])
        assert hello.runtime == "python" and len(hello.nonce) == 32
        assert 64 << 10 <= hello.initial_credit <= 64 << 20
    finally:
        satellite.close()


def test_executeRightBehindWelcome_isUnderstood(nursery):
    """Both in one write; EXECUTE is larger than frames may be during the handshake."""
    from conftest import SplitSatellite

    satellite = SplitSatellite(nursery)
    try:
        control = satellite.client.control
        control.receive_message()
        whole = bytearray()
        real, control.socket = control.socket, Collector(whole)
        control.send_message(pb.Welcome(version=1, initial_credit=1 << 20))
        execute, _ = Call("#" + "x" * 10_000).build()
        control.send_message(execute)
        control.socket = real
        real.sendall(whole)
        assert isinstance(control.receive_message(), pb.Started)
    finally:
        satellite.close()


def test_unknownVersion_isRefusedNamingBoth_inTheSingleProfile(tmp_path):
    from conftest import SingleSatellite

    satellite = SingleSatellite(tmp_path)
    try:
        control = satellite.client.control
        control.send_message(
            pb.Hello(
                version_min=7,
                version_max=9,
                role=pb.ROLE_ENGINE,
                initial_credit=1 << 20,
                nonce=bytes(32),
            )
        )
        refused = control.receive_message()
        assert isinstance(refused, pb.Refused)
        assert refused.error.code == "VERSION_UNSUPPORTED" and "7 to 9" in refused.error.message
    finally:
        satellite.close()


def test_ping_isAnswered(split):
    satellite = split()
    satellite.client.control.send(0x40, b"are you there")
    execute, streams = Call("x = 1").build()
    answers = []
    original = satellite.client.control.receive

    def receive():
        frame = original()
        if frame[0] == 0x41:
            answers.append(frame[3])
            return original()
        return frame

    satellite.client.control.receive = receive
    assert satellite.client.call(execute, streams).completed
    assert answers == [b"are you there"]


def header(length, kind, flags=0, stream=0, sequence=0):
    return struct.pack("<IBBHQ", length, kind, flags, stream, sequence)


@pytest.mark.parametrize(
    ("channel", "data"),
    [
        ("control", header(0, 0x77, sequence=1)),
        ("control", header(70_000, 0x20, sequence=1)),
        ("control", header(0, 0x20, sequence=9)),
        ("control", header(0, 0x20, flags=1, sequence=1)),
        ("control", header(0, 0x20, stream=3, sequence=1)),
        ("control", header(2, 0x10, sequence=1) + b"\xff\xff"),
        ("control", header(0, 0x13, sequence=1)),
        ("control", header(65, 0x40, sequence=1)),
        ("data", header(64, 0x30, stream=99) + bytes(64)),
        ("data", header(2 << 20, 0x30, stream=1)),
        ("data", header(64, 0x30, stream=0) + bytes(64)),
        ("data", header(64, 0x30, flags=2, stream=1) + bytes(64)),
        ("data", header(10, 0x30, stream=1) + bytes(10)),
        ("data", header(64, 0x30, stream=1) + bytes(64)),
    ],
    ids=[
        "type",
        "length",
        "sequence",
        "flags",
        "stream",
        "payload",
        "direction",
        "ping",
        "data-stream",
        "data-length",
        "data-stream-0",
        "data-flags",
        "no-header",
        "bad-header",
    ],
)
def test_violation_endsTheSatelliteAtOnce(split, channel, data):
    satellite = split()
    client = satellite.client
    execute, _ = Call("x = 1", inputs={"InputDataSet": pa.table({"i": [1]})}).build()
    if channel == "data":
        client.control.send_message(execute)
    getattr(client, channel).socket.sendall(data)
    assert os.waitstatus_to_exitcode(satellite.wait()) == EXIT_VIOLATION


def test_creditOverrun_isAViolation(split):
    satellite = split()
    client = satellite.client
    execute, _ = Call("import time; time.sleep(3600)",
                      inputs={"a": pa.table({"i": [1]})}).build()  # fmt: skip
    client.control.send_message(execute)
    frame = struct.pack("<4sBBHQIIQQQqQ", b"BXL1", 1, 0, 0, 64 + (2 << 20), 2 << 20, 0, 0, 0, 0, 0, 0)
    unit = frame + bytes(2 << 20)
    sequence = 0
    try:
        for _ in range(4):
            view = memoryview(unit)
            while view:
                size = min(1 << 20, len(view))
                client.data.socket.sendall(
                    header(size, 0x30, int(size < len(view)), execute.inputs[0].stream, sequence)
                    + bytes(view[:size])
                )
                sequence += 1
                view = view[size:]
    except ConnectionError:
        pass
    assert os.waitstatus_to_exitcode(satellite.wait()) == EXIT_VIOLATION


def test_badPreface_closesWithoutAnAnswer(nursery):
    from conftest import SplitSatellite

    satellite = SplitSatellite(nursery)
    try:
        satellite.client.control.socket.sendall(b"GET / HT")
        assert os.waitstatus_to_exitcode(satellite.wait()) == EXIT_VIOLATION
    finally:
        satellite.close()


@pytest.mark.parametrize("cut", [1, 7, 20, 63, 100, 500])
def test_fragmentsOfAnySize_areUnderstood(split, cut, monkeypatch):
    import reference_client

    monkeypatch.setattr(reference_client, "FRAGMENT", 64 + cut)
    table = pa.table({"i": [1, 2, 3], "s": ["a", None, "c"]})
    result = Call("OutputDataSet = InputDataSet", inputs={"InputDataSet": table}).run(split().client)
    assert result.table.to_pydict() == table.to_pydict()


def test_bytesOneByOne_areUnderstood(split):
    satellite = split()
    client = satellite.client
    for channel in (client.control, client.data):
        whole = channel.socket

        class Dripping:
            def __init__(self, sock):
                self._socket = sock

            def sendall(self, data):
                for i in range(len(data)):
                    self._socket.sendall(data[i : i + 1])

            def __getattr__(self, name):
                return getattr(self._socket, name)

        channel.socket = Dripping(whole)
    table = pa.table({"i": [1, 2, 3]})
    result = Call("OutputDataSet = InputDataSet", inputs={"InputDataSet": table}).run(client)
    assert result.table.equals(table)


def test_session_isDescribedToTheScript(run):
    script = """
import launchpad, os
s = launchpad.session
print(s.identity, s.session_id, s.runtime, s.time_zone, dict(s.labels), s.limits.memory_bytes)
print(0 < s.seconds_left <= 60, os.environ["TZ"])
"""
    result = run(
        script,
        fields={
            "engine_id": "e1", "session_id": "s1", "runtime": "python", "labels": {"k": "v"},
            "time_zone": "Europe/Vienna", "deadline_ms": 60_000,
            "limits": pb.RequestLimits(memory_bytes=123),
        },
    )  # fmt: skip
    assert result.stdout == ("('e1', 'me') s1 python Europe/Vienna {'k': 'v'} 123\nTrue Europe/Vienna\n")


def test_main_isAFreshModuleWithPandasAndNothingElse(run):
    script = """
import sys
print(sys.modules["__main__"].__dict__ is globals())
print(sorted(n for n in globals() if not n.startswith("__")))
"""
    assert run(script).stdout == "True\n['InputDataSet', 'pandas', 'sys']\n"


def test_siblings_drawDifferentNumbersAndNames(run):
    script = """
import numpy, random, tempfile, uuid
print(numpy.random.rand(), random.random(), tempfile.mktemp(), uuid.uuid1(), uuid.uuid4())
"""
    first, second = run(script).stdout.split(), run(script).stdout.split()
    assert all(a != b for a, b in zip(first, second, strict=True))


def test_protocolDescriptors_areNotInheritedByPrograms(run):
    script = """
import subprocess
print(subprocess.run("ls /proc/self/fd", shell=True, capture_output=True, text=True).stdout.split())
"""
    assert run(script).stdout == "['0', '1', '2', '3']\n"


@pytest.mark.parametrize("name", ["SIGTERM"])
def test_otherSignals_keepTheirMeaning(split, name):
    satellite = split()
    start(satellite.client, SLEEP)
    os.kill(satellite.pid, getattr(signal, name))
    with pytest.raises(PeerClosed):
        satellite.client.finish()
    assert os.WTERMSIG(satellite.wait()) == signal.SIGTERM
