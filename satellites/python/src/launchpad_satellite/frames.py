# SPDX-License-Identifier: Apache-2.0
"""Frames on one socket: the 16-byte header, its limits and its sequence (PROTOCOL.md section 2)."""

from __future__ import annotations

import socket
import struct
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from enum import IntEnum
from threading import RLock
from typing import NamedTuple, Protocol, TypeAlias

from .errors import ProtocolViolation
from .interrupts import Interrupts

PREFACE = bytes.fromhex("4C5053500D0A1A01")
HEADER = struct.Struct("<IBBHQ")
MORE = 1

HANDSHAKE_PAYLOAD_MAX = 4 * 1024
CONTROL_PAYLOAD_MAX = 64 * 1024
FRAGMENT_MAX = 1024 * 1024

# How much of what follows a fragment is read together with its end: enough for the next header,
# little enough that hardly any data is copied twice.
_READ_AHEAD = 4 * 1024

# The kernel takes at most this many pieces at once (IOV_MAX).
_GATHER_MAX = 1024

BytesLike: TypeAlias = "bytes | bytearray | memoryview"


class FrameType(IntEnum):
    """The frame types of PROTOCOL.md section 3."""

    HELLO = 0x01
    WELCOME = 0x02
    AUTHENTICATE = 0x03
    AUTHENTICATED = 0x04
    REFUSED = 0x05
    EXECUTE = 0x10
    QUEUED = 0x11
    STARTED = 0x12
    COMPLETED = 0x13
    FAILED = 0x14
    CANCELLED = 0x15
    EXITED = 0x16
    CANCEL = 0x20
    CREDIT = 0x21
    OUTPUT = 0x22
    DATA = 0x30
    BLOB = 0x31
    PING = 0x40
    PONG = 0x41


FRAGMENTS = frozenset((FrameType.DATA, FrameType.BLOB))
ALL = frozenset(FrameType)
_TYPES = {int(frame_type): frame_type for frame_type in FrameType}


class FragmentSink(Protocol):
    """Where the payload of a fragment goes: memory of the stream it belongs to."""

    def begin(self, length: int, more: bool) -> None:
        """A fragment of `length` bytes is announced; refuses it when there is no credit for it."""

    def space(self) -> memoryview:
        """Where the next bytes go; never empty while bytes of the fragment are missing."""

    def advance(self, count: int) -> None:
        """`count` bytes have been put into the space."""

    def finish(self) -> None:
        """The fragment is complete."""


class FrameHandler(Protocol):
    """What the frames of a socket mean."""

    def control(self, frame_type: FrameType, payload: bytes) -> None:
        """A control frame has arrived."""

    def sink(self, frame_type: FrameType, stream: int) -> FragmentSink:
        """A fragment for a stream begins."""


class FrameReader:
    """Cuts what arrives on a socket into frames; fragments go straight into their stream's memory."""

    def __init__(
        self,
        sock: socket.socket,
        handler: FrameHandler,
        *,
        preface: bool,
        carries: Collection[FrameType] = ALL,
    ) -> None:
        self.control_max = HANDSHAKE_PAYLOAD_MAX
        self._carries = carries
        self._socket = sock
        self._handler = handler
        self._preface_due = preface
        self._sequence = 0
        self._sink: FragmentSink | None = None
        self._missing = 0
        self._scratch = memoryview(bytearray(HEADER.size + CONTROL_PAYLOAD_MAX + _READ_AHEAD))
        self._start = 0
        self._end = 0

    def receive(self) -> bool:
        """Takes what has arrived, waiting for at least one byte; False at the end of the channel."""
        if self._sink is None:
            count = self._socket.recv_into(self._scratch[self._end :])
            self._end += count
        else:
            count = self._receive_fragment(self._sink)
        if count == 0:
            return False
        self._parse()
        return True

    def _receive_fragment(self, sink: FragmentSink) -> int:
        space = sink.space()
        if len(space) < self._missing:
            count = self._socket.recv_into(space)
            ahead = 0
        else:
            space = space[: self._missing]
            count = self._socket.recvmsg_into([space, self._scratch[:_READ_AHEAD]])[0]
            ahead = max(0, count - len(space))
        self._start, self._end = 0, ahead
        self._advance(sink, count - ahead)
        return count

    def _advance(self, sink: FragmentSink, count: int) -> None:
        sink.advance(count)
        self._missing -= count
        if self._missing == 0:
            self._sink = None
            sink.finish()

    def _parse(self) -> None:
        while self._sink is None and self._parse_frame():
            pass
        if self._start == self._end:
            self._start = self._end = 0
        elif self._start > 0:
            rest = self._end - self._start
            self._scratch[:rest] = bytes(self._scratch[self._start : self._end])
            self._start, self._end = 0, rest

    def _parse_frame(self) -> bool:
        if self._preface_due:
            return self._parse_preface()
        body = self._start + HEADER.size
        if body > self._end:
            return False
        length, kind, flags, stream, sequence = HEADER.unpack_from(self._scratch, self._start)
        frame_type = self._check(length, kind, flags, stream, sequence)
        if frame_type in FRAGMENTS:
            self._start = body
            self._sequence += 1
            self._begin_fragment(frame_type, flags, stream, length)
            return True
        if body + length > self._end:
            return False
        self._start = body + length
        self._sequence += 1
        self._handler.control(frame_type, bytes(self._scratch[body : self._start]))
        return True

    def _begin_fragment(self, frame_type: FrameType, flags: int, stream: int, length: int) -> None:
        sink = self._handler.sink(frame_type, stream)
        sink.begin(length, flags == MORE)
        self._missing = length
        if length == 0:
            sink.finish()
            return
        self._sink = sink
        while self._sink is not None and self._start < self._end:
            space = sink.space()
            count = min(len(space), self._missing, self._end - self._start)
            space[:count] = self._scratch[self._start : self._start + count]
            self._start += count
            self._advance(sink, count)

    def _parse_preface(self) -> bool:
        have = min(len(PREFACE), self._end)
        if self._scratch[:have] != PREFACE[:have]:
            raise ProtocolViolation("the channel does not start with the preface of this protocol")
        if have < len(PREFACE):
            return False
        self._preface_due = False
        self._start = len(PREFACE)
        return True

    def _check(self, length: int, kind: int, flags: int, stream: int, sequence: int) -> FrameType:
        frame_type = _TYPES.get(kind)
        if frame_type is None or frame_type not in self._carries:
            raise ProtocolViolation(f"frame type 0x{kind:02x} on this channel")
        if sequence != self._sequence:
            raise ProtocolViolation(f"frame {sequence} where {self._sequence} was due")
        fragment = frame_type in FRAGMENTS
        if self.control_max == HANDSHAKE_PAYLOAD_MAX:
            limit = HANDSHAKE_PAYLOAD_MAX
        else:
            limit = FRAGMENT_MAX if fragment else self.control_max
        if length > limit:
            raise ProtocolViolation(f"{frame_type.name} of {length} bytes, at most {limit} allowed")
        if flags & ~(MORE if fragment else 0):
            raise ProtocolViolation(f"{frame_type.name} with flags 0x{flags:02x}")
        if (stream != 0) != fragment:
            raise ProtocolViolation(f"{frame_type.name} on stream {stream}")
        if frame_type in (FrameType.PING, FrameType.PONG) and length > 64:
            raise ProtocolViolation(f"{frame_type.name} of {length} bytes, at most 64 allowed")
        return frame_type


