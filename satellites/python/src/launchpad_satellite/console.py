# SPDX-License-Identifier: Apache-2.0
"""sys.stdout and sys.stderr of a session: what is written becomes OUTPUT messages, live.

Lines are sent when they end, pieces of at most 8 KiB. A script that prints very fast gets its lines
gathered: after a burst a small thread sends what has come together every few milliseconds. Volume is
bounded; what is dropped is counted and said in the last message of the channel.
"""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from . import launchpad_pb2 as pb
from .interrupts import Interrupts

TEXT_MAX = 8 * 1024
TAIL_BYTES = 4 * 1024
PRINT_BYTES_MAX = 16 << 20

# So many messages may be sent at once; each interval brings one more.
_BURST = 64
_INTERVAL_S = 0.002
_GATHER_S = 0.02

Send = Callable[[Any], None]


class Console:
    """Both streams of one session, their common numbering, limit and pace."""

    def __init__(self, interrupts: Interrupts, send: Send) -> None:
        self.interrupts = interrupts
        self._send = send
        self._lock = threading.RLock()
        self._number = 0
        self._bytes_left = PRINT_BYTES_MAX
        self._tokens = float(_BURST)
        self._refilled = 0.0
        self._gathering = False
        # Unlike an Event it may be used by a signal handler that interrupts its own use.
        self._work: SimpleQueue[None] = SimpleQueue()
        self._work_due = False
        self.closed = False
        self.forked = False
        self.stdout = ConsoleChannel(self, pb.OUTPUT_CHANNEL_STDOUT, 1)
        self.stderr = ConsoleChannel(self, pb.OUTPUT_CHANNEL_STDERR, 2)

    def install(self) -> None:
        """Replaces the interpreter's streams."""
        sys.stdout = self.stdout.text_stream("backslashreplace")
        sys.__stdout__ = sys.stdout  # type: ignore[misc]
        sys.stderr = self.stderr.text_stream("backslashreplace")
        sys.__stderr__ = sys.stderr  # type: ignore[misc]

    def limit(self, print_bytes: int) -> None:
        """Sets how many bytes of text a session may send; 0 is the default."""
        self._bytes_left = print_bytes or PRINT_BYTES_MAX

    def flush(self) -> None:
        """Sends all that has been written, whatever the pace."""
        with self.interrupts.critical(), self._lock:
            for channel in (self.stdout, self.stderr):
                channel.flush_text()
                self._emit(channel, everything=True)

    def close(self) -> None:
        """Flushes, says what was dropped and sends nothing ever after."""
        with self.interrupts.critical(), self._lock:
            if self.closed:
                return
            self.flush()
            self.closed = True
            for channel in (self.stdout, self.stderr):
                if channel.dropped:
                    self._message(channel, "", channel.dropped)

    def after_fork_in_child(self) -> None:
        """A fork of the satellite writes to the raw descriptors, which are captured beside."""
        self.forked = True
        self._lock = threading.RLock()
        for channel in (self.stdout, self.stderr):
            channel.pending.clear()

    def written(self, channel: ConsoleChannel) -> None:
        """Text has been added to a channel: sends what is due."""
        with self.interrupts.critical(), self._lock:
            if len(channel.pending) >= TEXT_MAX or self._may_send():
                other = self.stderr if channel is self.stdout else self.stdout
                if other.pending:
                    self._emit(other, everything=False)
                self._emit(channel, everything=False)
            elif channel.has_line:
                self._gather()

    def _may_send(self) -> bool:
        now = time.monotonic()
        self._tokens = min(_BURST, self._tokens + (now - self._refilled) / _INTERVAL_S)
        self._refilled = now
        return self._tokens >= 1

    def _emit(self, channel: ConsoleChannel, *, everything: bool) -> None:
        while text := channel.take(everything):
            data = len(text)
            if data > self._bytes_left:
                kept = _cut(text, self._bytes_left)
                channel.dropped += data - kept + channel.drop_pending()
                text = text[:kept]
                self._bytes_left = 0
                self.stdout.dropping = self.stderr.dropping = True
                if not text:
                    return
            self._bytes_left -= len(text)
            self._tokens -= 1
            channel.keep_tail(text)
            self._message(channel, text.decode("utf-8", "replace"), 0)

    def _message(self, channel: ConsoleChannel, text: str, dropped: int) -> None:
        message = pb.Output(
            number=self._number,
            channel=channel.number,
            source=pb.OUTPUT_SOURCE_INTERPRETER,
            text=text,
            dropped_bytes=dropped,
        )
        self._number += 1
        self._send(message)

    def _gather(self) -> None:
        if not self._gathering:
            self._gathering = True
            threading.Thread(target=self._gather_for_ever, name="launchpad-console", daemon=True).start()
        if not self._work_due:
            self._work_due = True
            self._work.put(None)

    def _gather_for_ever(self) -> None:
        while not self.closed:
            self._work.get()
            # A pace, not a guess: whatever is written meanwhile goes out in one piece.
            time.sleep(_GATHER_S)
            self._work_due = False
            with self._lock:
                if self.closed:
                    return
                for channel in (self.stdout, self.stderr):
                    self._emit(channel, everything=False)


