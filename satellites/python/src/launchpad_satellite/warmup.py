# SPDX-License-Identifier: Apache-2.0
"""A small session played to the satellite itself, so that no user pays for first times.

It runs the real path, on one thread: everything the peer would send is in the sockets before the
session begins, and what comes back fits in their buffers. Done in a zygote it imports and compiles;
done again in a forked satellite it takes the page faults off the lease path.
"""

from __future__ import annotations

import functools
import os
import socket
import sys
import time

import pyarrow as pa

import launchpad
from launchpad import _session as api

from . import launchpad_pb2 as pb
from .bxl_writer import BxlEncoder, EncodedFrame
from .console import Console
from .frames import FrameType, FrameWriter
from .interrupts import Interrupts
from .session import Session
from .split_channel import SplitChannel

_SCRIPT = b"""
def _warm(values):
    return [value for value in values]
print("warm", len(InputDataSet))
OutputDataSet = InputDataSet
result = parameter + 1
try:
    raise ValueError("warm")
except ValueError:
    pass
"""

_INPUT, _OUTPUT, _PARAMETERS = 1, 2, 3


def warm_up(rounds: int = 1) -> None:
    """Plays `rounds` sessions; leaves the process as it found it."""
    streams = sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__
    main = sys.modules["__main__"]
    zone = os.environ.get("TZ")
    try:
        for _ in range(rounds):
            _play()
    finally:
        sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__ = streams  # type: ignore[misc]
        sys.modules["__main__"] = main
        _restore_zone(zone)
        _forget_session()


def _play() -> None:
    interrupts = Interrupts()
    control, control_peer = socket.socketpair()
    data, data_peer = socket.socketpair()
    with control_peer, data_peer:
        channel = SplitChannel(interrupts, control, data)
        _send_request(interrupts, control_peer, data_peer)
        channel.handshake_done()
        console = Console(interrupts, lambda message: channel.send(FrameType.OUTPUT, message))
        console.install()
        channel.wait(lambda: channel.execute is not None)
        Session(channel, console, "").run()
        channel.abandon()


def _send_request(interrupts: Interrupts, control: socket.socket, data: socket.socket) -> None:
    execute, frames = _request()
    writer = FrameWriter(control, interrupts, preface=True)
    writer.send(FrameType.EXECUTE, 0, (execute,))
    writer = FrameWriter(data, interrupts, preface=False)
    for frame in frames:
        writer.send(FrameType.DATA, _INPUT, (frame,))


@functools.cache
def _request() -> tuple[bytes, list[bytes]]:
    """EXECUTE and the input's frames: made in the zygote, found ready by its forks."""
    schema = pa.schema([("i", pa.int64()), ("f", pa.float64()), ("s", pa.utf8()), ("b", pa.bool_())])
    batch = pa.RecordBatch.from_arrays(
        [pa.array([1]), pa.array([0.5]), pa.array(["x"]), pa.array([True])], schema=schema
    )
    fields = [
        pa.field("parameter", pa.int32(), metadata={"launchpad:direction": "in"}),
        pa.field("result", pa.int32(), metadata={"launchpad:direction": "out"}),
    ]
    row = pa.RecordBatch.from_arrays(
        [pa.array([1], pa.int32()), pa.array([None], pa.int32())], schema=pa.schema(fields)
    )
    parameters = b"".join(b"".join(frame.parts) for frame in _encode(row))
    execute = pb.Execute(
        request_id="warm-up",
        language="Python",
        principal="warm-up",
        script=pb.Content(inline=_SCRIPT),
        inputs=[pb.NamedInput(name="InputDataSet", stream=_INPUT)],
        outputs=[pb.NamedOutput(name="OutputDataSet", stream=_OUTPUT)],
        parameters=pb.Content(inline=parameters),
        output_parameters_stream=_PARAMETERS,
    )
    return execute.SerializeToString(), [b"".join(frame.parts) for frame in _encode(batch)]


def _encode(batch: pa.RecordBatch) -> list[EncodedFrame]:
    encoder = BxlEncoder(batch.schema)
    return [*encoder.start(), *encoder.batch(batch), *encoder.end()]


def _restore_zone(zone: str | None) -> None:
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    time.tzset()


def _forget_session() -> None:
    fresh = api.Session()
    for name in api.Session.__slots__:
        setattr(launchpad.session, name, getattr(fresh, name))
