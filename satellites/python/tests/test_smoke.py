# SPDX-License-Identifier: Apache-2.0
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow as pa
from conftest import SOURCES
from reference_client import DATA, MESSAGES, Call, Client, Collector, Result, parameters

from launchpad_satellite import launchpad_pb2 as pb

ECHO = "OutputDataSet = InputDataSet"


def test_singleProfile_answersACall(single):
    table = pa.table({"a": [1, 2, 3], "b": [1.5, None, 2.5]})
    call = Call(
        "print('hello')\nOutputDataSet = InputDataSet\ny = x + 1",
        inputs={"InputDataSet": table},
        parameters=parameters(x=("in", pa.int32(), 41), y=("out", pa.int32(), None)),
    )
    result = call.run(single().client)
    assert result.table.equals(table)
    assert result.stdout == "hello\n"
    assert result.parameters == {"y": 42}


def test_singleProfile_answersInputThatComesWithExecute(nursery):
    """EXECUTE and all input in one read: the reader must not wait for what waits for it."""
    for _ in range(20):
        here, there = socket.socketpair()
        pid = nursery.fork(*[there.fileno()] * 4, verb="single")
        there.close()
        client = Client(here)
        client.open_direct()
        execute, streams = Call(ECHO, inputs={"InputDataSet": pa.table({"a": [1]})}).build()
        ((stream, frames),) = streams.items()
        whole = bytearray()
        real, client.control.socket = client.control.socket, Collector(whole)
        client.control.send_message(execute)
        for frame in frames:
            client.control.send(DATA, frame, stream)
        client.control.socket = real
        real.sendall(whole)
        client.result = Result()
        received = []
        while not received or not isinstance(received[-1], pb.Completed):
            kind, _, _, payload = client.control.receive()
            received.append(MESSAGES[kind].FromString(payload) if kind in MESSAGES else None)
        client.close()
        nursery.wait(pid)


def test_splitProfile_answersACall(run):
    table = pa.table({"a": [1, 2, 3]})
    result = run("OutputDataSet = InputDataSet * 2", inputs={"InputDataSet": table})
    assert result.table.to_pydict() == {"a": [2, 4, 6]}


def test_referenceClientAlone_completesACall(tmp_path):
    """As the system tests run it against a service."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    path = tmp_path / "satellite"
    satellite = subprocess.Popen(
        [sys.executable, "-m", "launchpad_satellite", "--listen", f"unix:{path}"], env=environment
    )
    try:
        wait_for(path, satellite)
        client = Path(__file__).parent / "reference_client.py"
        done = subprocess.run(
            [sys.executable, str(client), f"unix:{path}"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=40,
        )
        assert done.stdout == f"ok: 100000 rows through unix:{path}\n", done.stderr
        assert satellite.wait(20) == 0
    finally:
        satellite.kill()
        satellite.wait()


def wait_for(path, process):
    pace = threading.Event()
    for _ in range(3000):
        if path.exists():
            return
        assert process.poll() is None
        pace.wait(0.01)
    raise AssertionError("the satellite does not listen")
