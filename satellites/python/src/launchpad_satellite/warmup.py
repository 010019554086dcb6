# SPDX-License-Identifier: Apache-2.0
"""A small session played to the satellite itself, so that no user pays for first times.

It runs the real path, on one thread: everything the peer would send is in the sockets before the
session begins, and what comes back fits in their buffers. Done in a zygote it imports and compiles;
done again in a forked satellite it takes the page faults off the lease path.

Most of what a satellite costs is this: each object that is touched is a page to be copied. So it is
played with what calls of its runtime have had lately (`LAUNCHPAD_WARM_UP`, PROTOCOL.md section 4).
A call that has more than that works as well, and pays its first times itself.
"""

from __future__ import annotations

import functools
import os
import socket
import sys
import time
from typing import NamedTuple

import pyarrow as pa

import launchpad
from launchpad import _session as api

from . import launchpad_pb2 as pb
from .bxl_writer import BxlEncoder
from .console import Console
from .frames import FrameType, FrameWriter
from .interrupts import Interrupts
from .session import Session
from .split_channel import SplitChannel

_SCRIPT = """
def _warm(values):
    return [value for value in values]
print("warm")
try:
    raise ValueError("warm")
except ValueError:
    pass
"""
_TABLE_LINES = "OutputDataSet = InputDataSet\n"
_PARAMETER_LINES = "result = parameter + 1\n"

_INPUT, _OUTPUT, _PARAMETERS = 1, 2, 3
_VARIABLE = "LAUNCHPAD_WARM_UP"
_NOTHING = "nothing"


class Play(NamedTuple):
    """What a session that is played has."""

    tables: str | None
    """The input format of its table; none: it has no table."""
    parameters: bool

    @classmethod
    def everything(cls) -> Play:
        return cls("pandas", parameters=True)

    @classmethod
    def from_environment(cls) -> Play | None:
        """As the service has asked for; none when a request waits already."""
        asked = os.environ.pop(_VARIABLE, None)
        if asked is None:
            return cls.everything()
        if asked == _NOTHING:
            return None
        parts = asked.split(",")
        tables = "pandas" if "frames" in parts else "arrow" if "arrow" in parts else None
        return cls(tables, "parameters" in parts)


def warm_up_zygote() -> None:
    """Plays all that a fork may play, so that it does not import or compile anything."""
    for _ in range(3):
        warm_up(Play.everything())
    warm_up(Play("arrow", parameters=False))


def warm_up(play: Play | None) -> None:
    """Plays one session, if any; leaves the process as it found it."""
    if play is None:
        return
    streams = sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__
    main = sys.modules["__main__"]
    zone = os.environ.get("TZ")
    try:
        _play(play)
    finally:
        sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__ = streams  # type: ignore[misc]
        sys.modules["__main__"] = main
        _restore_zone(zone)
        _forget_session()


def _play(play: Play) -> None:
    interrupts = Interrupts()
    control, control_peer = socket.socketpair()
    data, data_peer = socket.socketpair()
    with control_peer, data_peer:
        channel = SplitChannel(interrupts, control, data)
        _send_request(interrupts, control_peer, data_peer, _request(play))
        channel.handshake_done()
        console = Console(interrupts, lambda message: channel.send(FrameType.OUTPUT, message))
        console.install()
        channel.wait(lambda: channel.execute is not None)
        Session(channel, console, "").run()
        channel.abandon()


def _send_request(
    interrupts: Interrupts,
    control: socket.socket,
    data: socket.socket,
    request: tuple[bytes, list[bytes]],
) -> None:
    execute, frames = request
    writer = FrameWriter(control, interrupts, preface=True)
    writer.send(FrameType.EXECUTE, 0, (execute,))
    writer = FrameWriter(data, interrupts, preface=False)
    for frame in frames:
        writer.send(FrameType.DATA, _INPUT, (frame,))


@functools.cache
def _request(play: Play) -> tuple[bytes, list[bytes]]:
    """EXECUTE and the input's frames: made in the zygote, found ready by its forks."""
    execute = pb.Execute(
        request_id="warm-up",
        language="Python",
        principal="warm-up",
        input_format=play.tables or "",
        script=pb.Content(inline=_script(play).encode()),
    )
    frames = []
    if play.tables is not None:
        execute.inputs.append(pb.NamedInput(name="InputDataSet", stream=_INPUT))
        execute.outputs.append(pb.NamedOutput(name="OutputDataSet", stream=_OUTPUT))
        frames = _table()
    if play.parameters:
        execute.parameters.inline = b"".join(_parameters())
        execute.output_parameters_stream = _PARAMETERS
    return execute.SerializeToString(), frames


def _script(play: Play) -> str:
    tables = _TABLE_LINES if play.tables is not None else ""
    return _SCRIPT + tables + (_PARAMETER_LINES if play.parameters else "")


def _table() -> list[bytes]:
    schema = pa.schema([("i", pa.int64()), ("f", pa.float64()), ("s", pa.utf8()), ("b", pa.bool_())])
    return _encode(
        pa.RecordBatch.from_arrays(
            [pa.array([1]), pa.array([0.5]), pa.array(["x"]), pa.array([True])], schema=schema
        )
    )


def _parameters() -> list[bytes]:
    fields = [
        pa.field("parameter", pa.int32(), metadata={"launchpad:direction": "in"}),
        pa.field("result", pa.int32(), metadata={"launchpad:direction": "out"}),
    ]
    return _encode(
        pa.RecordBatch.from_arrays(
            [pa.array([1], pa.int32()), pa.array([None], pa.int32())], schema=pa.schema(fields)
        )
    )


def _encode(batch: pa.RecordBatch) -> list[bytes]:
    encoder = BxlEncoder(batch.schema)
    frames = [*encoder.start(), *encoder.batch(batch), *encoder.end()]
    return [b"".join(frame.parts) for frame in frames]


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