class _Outgoing(NamedTuple):
    """A frame to be written."""

    frame_type: FrameType
    flags: int
    stream: int
    parts: Sequence[BytesLike]


class FrameWriter:
    """Writes whole frames to a socket, from any thread, numbering them.

    A signal handler of the user may print while the same thread is in the middle of a frame. Such
    a frame is kept and follows the one being written.
    """

    def __init__(self, sock: socket.socket, interrupts: Interrupts, *, preface: bool) -> None:
        self._socket = sock
        self._interrupts = interrupts
        self._sequence = 0
        self._lock = RLock()
        self._writing = False
        self._late: deque[_Outgoing] = deque()
        self._prefix = PREFACE if preface else b""

    def send(
        self, frame_type: FrameType, stream: int, parts: Sequence[BytesLike], *, more: bool = False
    ) -> None:
        """Sends one frame; returns when the kernel has taken all of it."""
        self._send([_Outgoing(frame_type, MORE if more else 0, stream, parts)])

    def send_together(
        self, frame_type: FrameType, stream: int, payloads: Iterable[Sequence[BytesLike]]
    ) -> None:
        """Sends small frames in one write, which wakes their reader once."""
        self._send([_Outgoing(frame_type, 0, stream, parts) for parts in payloads])

    def _send(self, frames: list[_Outgoing]) -> None:
        with self._interrupts.critical(), self._lock:
            if self._writing:
                self._late += [
                    frame._replace(parts=[bytes(part) for part in frame.parts]) for frame in frames
                ]
                return
            self._writing = True
            try:
                self._write(frames)
                while self._late:
                    self._write([self._late.popleft()])
            finally:
                self._writing = False

    def _write(self, frames: list[_Outgoing]) -> None:
        pending: list[BytesLike] = [self._prefix] if self._prefix else []
        self._prefix = b""
        for kind, flags, stream, parts in frames:
            length = sum(len(part) for part in parts)
            pending.append(HEADER.pack(length, kind, flags, stream, self._sequence))
            pending += parts
            self._sequence += 1
        left = sum(len(part) for part in pending)
        while True:
            sent = self._socket.sendmsg(pending[:_GATHER_MAX])
            left -= sent
            if left == 0:
                return
            pending = after(pending, sent)


def after(parts: Sequence[BytesLike], count: int) -> list[BytesLike]:
    """What is left of a gather list once its first `count` bytes are gone."""
    rest: list[BytesLike] = []
    for part in parts:
        if count >= len(part):
            count -= len(part)
        elif count > 0:
            rest.append(memoryview(part)[count:])
            count = 0
        else:
            rest.append(part)
    return rest


def first(parts: Sequence[BytesLike], count: int) -> list[BytesLike]:
    """The first `count` bytes of a gather list."""
    head: list[BytesLike] = []
    for part in parts:
        if count == 0:
            break
        if len(part) > count:
            part = memoryview(part)[:count]
        head.append(part)
        count -= len(part)
    return head
