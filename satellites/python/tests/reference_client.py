# SPDX-License-Identifier: Apache-2.0
"""A client of the satellite protocol, written from PROTOCOL.md and FORMAT.md alone.

It shares no code with the satellite but the messages that protoc generates and pyarrow, which reads
and writes the Arrow part of a BXL frame. It speaks to whatever listens: a satellite in the single
profile, launchpad on the engine leg, or a satellite over the two sockets of the split profile.
"""

from __future__ import annotations

import io
import os
import socket
import struct
import sys
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from launchpad_satellite import launchpad_pb2 as pb

PREFACE = b"LPSP\r\n\x1a\x01"
FRAME = struct.Struct("<IBBHQ")
BXL = struct.Struct("<4sBBHQIIQQQqQ")
FRAGMENT = 512 * 1024
MESSAGES = {
    0x01: pb.Hello, 0x02: pb.Welcome, 0x03: pb.Authenticate, 0x04: pb.Authenticated,
    0x05: pb.Refused, 0x10: pb.Execute, 0x11: pb.Queued, 0x12: pb.Started, 0x13: pb.Completed,
    0x14: pb.Failed, 0x15: pb.Cancelled, 0x16: pb.Exited, 0x20: pb.Cancel, 0x21: pb.Credit,
    0x22: pb.Output,
}  # fmt: skip
TYPES = {message: number for number, message in MESSAGES.items()}
DATA, BLOB, PING, PONG = 0x30, 0x31, 0x40, 0x41
TERMINAL = (pb.Completed, pb.Failed, pb.Cancelled)


class PeerClosed(Exception):
    """The other end closed the connection."""


# ---- BXL, FORMAT.md ------------------------------------------------------------------------------


def _messages(data: bytes) -> Iterable[tuple[bytes, bytes]]:
    """(flatbuffer, body) of the encapsulated messages in an Arrow IPC stream."""
    at = 0
    while at + 8 <= len(data):
        size = struct.unpack_from("<i", data, at + 4)[0]
        if size == 0:
            return
        flatbuffer = data[at + 8 : at + 8 + size]
        body_length = pa.ipc.read_message(data[at:]).body
        length = 0 if body_length is None else body_length.size
        at += 8 + size
        yield flatbuffer, data[at : at + length]
        at += length


def _table(flatbuffer: bytes) -> tuple[int, Any]:
    table = struct.unpack_from("<I", flatbuffer)[0]
    vtable = table - struct.unpack_from("<i", flatbuffer, table)[0]

    def slot(at: int, index: int, table: int = table) -> int:
        size = struct.unpack_from("<H", flatbuffer, at)[0]
        if 4 + 2 * index >= size:
            return 0
        offset = struct.unpack_from("<H", flatbuffer, at + 4 + 2 * index)[0]
        return table + offset if offset else 0

    return vtable, slot


def bxl_stream(schema: pa.Schema, batches: Iterable[pa.RecordBatch], options: Any = None) -> list[bytes]:
    """The frames of a BXL stream."""
    sink = io.BytesIO()
    rows = 0
    with pa.ipc.new_stream(sink, schema, options=options) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    frames = []
    before = 0
    for flatbuffer, body in _messages(sink.getvalue()):
        kind, count, dictionary, flatbuffer, body = _padded(flatbuffer, body)
        length = 64 + 8 + len(flatbuffer) + len(body)
        header = BXL.pack(b"BXL1", kind, 0, 0, length, 8 + len(flatbuffer), 0, len(body), count,
                          len(frames), dictionary, before)  # fmt: skip
        prefix = b"\xff\xff\xff\xff" + struct.pack("<i", len(flatbuffer))
        frames.append(header + prefix + flatbuffer + body)
        before += length
    end = BXL.pack(b"BXL1", 4, 0, 0, 64, 0, 0, 0, rows, len(frames), 0, before)
    return [*frames, end]