class ConsoleChannel(io.BufferedIOBase):
    """The binary side of one stream: what `sys.stdout.buffer` is."""

    def __init__(self, console: Console, number: pb.OutputChannel, descriptor: int) -> None:
        self.number = number
        self.pending = bytearray()
        self.has_line = False
        self.dropping = False
        self.dropped = 0
        self.tail = bytearray()
        self._console = console
        self._descriptor = descriptor
        self._text: io.TextIOWrapper | None = None

    def text_stream(self, errors: str) -> io.TextIOWrapper:
        self._text = io.TextIOWrapper(
            self,  # type: ignore[arg-type]
            encoding="utf-8",
            errors=errors,
            newline="\n",
            line_buffering=True,
        )
        return self._text

    def write(self, data: Any) -> int:
        console = self._console
        size = len(data) if isinstance(data, bytes) else memoryview(data).nbytes
        if console.forked:
            _write_raw(self._descriptor, data)
        elif self.dropping:
            self.dropped += size
        elif not console.closed:
            self._append(data)
        return size

    def _append(self, data: Any) -> None:
        console = self._console
        with console.interrupts.critical():
            view = memoryview(data).cast("B")
            for start in range(0, len(view), TEXT_MAX):
                if self.dropping:
                    self.dropped += len(view) - start
                    return
                piece = bytes(view[start : start + TEXT_MAX])
                self.pending += piece
                if b"\n" in piece:
                    self.has_line = True
                if self.has_line or len(self.pending) >= TEXT_MAX:
                    console.written(self)

    def take(self, everything: bool) -> bytes:
        """The next text to send: whole lines, at most 8 KiB; a part of a line if it is that long."""
        pending = self.pending
        size = min(len(pending), TEXT_MAX)
        line_end = pending.rfind(b"\n", 0, size) + 1
        if line_end:
            size = line_end
        elif size == TEXT_MAX:
            size = _cut(pending, TEXT_MAX)
        elif not everything:
            self.has_line = False
            return b""
        text = bytes(pending[:size])
        del pending[:size]
        return text

    def drop_pending(self) -> int:
        size = len(self.pending)
        self.pending.clear()
        return size

    def keep_tail(self, text: bytes) -> None:
        self.tail += text
        del self.tail[:-TAIL_BYTES]

    def flush_text(self) -> None:
        """Moves what the text side still holds into this one."""
        if self._text is not None and not self._text.closed:
            self._text.flush()

    def flush(self) -> None:
        """Lines have gone already; the rest of a line is sent now."""
        console = self._console
        if self.pending and not console.forked and not console.closed:
            with console.interrupts.critical(), console._lock:
                if console._may_send():
                    console._emit(self, everything=True)

    def fileno(self) -> int:
        return self._descriptor

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """A script that closes sys.stdout closes nothing of ours."""


def _cut(text: bytes | bytearray, size: int) -> int:
    """The largest length up to `size` that does not split a character of `text`."""
    if size >= len(text):
        return len(text)
    for cut in range(size, max(size - 4, 0), -1):
        if text[cut] & 0xC0 != 0x80:
            return cut
    return size


def _write_raw(descriptor: int, data: Any) -> None:
    view = memoryview(data).cast("B")
    while len(view) > 0:
        view = view[os.write(descriptor, view) :]
