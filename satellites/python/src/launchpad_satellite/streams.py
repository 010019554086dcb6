# SPDX-License-Identifier: Apache-2.0
"""The streams of a session and their credit (PROTOCOL.md section 6)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np

from .bxl import HEADER_BYTES, BxlError, BxlLimits, Frame, FrameHeader, allocate
from .bxl_writer import EncodedFrame
from .errors import ProtocolViolation
from .frames import FRAGMENT_MAX, FrameType, FrameWriter, after, first

SCRIPT_BYTES_MAX = 16 << 20

Grant = Callable[[int, int], None]


class Waste:
    """Where fragments go that nobody waits for any more."""

    def __init__(self) -> None:
        self._left = memoryview(b"")

    def begin(self, length: int, more: bool) -> None:
        self._left = memoryview(bytearray(length))

    def space(self) -> memoryview:
        return self._left

    def advance(self, count: int) -> None:
        self._left = self._left[count:]

    def finish(self) -> None:
        """Nothing was kept."""


class IncomingStream(ABC):
    """A stream towards us: checks credit and fragments; subclasses own the memory.

    Credit is granted again when bytes have left our memory. Bytes that belong to a unit larger than
    most of the window are granted as they come, or the unit could never be completed.
    """

    def __init__(self, stream: int, frame_type: FrameType, window: int, grant: Grant) -> None:
        self.stream = stream
        self.frame_type = frame_type
        self.ended = False
        self.discarded = False
        self._window = window
        self._credit = window
        self._owed = 0
        self._grant = grant
        # Reader thread and main thread both count in the single profile.
        self._lock = Lock()
        self._more = False
        self._waste = memoryview(b"")

    def begin(self, length: int, more: bool) -> None:
        if self.ended:
            raise ProtocolViolation(f"a fragment on stream {self.stream} after its end")
        with self._lock:
            if length > self._credit:
                raise ProtocolViolation(f"stream {self.stream} overruns its credit")
            self._credit -= length
        self._more = more
        if self.discarded:
            self._waste = memoryview(bytearray(length))
        else:
            self.begin_fragment(length, more)

    def space(self) -> memoryview:
        return self._waste if self.discarded and len(self._waste) else self.fragment_space()

    def advance(self, count: int) -> None:
        if self.discarded and len(self._waste):
            self._waste = self._waste[count:]
        else:
            self.fragment_advance(count)

    def finish(self) -> None:
        if not self.discarded:
            self.finish_fragment(self._more)

    def discard(self) -> None:
        """Nobody reads this stream any more: what still comes is thrown away."""
        self.discarded = True

    def release(self, count: int) -> None:
        """`count` bytes have left our memory; grants them again, a quarter of the window at a time."""
        with self._lock:
            self._owed += count
            if self._owed < self._window // 4 or self.ended or self.discarded:
                return
            owed, self._owed = self._owed, 0
            self._credit += owed
        self._grant(self.stream, owed)

    @abstractmethod
    def begin_fragment(self, length: int, more: bool) -> None:
        """A fragment that is within the credit begins."""

    @abstractmethod
    def fragment_space(self) -> memoryview:
        """Where its next bytes go."""

    @abstractmethod
    def fragment_advance(self, count: int) -> None:
        """So many bytes have been put there."""

    @abstractmethod
    def finish_fragment(self, more: bool) -> None:
        """The fragment is whole; unless `more`, so is its unit."""


class IncomingBlob(IncomingStream):
    """A blob: one unit, kept whole."""

    def __init__(
        self, stream: int, window: int, grant: Grant, bytes_max: int = SCRIPT_BYTES_MAX
    ) -> None:
        super().__init__(stream, FrameType.BLOB, window, grant)
        self.data = bytearray()
        self._bytes_max = bytes_max
        self._fragment = memoryview(b"")
        self._left = self._fragment

    def begin_fragment(self, length: int, more: bool) -> None:
        if len(self.data) + length > self._bytes_max:
            raise ProtocolViolation(f"the blob on stream {self.stream} exceeds {self._bytes_max}")
        if length == 0 and more:
            raise ProtocolViolation(f"an empty fragment on stream {self.stream}")
        self._fragment = self._left = memoryview(bytearray(length))

    def fragment_space(self) -> memoryview:
        return self._left

    def fragment_advance(self, count: int) -> None:
        self._left = self._left[count:]

    def finish_fragment(self, more: bool) -> None:
        self.data += self._fragment
        if not more:
            self.ended = True
        self.release(len(self._fragment))


class IncomingFrames(IncomingStream):
    """A BXL stream: frames, each received into one aligned buffer of its own."""

    def __init__(self, stream: int, window: int, grant: Grant, limits: BxlLimits | None = None) -> None:
        super().__init__(stream, FrameType.DATA, window, grant)
        self._limits = limits or BxlLimits()
        self._frames: deque[Frame] = deque()
        self._header_bytes = bytearray(HEADER_BYTES)
        self._header: FrameHeader | None = None
        self._memory = np.empty(0, np.uint8)
        self._space = memoryview(b"")
        self._filled = 0

    @property
    def ready(self) -> bool:
        return bool(self._frames)

    def take(self) -> Frame:
        """The next complete frame; its bytes are granted again."""
        frame = self._frames.popleft()
        if not self._is_large(frame.header.length):
            self.release(frame.header.length)
        return frame

    def begin_fragment(self, length: int, more: bool) -> None:
        if length == 0:
            raise ProtocolViolation(f"an empty fragment on stream {self.stream}")
        if self._header is None:
            if length < HEADER_BYTES:
                raise ProtocolViolation(f"a first fragment of {length} bytes has no whole header")
            self._space = memoryview(self._header_bytes)
            self._filled = 0
        elif self._filled + length > self._header.length:
            raise ProtocolViolation(f"more bytes on stream {self.stream} than the frame has")

    def fragment_space(self) -> memoryview:
        return self._space[self._filled :]

    def fragment_advance(self, count: int) -> None:
        self._filled += count
        if self._header is None:
            if self._filled == HEADER_BYTES:
                self._open()
        elif self._is_large(self._header.length):
            self.release(count)

    def finish_fragment(self, more: bool) -> None:
        header = self._header
        if header is None or more == (self._filled == header.length):
            raise ProtocolViolation(f"MORE and the frame's length disagree on stream {self.stream}")
        if more:
            return
        self._header = None
        self._space = memoryview(b"")
        if header.kind == header.kind.END:
            self.ended = True
        self._frames.append(Frame(header, self._memory))

    def _open(self) -> None:
        try:
            header = FrameHeader.parse(self._header_bytes, self._limits)
        except BxlError as error:
            raise ProtocolViolation(f"stream {self.stream}: {error}") from error
        self._header = header
        self._memory = allocate(header.length)
        self._space = self._memory.data
        self._space[:HEADER_BYTES] = self._header_bytes
        if self._is_large(header.length):
            self.release(HEADER_BYTES)

    def _is_large(self, length: int) -> bool:
        return length > self._window // 2


class OutgoingStream:
    """A stream from us: sends units in fragments, as far as there is credit."""

    def __init__(
        self,
        stream: int,
        frame_type: FrameType,
        credit: int,
        writer: FrameWriter,
        wait: Callable[[Callable[[], bool]], None],
    ) -> None:
        self.stream = stream
        self._frame_type = frame_type
        self._credit = credit
        self._lock = Lock()
        self._writer = writer
        self._wait = wait

    def grant(self, count: int) -> None:
        """The receiver has reserved `count` more bytes."""
        with self._lock:
            if self._credit + count >= 1 << 63:
                raise ProtocolViolation(f"more credit on stream {self.stream} than can be granted")
            self._credit += count

    def send_together(self, frames: Sequence[EncodedFrame]) -> None:
        """Sends units that are small; where credit is short, one after the other."""
        size = sum(frame.length for frame in frames)
        with self._lock:
            fits = size <= min(self._credit, FRAGMENT_MAX)
            if fits:
                self._credit -= size
        if fits:
            self._writer.send_together(self._frame_type, self.stream, [frame.parts for frame in frames])
            return
        for frame in frames:
            self.send(frame)

    def send(self, frame: EncodedFrame) -> None:
        """Sends one unit; returns when the last fragment is with the kernel."""
        parts, left = frame.parts, frame.length
        least = min(left, HEADER_BYTES)
        while left > 0:
            if self._credit < least:
                self._wait(lambda: self._credit >= least)
            with self._lock:
                size = min(left, FRAGMENT_MAX, self._credit)
                self._credit -= size
            left -= size
            self._writer.send(self._frame_type, self.stream, first(parts, size), more=left > 0)
            if left > 0:
                parts = after(parts, size)
            least = 1