def _padded(flatbuffer: bytes, body: bytes) -> tuple[int, int, int, bytes, bytes]:
    flatbuffer += bytes(-(8 + len(flatbuffer)) % 64)
    body += bytes(-len(body) % 64)
    buffer = bytearray(flatbuffer)
    vtable, slot = _table(flatbuffer)
    kind = buffer[slot(vtable, 1)]
    at = slot(vtable, 3)
    if at:
        struct.pack_into("<q", buffer, at, len(body))
    count = dictionary = 0
    if kind != 1:
        header = slot(vtable, 2)
        header += struct.unpack_from("<I", buffer, header)[0]
        if kind == 2:
            vtable = header - struct.unpack_from("<i", buffer, header)[0]
            at = slot(vtable, 0, header)
            dictionary = struct.unpack_from("<q", buffer, at)[0] if at else 0
            header = slot(vtable, 1, header)
            header += struct.unpack_from("<I", buffer, header)[0]
        vtable = header - struct.unpack_from("<i", buffer, header)[0]
        at = slot(vtable, 0, header)
        count = struct.unpack_from("<q", buffer, at)[0] if at else 0
    return kind, count, dictionary, bytes(buffer), body


def bxl_read(frames: list[bytes]) -> pa.Table:
    """The table in a complete BXL stream; asserts everything FORMAT.md says of headers."""
    before = rows = 0
    arrow = bytearray()
    kinds = []
    for number, frame in enumerate(frames):
        (magic, kind, flags, reserved, length, metadata, _, body, count, this, dictionary,
         so_far) = BXL.unpack_from(frame)  # fmt: skip
        assert magic == b"BXL1" and flags == 0 and reserved == 0
        assert (length, this, so_far) == (len(frame), number, before), "header"
        assert metadata % 64 == 0 and body % 64 == 0 and length == 64 + metadata + body
        assert kind == 2 or dictionary == 0
        if kind == 3:
            rows += count
        if kind == 4:
            assert count == rows, "row total"
        if kind != 4:
            assert pa.ipc.read_message(frame[64:]).metadata is not None
        arrow += frame[64:]
        before += length
        kinds.append(kind)
    assert kinds[0] == 1 and kinds[-1] == 4 and kinds.count(1) == kinds.count(4) == 1
    table = pa.ipc.open_stream(bytes(arrow)).read_all()
    for batch in table.to_batches():
        batch.validate(full=True)
    return table


# ---- the protocol, PROTOCOL.md -------------------------------------------------------------------


class Channel:
    """One socket: preface, frames, sequence numbers."""

    def __init__(self, sock: socket.socket, *, preface: bool) -> None:
        self.socket = sock
        self._out = self._in = 0
        self._send_preface = self._expect_preface = preface
        self._lock = threading.Lock()

    def send(self, kind: int, payload: bytes = b"", stream: int = 0, more: bool = False) -> None:
        with self._lock:
            header = FRAME.pack(len(payload), kind, int(more), stream, self._out)
            self._out += 1
            prefix, self._send_preface = (PREFACE if self._send_preface else b""), False
            self.socket.sendall(prefix + header + payload)

    def send_message(self, message: Any) -> None:
        self.send(TYPES[type(message)], message.SerializeToString())

    def receive(self) -> tuple[int, int, int, bytes]:
        if self._expect_preface:
            assert self._exactly(8) == PREFACE
            self._expect_preface = False
        length, kind, flags, stream, sequence = FRAME.unpack(self._exactly(FRAME.size))
        assert sequence == self._in, "sequence"
        self._in += 1
        assert length <= (1 << 20 if kind in (DATA, BLOB) else 1 << 16)
        return kind, flags, stream, self._exactly(length)

    def receive_message(self) -> Any:
        kind, flags, stream, payload = self.receive()
        assert flags == 0 and stream == 0
        return MESSAGES[kind].FromString(payload)

    def _exactly(self, size: int) -> bytes:
        data = bytearray(size)
        view = memoryview(data)
        while view:
            try:
                count = self.socket.recv_into(view)
            except ConnectionError:
                count = 0
            if count == 0:
                raise PeerClosed
            view = view[count:]
        return bytes(data)


class Collector:
    """Stands in for a socket and keeps what is sent, for tests that send it in one write."""

    def __init__(self, data: bytearray) -> None:
        self._data = data

    def sendall(self, data: bytes) -> None:
        self._data += data


