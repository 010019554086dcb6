# SPDX-License-Identifier: Apache-2.0
"""The single profile: one connection for everything, and nobody else to watch the time."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

from .channel import LINGER_S, Channel, Descriptor, shut
from .errors import ChannelDamaged, PeerGone, ProtocolViolation, SatelliteError
from .frames import (
    CONTROL_PAYLOAD_MAX,
    FragmentSink,
    FrameReader,
    FrameType,
    FrameWriter,
)
from .interrupts import Interrupts

# Time for user code to end after a cancel, when the request states none.
_GRACE_S = 5.0


class SingleChannel(Channel):
    """One connection for everything, read by a thread of its own so that CANCEL is seen at once.

    There is no launchpad behind it, so deadline and grace time are watched here too, by timers.
    """

    def __init__(self, interrupts: Interrupts, sock: socket.socket) -> None:
        super().__init__(interrupts)
        self.deadline_passed = False
        self._descriptor = Descriptor(sock)
        self._writer = FrameWriter(self._descriptor.socket, interrupts, preface=True)
        self._reader = FrameReader(self._descriptor.socket, self, preface=True)
        self._bell = _Bell()
        self._ended = threading.Event()
        self._failure: Exception | None = None
        self._main = threading.get_ident()
        self._session_over = False
        self._grace_s = _GRACE_S
        self._forced: Callable[[], None] = lambda: None
        self._opened = threading.Event()

    @property
    def control_writer(self) -> FrameWriter:
        return self._writer

    @property
    def data_writer(self) -> FrameWriter:
        return self._writer

    def handshake_done(self) -> None:
        self._reader.control_max = CONTROL_PAYLOAD_MAX

    def start(self) -> None:
        """Begins to read, in the background, until the connection or the process ends."""
        threading.Thread(target=self._read, name="launchpad-reader", daemon=True).start()

    def watch(self, deadline_s: float, grace_s: float, forced: Callable[[], None]) -> None:
        """Interrupts the session after `deadline_s` (0: never).

        `forced` is called when user code goes on for `grace_s` (0: our own) after an interrupt.
        """
        self._forced = forced
        self._grace_s = grace_s or _GRACE_S
        if deadline_s > 0:
            _start_timer(deadline_s, self._deadline)

    def wait(self, ready: Callable[[], bool]) -> None:
        with self.interrupts.critical():
            while True:
                rung = self._bell.listen()
                if ready():
                    return
                if self._failure is not None:
                    raise self._failure
                with self.interrupts.user_code():
                    rung.acquire()

    def streams_opened(self) -> None:
        self._opened.set()

    def sink(self, frame_type: FrameType, stream: int) -> FragmentSink:
        self._await_streams()
        return super().sink(frame_type, stream)

    def _credit(self, credit: Any) -> None:
        self._await_streams()
        super()._credit(credit)

    def _await_streams(self) -> None:
        """The main thread is about to open the streams of the EXECUTE that came before."""
        if self.execute is not None and not self._opened.is_set():
            # It may still wait for this very EXECUTE, which came in the same read.
            self._bell.ring()
            self._opened.wait()

    def cancelled(self) -> None:
        if self._session_over or self.execute is None:
            return
        signal.pthread_kill(self._main, signal.SIGINT)
        _start_timer(self._grace_s, self._force)

    def verify(self) -> None:
        self._descriptor.verify()

    def abandon(self) -> None:
        self._descriptor.socket.close()

    def finish(self) -> None:
        self._session_over = True
        shut(self._descriptor.socket)
        self._ended.wait(LINGER_S)

    def _deadline(self) -> None:
        if not self._session_over:
            self.deadline_passed = True
            self.cancelled()

    def _force(self) -> None:
        if not self._session_over:
            self._forced()

    def _read(self) -> None:
        try:
            while self._reader.receive():
                self._bell.ring()
            failure: Exception = PeerGone()
        except (ConnectionError, PeerGone):
            failure = PeerGone()
        except OSError:
            failure = ChannelDamaged()
        except (ProtocolViolation, SatelliteError) as error:
            failure = error
        self._failure = failure
        self._ended.set()
        self._bell.ring()
        # The engine going away is a cancel without an answer.
        self.cancelled()


class _Bell:
    """Wakes whoever waits for something to arrive.

    A Condition would not do: an interrupt inside its `wait` may find the lock released, and nobody to
    take it again. Here a thread waits in a single call, holding nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Any] = []

    def listen(self) -> Any:
        """A lock that can be had once the bell has rung from now on."""
        listener = threading.Lock()
        listener.acquire()
        with self._lock:
            self._listeners.append(listener)
        return listener

    def ring(self) -> None:
        with self._lock:
            rung, self._listeners = self._listeners, []
        for listener in rung:
            listener.release()


def _start_timer(seconds: float, action: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    timer.start()
