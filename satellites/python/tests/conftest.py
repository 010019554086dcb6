# SPDX-License-Identifier: Apache-2.0
"""Satellites as processes, connected to the reference client in either profile."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from reference_client import Call, Client, Result

SOURCES = Path(__file__).parents[1] / "src"


class Nursery:
    """The warm process from which the tests' satellites are forked."""

    def __init__(self) -> None:
        self._socket, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {
            **os.environ,
            "PYTHONPATH": f"{SOURCES}:{Path(__file__).parent}",
            "OPENBLAS_NUM_THREADS": "1",
            "JE_ARROW_MALLOC_CONF": "background_thread:false",
        }
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec 3<&{there.fileno()} </dev/null; exec "$@"', "sh", sys.executable,
             str(Path(__file__).parent / "nursery.py")],
            pass_fds=(there.fileno(),),
            env=environment,
        )  # fmt: skip
        there.close()

    def fork(self, *descriptors: int, verb: str = "fork") -> int:
        socket.send_fds(self._socket, [verb.encode()], descriptors)
        return int(self._socket.recv(64))

    def wait(self, pid: int) -> int:
        self._socket.send(f"wait {pid}".encode())
        return int(self._socket.recv(64))

    def close(self) -> None:
        self._socket.close()
        self.process.wait(10)


class SplitSatellite:
    """A satellite with two sockets and two pipes, as the broker makes them."""

    def __init__(self, nursery: Nursery, credit: int = 4 << 20) -> None:
        control, control_there = socket.socketpair()
        data, data_there = socket.socketpair()
        for sock in (data, data_there):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
        out, out_there = os.pipe()
        err, err_there = os.pipe()
        self.pid = nursery.fork(control_there.fileno(), data_there.fileno(), out_there, err_there)
        control_there.close()
        data_there.close()
        os.close(out_there)
        os.close(err_there)
        self._nursery = nursery
        self._status: int | None = None
        self.client = Client(control, data, credit)
        self.raw = {"stdout": bytearray(), "stderr": bytearray()}
        self._pumps = [
            threading.Thread(target=self._pump, args=arguments, daemon=True)
            for arguments in (("stdout", out), ("stderr", err))
        ]
        for pump in self._pumps:
            pump.start()

    def _pump(self, name: str, pipe: int) -> None:
        while data := os.read(pipe, 1 << 16):
            self.raw[name] += data
        os.close(pipe)

    def interrupt(self) -> None:
        """What the service does to cancel."""
        os.kill(self.pid, signal.SIGINT)

    def wait(self) -> int:
        """The wait status of the satellite."""
        if self._status is None:
            self._status = self._nursery.wait(self.pid)
        return self._status

    def wait_for_raw_output(self) -> None:
        """Until every process that holds the pipes is gone."""
        for pump in self._pumps:
            pump.join(10)
            assert not pump.is_alive()

    def close(self) -> None:
        self.client.close()
        if self._status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.wait()


class SingleSatellite:
    """A satellite that listens on a socket for one client."""

    def __init__(self, folder: Path) -> None:
        path = folder / f"satellite-{os.urandom(4).hex()}"
        environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "launchpad_satellite", "--listen", f"unix:{path}"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        _connect(sock, path, self.process)
        self.client = Client(sock)

    @property
    def pid(self) -> int:
        return self.process.pid

    def close(self) -> None:
        self.client.close()
        if self.process.poll() is None:
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait(10)
        self.process.stderr.close()


def _connect(sock: socket.socket, path: Path, process: subprocess.Popen) -> None:
    """Connects as soon as the satellite listens: inotify would be the event, a retry is shorter."""
    pace = threading.Event()
    for _ in range(3000):
        try:
            sock.connect(str(path))
            return
        except (FileNotFoundError, ConnectionRefusedError):
            assert process.poll() is None, process.stderr.read()
            pace.wait(0.01)
    raise AssertionError("the satellite does not listen")


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    started = Nursery()
    yield started
    started.close()


@pytest.fixture
def split(nursery: Nursery) -> Iterator[Callable[..., SplitSatellite]]:
    """Starts parked satellites in the split profile."""
    started = []

    def start(**options: Any) -> SplitSatellite:
        satellite = SplitSatellite(nursery, **options)
        started.append(satellite)
        satellite.client.accept_satellite()
        return satellite

    yield start
    for satellite in started:
        satellite.close()


@pytest.fixture
def single(tmp_path: Path) -> Iterator[Callable[[], SingleSatellite]]:
    """Starts satellites in the single profile, connected and past the handshake."""
    started = []

    def start() -> SingleSatellite:
        satellite = SingleSatellite(tmp_path)
        started.append(satellite)
        satellite.client.open_direct()
        return satellite

    yield start
    for satellite in started:
        satellite.close()


@pytest.fixture
def run(split: Callable[..., SplitSatellite]) -> Callable[..., Result]:
    """Runs one call on a satellite of its own: `run(script, inputs=…, fields=…)`."""

    def call(script: str, **options: Any) -> Result:
        return Call(script, **options).run(split().client)

    return call