@dataclass
class Result:
    """What came back from a call."""

    terminal: Any = None
    started: Any = None
    exited: Any = None
    queued: list[Any] = field(default_factory=list)
    outputs: dict[str, pa.Table] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    parameter_table: pa.Table | None = None
    printed: list[Any] = field(default_factory=list)
    discarded: set[int] = field(default_factory=set)

    @property
    def completed(self) -> Any:
        assert isinstance(self.terminal, pb.Completed), self.terminal
        return self.terminal

    @property
    def error(self) -> Any:
        assert isinstance(self.terminal, pb.Failed), self.terminal
        return self.terminal.error

    @property
    def table(self) -> pa.Table:
        assert self.completed is not None
        return self.outputs["OutputDataSet"]

    @property
    def stdout(self) -> str:
        return self._text(pb.OUTPUT_CHANNEL_STDOUT)

    @property
    def stderr(self) -> str:
        return self._text(pb.OUTPUT_CHANNEL_STDERR)

    def _text(self, channel: int) -> str:
        return "".join(message.text for message in self.printed if message.channel == channel)


class Client:
    """One connection and one call on it."""

    def __init__(
        self, control: socket.socket, data: socket.socket | None = None, credit: int = 4 << 20
    ) -> None:
        self.control = Channel(control, preface=True)
        self.data = self.control if data is None else Channel(data, preface=False)
        self.credit = credit
        self._peer_credit = 0
        self._changed = threading.Condition()
        self._credits: dict[int, int] = {}
        self._received: dict[int, bytearray] = defaultdict(bytearray)
        self._frames: dict[int, list[bytes]] = defaultdict(list)
        self._window: dict[int, int] = {}
        self._failure: BaseException | None = None
        self._threads: list[threading.Thread] = []
        self._open_channels = 0
        self.result = Result()
        self.on_output: Any = lambda message: None
        self.on_data: Any = lambda stream, payload: None
        self.grants = True

    # ---- handshake

    def open_direct(self) -> Any:
        """The engine's side of the direct handshake."""
        self.control.send_message(
            pb.Hello(version_min=1, version_max=1, role=pb.ROLE_ENGINE, software="reference client",
                     initial_credit=self.credit, nonce=bytes(32))
        )  # fmt: skip
        welcome = self.control.receive_message()
        assert isinstance(welcome, pb.Welcome), welcome
        assert welcome.auth == pb.AUTH_METHOD_NONE
        authenticated = self.control.receive_message()
        assert isinstance(authenticated, pb.Authenticated)
        self._peer_credit = welcome.initial_credit
        return welcome

    def accept_satellite(self) -> Any:
        """Launchpad's side of the handshake with a satellite that speaks first."""
        hello = self.control.receive_message()
        assert isinstance(hello, pb.Hello) and hello.role == pb.ROLE_SATELLITE
        self.control.send_message(
            pb.Welcome(version=1, role=pb.ROLE_LAUNCHPAD, initial_credit=self.credit,
                       auth=pb.AUTH_METHOD_NONE, nonce=bytes(32))
        )  # fmt: skip
        self._peer_credit = hello.initial_credit
        return hello

    # ---- a call

    def start(self, execute: Any, streams: dict[int, Any] | None = None) -> None:
        """Sends EXECUTE and, in the background, the given streams: lists of frames or blobs."""
        for stream in self._streams_out(execute):
            self._credits[stream] = self._peer_credit
        self.control.send_message(execute)
        channels = {id(self.control): self.control, id(self.data): self.data}.values()
        self._open_channels = len(channels)
        for channel in channels:
            self._spawn(self._read, channel)
        for stream, content in (streams or {}).items():
            self._spawn(self._send_stream, stream, content)

    def finish(self, timeout: float = 50) -> Result:
        """Waits for the terminal message and the ends of all streams it counts."""
        with self._changed:
            done = self._changed.wait_for(lambda: self._failure or self._complete(), timeout)
            assert done, "no terminal message in time"
            if self._failure and not self._complete():
                raise self._failure
        return self.result

    def call(self, execute: Any, streams: dict[int, Any] | None = None) -> Result:
        self.start(execute, streams)
        return self.finish()

    def cancel(self, reason: str = "test") -> None:
        self.control.send_message(pb.Cancel(reason=reason))

    def close(self) -> None:
        for channel in (self.control, self.data):
            try:
                channel.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self._threads:
            thread.join(10)
        self.control.socket.close()
        self.data.socket.close()

    def frames(self, stream: int) -> list[bytes]:
        """The complete frames of an output stream so far."""
        return self._frames[stream]

    # ---- behind it

    def _complete(self) -> bool:
        terminal = self.result.terminal
        if not isinstance(terminal, pb.Completed):
            return terminal is not None
        return all(len(self._frames[total.stream]) >= total.frames for total in terminal.outputs)

    @staticmethod
    def _streams_out(execute: Any) -> list[int]:
        contents = [execute.script, execute.parameters, *(o.schema for o in execute.outputs)]
        named = [c.stream for c in contents if c.WhichOneof("where") == "stream"]
        return [*named, *(given.stream for given in execute.inputs)]

    def _spawn(self, target: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=self._guarded, args=(target, arguments), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _guarded(self, target: Any, arguments: Any) -> None:
        try:
            target(*arguments)
        except PeerClosed as error:
            # What the other channel still holds counts: there is no order between the two.
            with self._changed:
                self._open_channels -= 1
                if self._open_channels == 0:
                    self._failure = self._failure or error
                self._changed.notify_all()
        except BaseException as error:  # handed to finish()
            with self._changed:
                self._failure = self._failure or error
                self._changed.notify_all()

    def _send_stream(self, stream: int, content: Any) -> None:
        kind = BLOB if isinstance(content, bytes) else DATA
        for unit in [content] if isinstance(content, bytes) else content:
            view = memoryview(unit)
            while True:
                with self._changed:
                    least = min(len(view), 64)
                    self._changed.wait_for(
                        lambda: (
                            self._failure
                            or self.result.terminal is not None
                            or stream in self.result.discarded
                            or self._credits[stream] >= least
                        )  # noqa: B023
                    )
                    if self._failure or self.result.terminal is not None:
                        return
                    if stream in self.result.discarded:
                        return
                    size = min(len(view), FRAGMENT, self._credits[stream])
                    self._credits[stream] -= size
                try:
                    self.data.send(kind, bytes(view[:size]), stream, more=size < len(view))
                except ConnectionError:
                    return  # the readers say what came before
                view = view[size:]
                if not view:
                    break

    def _read(self, channel: Channel) -> None:
        while True:
            kind, flags, stream, payload = channel.receive()
            with self._changed:
                if kind == DATA:
                    self._data(stream, flags, payload)
                elif kind == PING:
                    channel.send(PONG, payload)
                else:
                    self._message(MESSAGES[kind].FromString(payload))
                self._changed.notify_all()

    def _data(self, stream: int, flags: int, payload: bytes) -> None:
        left = self._window.setdefault(stream, self.credit) - len(payload)
        assert left >= 0, "credit overrun"
        self._window[stream] = left
        unit = self._received[stream]
        if not unit:
            assert len(payload) >= 64
        unit += payload
        self.on_data(stream, payload)
        if not flags:
            self._frames[stream].append(bytes(unit))
            unit.clear()
        if self.grants:
            self._window[stream] += len(payload)
            try:
                self.control.send_message(pb.Credit(stream=stream, bytes=len(payload)))
            except ConnectionError:
                pass  # The peer has sent all it had and is gone.

    def _message(self, message: Any) -> None:
        result = self.result
        if isinstance(message, pb.Exited):
            result.exited = message
            return
        assert result.terminal is None, f"{message} after the terminal message"
        if isinstance(message, pb.Credit):
            if message.discard:
                result.discarded.add(message.stream)
            self._credits[message.stream] += message.bytes
        elif isinstance(message, pb.Output):
            result.printed.append(message)
            self.on_output(message)
        elif isinstance(message, pb.Queued):
            result.queued.append(message)
        elif isinstance(message, pb.Started):
            result.started = message
        elif isinstance(message, TERMINAL):
            result.terminal = message
        else:
            raise AssertionError(f"unexpected {message}")


@dataclass
class Call:
    """What to execute, in the terms of a test; builds the message and its streams."""

    script: str
    inputs: dict[str, pa.Table] = field(default_factory=dict)
    outputs: dict[str, pa.Schema | None] = field(default_factory=lambda: {"OutputDataSet": None})
    parameters: pa.RecordBatch | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    batch_rows: int = 65_536
    inline_max: int = 16 * 1024

    def build(self) -> tuple[Any, dict[int, Any]]:
        numbers = iter(range(1, 1000))
        streams: dict[int, Any] = {}

        def content(data: bytes, frames: list[bytes] | None = None) -> Any:
            if len(data) <= self.inline_max:
                return pb.Content(inline=data)
            number = next(numbers)
            streams[number] = data if frames is None else frames
            return pb.Content(stream=number)

        fields = {"request_id": "r-1", "principal": "me", "language": "Python", **self.fields}
        execute = pb.Execute(script=content(self.script.encode()), **fields)
        for name, table in self.inputs.items():
            number = next(numbers)
            batches = table.to_batches(max_chunksize=self.batch_rows)
            streams[number] = bxl_stream(table.schema, batches)
            execute.inputs.append(pb.NamedInput(name=name, stream=number))
        for name, schema in self.outputs.items():
            output = pb.NamedOutput(name=name, stream=next(numbers))
            if schema is not None:
                output.schema.CopyFrom(content(bxl_stream(schema, [])[0]))
            execute.outputs.append(output)
        if self.parameters is not None:
            frames = bxl_stream(self.parameters.schema, [self.parameters])
            execute.parameters.CopyFrom(content(b"".join(frames), frames))
            if any((f.metadata or {}).get(b"launchpad:direction", b"in") != b"in"
                   for f in self.parameters.schema):  # fmt: skip
                execute.output_parameters_stream = next(numbers)
        return execute, streams

    def run(self, client: Client) -> Result:
        """Executes and decodes what came back."""
        execute, streams = self.build()
        result = client.call(execute, streams)
        return self.decode(client, execute, result)

    @staticmethod
    def decode(client: Client, execute: Any, result: Result) -> Result:
        """Reads the outputs of a completed call and checks the totals against them."""
        if not isinstance(result.terminal, pb.Completed):
            return result
        for total in result.terminal.outputs:
            frames = client.frames(total.stream)
            sizes = sum(len(frame) for frame in frames)
            assert (total.frames, total.bytes) == (len(frames), sizes), "totals"
            table = bxl_read(frames)
            assert total.rows == table.num_rows, "rows"
            if total.stream == execute.output_parameters_stream:
                result.parameter_table = table
                result.parameters = table.to_pylist()[0]
            for output in execute.outputs:
                if output.stream == total.stream:
                    result.outputs[output.name] = table
        return result


def parameters(**values: tuple[str, pa.DataType, Any]) -> pa.RecordBatch:
    """One row of parameters: name=(direction, type, value)."""
    fields = [
        pa.field(name, kind, metadata={"launchpad:direction": direction})
        for name, (direction, kind, _) in values.items()
    ]
    arrays = [pa.array([value], type=kind) for _, kind, value in values.values()]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))


def main(arguments: list[str]) -> None:
    """`python reference_client.py unix:PATH`: one call against whatever listens there, checked."""
    (address,) = arguments
    scheme, _, path = address.partition(":")
    assert scheme == "unix", f"{address} is not unix:PATH"
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(path)
    client = Client(sock)
    client.open_direct()
    table = pa.table({"id": list(range(100_000)), "name": [None, "größe"] * 50_000})
    call = Call(
        "print('rows', len(InputDataSet))\nOutputDataSet = InputDataSet\ntwice = n * 2",
        inputs={"InputDataSet": table},
        parameters=parameters(n=("in", pa.int32(), 21), twice=("out", pa.int32(), None)),
        fields={"request_id": f"reference-{os.getpid()}"},
    )
    result = call.run(client)
    assert result.table.to_pydict() == table.to_pydict(), "the rows came back changed"
    assert result.parameters == {"twice": 42}, result.parameters
    assert result.stdout == "rows 100000\n", result.stdout
    client.close()
    print(f"ok: {result.table.num_rows} rows through {address}")


if __name__ == "__main__":
    main(sys.argv[1:])
